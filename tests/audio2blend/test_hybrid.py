"""A face that goes by its text: hybrid keeps the network's motion and closes the lips where the words say so."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.align import AlignedWord, Alignment
from audio2blend.audio import Speech, load
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.hybrid import with_alignment
from audio2blend.intervals import Interval
from audio2blend.lips import CLOSED
from audio2blend.pipeline import predict
from audio2blend.post import Controls
from audio2blend.prediction import Prediction
from audio2blend.qa import Lips


@pytest.fixture(scope="module")
def speech(hello) -> Speech:
    return load(hello)


@pytest.fixture(scope="module")
def prediction(speech) -> Prediction:
    return predict(speech)


def says(*phones: tuple[str, float, float], confidence: float = 1.0, duration_s: float = 4.725) -> Alignment:
    intervals = tuple(Interval(*phone) for phone in phones)
    word = AlignedWord(text="?", start_s=phones[0][1], end_s=phones[-1][2], phones=intervals, confidence=confidence)
    return Alignment(words=(word,), duration_s=duration_s, aligner="test")


@pytest.fixture(scope="module")
def opening(our_lips: Lips):
    """How far the lips of the built-in head are apart, between two times."""

    def measured(clip: Clip, start_s: float, end_s: float) -> np.ndarray:
        inside = (clip.times_s >= start_s) & (clip.times_s < end_s)
        return our_lips.opening(clip.select(ARKIT).values)[inside]

    return measured


def test_audio_changes_nothing(prediction, speech):
    assert with_alignment(prediction, says(("p", 1.0, 1.1)), speech, mode="audio") is prediction


def test_hybrid_closes_the_lips_on_a_bilabial_of_the_text_and_nowhere_else(prediction, speech, opening):
    # "five", in the middle of whose vowel the network's mouth is wide open
    plain = prediction.to_clip(Controls())
    changed = with_alignment(prediction, says(("ˈp", 1.65, 1.75)), speech).to_clip(Controls())
    assert opening(plain, 1.65, 1.75).min() > 2 * CLOSED
    assert opening(changed, 1.67, 1.73).max() < CLOSED
    away = np.abs(plain.times_s - 1.7) > 0.15
    assert (plain.values[away] == changed.values[away]).all()


@settings(deadline=None, max_examples=40)
@given(start_s=st.floats(0.1, 4.5), length_s=st.floats(0.005, 0.2), name=st.sampled_from("pbm"))
def test_hybrid_shuts_the_lips_on_every_bilabial_however_short(prediction, speech, opening, start_s, length_s, name):
    clip = with_alignment(prediction, says((name, start_s, start_s + length_s)), speech).to_clip(Controls())
    middle = start_s + length_s / 2
    assert opening(clip, middle - 1.01 / 60, middle + 1.01 / 60).min() < CLOSED
    assert opening(clip.resampled(Fraction(24)), middle - 1 / 24, middle + 1 / 24).min() < CLOSED  # films see it too


def test_a_word_that_does_not_fit_the_sound_is_left_to_the_network(prediction, speech):
    doubtful = with_alignment(prediction, says(("p", 1.65, 1.75), confidence=0.01), speech)
    assert (doubtful.posteriors.probabilities == prediction.posteriors.probabilities).all()


def test_text_moves_the_mouth_by_the_words_alone(prediction, speech, opening):
    clip = with_alignment(
        prediction, says(("m", 1.0, 1.1), ("ˈɑː", 1.1, 1.4), ("m", 1.4, 1.5)), speech, mode="text"
    ).to_clip(Controls())
    assert opening(clip, 1.03, 1.07).max() < CLOSED
    assert opening(clip, 1.2, 1.3).max() > 2 * CLOSED
    assert opening(clip, 2.5, 4.5).max() < CLOSED  # the recording goes on, the text does not
    assert (clip["eyeBlinkLeft"] == prediction.to_clip(Controls())["eyeBlinkLeft"]).all()
    assert clip.metadata["mode"] == "text"


def test_an_unknown_mode_is_refused(prediction, speech):
    with pytest.raises(InputError, match="audio, text, hybrid"):
        with_alignment(prediction, says(("p", 1.0, 1.1)), speech, mode="both")


@pytest.mark.parametrize("mode", ["hybrid", "text"])
def test_lips_do_not_close_for_a_fricative_that_the_network_takes_for_a_b(prediction, speech, opening, mode):
    # Spanish has β between vowels
    for label, shut in (("b", True), ("β", False)):
        said = says(("a", 1.5, 1.65), (label, 1.65, 1.75), ("a", 1.75, 1.9))
        clip = with_alignment(prediction, said, speech, mode=mode).to_clip(Controls())
        assert (opening(clip, 1.67, 1.73).min() < CLOSED) == shut


def test_the_clip_says_its_phones_those_of_the_text_and_elsewhere_those_of_the_network(prediction, speech):
    spoken = [phone for phone in prediction.phones if phone.label != "sil"]
    for written, phone in zip(prediction.to_clip(Controls()).phones, spoken, strict=True):
        assert written.label == phone.label
        assert written[1:] == pytest.approx(phone[1:], abs=5e-4)
    word = says(("ˈp", 1.65, 1.75))
    assert with_alignment(prediction, word, speech, mode="text").to_clip(Controls()).phones == [
        Interval("ˈp", 1.65, 1.75)
    ]
    found = with_alignment(prediction, word, speech).to_clip(Controls()).phones
    assert Interval("ˈp", 1.65, 1.75) in found
    assert len(found) > 0.9 * len(spoken)
    assert all(before.end_s <= after.start_s for before, after in pairwise(found))
    doubtful = with_alignment(prediction, says(("ˈp", 1.65, 1.75), confidence=0.0), speech)
    assert doubtful.to_clip(Controls()).phones == prediction.to_clip(Controls()).phones
