"""Phones that a person corrected: said again where they differ, untouched elsewhere."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import audio2blend
from audio2blend.correction import with_phones
from audio2blend.errors import InputError
from audio2blend.phones import PHONES, classes
from audio2blend.pipeline import predict
from audio2blend.post import Controls
from audio2blend.prediction import Prediction


@pytest.fixture(scope="module")
def prediction(hello) -> Prediction:
    return predict(audio2blend.load(hello), quality="live", performance=False)


def gap(clip) -> np.ndarray:
    """Return how far the jaw's opening is not undone by the lips, shape (n_frames,)."""
    return clip["jawOpen"] - clip["mouthClose"]


def test_what_was_heard_changes_nothing(prediction):
    assert with_phones(prediction, prediction.phones) is prediction


def test_times_may_be_rounded(prediction):
    assert (
        with_phones(
            prediction,
            [(name, float(np.float32(start)), float(np.float32(end))) for name, start, end in prediction.phones],
        )
        is prediction
    )


def test_a_vowel_corrected_to_p_shuts_the_lips(prediction):
    phones = list(prediction.phones)
    clip = prediction.to_clip(Controls())
    openings = [gap(clip)[round(start * 60) : round(end * 60)].max(initial=0) for _, start, end in phones]
    number = int(np.argmax(openings))
    _, start, end = phones[number]
    phones[number] = ("p", start, end)
    anew = with_phones(prediction, phones).to_clip(Controls())
    middle = round((start + end) / 2 * 60)
    assert openings[number] > 0.1
    assert gap(anew)[middle] < 0.02


@given(number=st.integers(0, 10_000), phone=st.sampled_from(PHONES))
def test_far_from_a_correction_nothing_changes(prediction, number, phone):
    phones = list(prediction.phones)
    number %= len(phones)
    before, start, end = phones[number]
    assume(phone != before)
    phones[number] = (phone, start, end)
    anew = with_phones(prediction, phones)
    far = (prediction.face.times_s < start - 0.12) | (prediction.face.times_s > end + 0.12)
    assert np.array_equal(anew.face.values[far], prediction.face.values[far])
    assert np.array_equal(anew.posteriors.probabilities[far], prediction.posteriors.probabilities[far])
    assert anew.face.values.min() >= 0
    assert anew.face.values.max() <= 1
    assert np.abs(np.diff(anew.face.values, axis=0)).max() < 0.5  # no jump where the two motions meet
    inside = slice(round(start * 60), round(end * 60))
    assert set(np.array(anew.posteriors.phones)[anew.posteriors.probabilities[inside].argmax(axis=1)]) == {phone}


def test_silence_stills_the_mouth(prediction):
    still = with_phones(prediction, [("sil", 0.0, prediction.face.duration_s)])
    mouth = [name for name in prediction.face.channels if name.startswith(("jaw", "mouth", "tongue"))]
    spoken = classes(prediction.phones, prediction.face.times_s) > 0
    assert prediction.face.select(mouth).values[spoken].max() > 0.2
    assert still.face.select(mouth).values[spoken].max() < 0.001


def test_brows_and_lids_are_left_alone(prediction):
    anew = with_phones(prediction, [("m", 0.2, 1.0)])
    others = [name for name in prediction.face.channels if not name.startswith(("jaw", "mouth", "tongue"))]
    assert np.array_equal(anew.face.select(others).values, prediction.face.select(others).values)
    assert anew.face.channels == prediction.face.channels
    assert anew.face.frame_rate == Fraction(60)


@pytest.mark.parametrize(
    ("phones", "words"),
    [
        ([("x", 0.0, 0.1)], "there is no phone 'x' at 0.00 s"),
        ([("p", 0.2, 0.1)], "must end after it starts"),
        ([("p", -0.2, 0.1)], "starts at -0.20 s, before the recording"),
        ([("p", 0.0, 0.2), ("m", 0.1, 0.3)], "starts at 0.10 s, before the one before it ends at 0.20 s"),
    ],
)
def test_a_wrong_list_is_refused(prediction, phones, words):
    with pytest.raises(InputError, match=words):
        with_phones(prediction, phones)
