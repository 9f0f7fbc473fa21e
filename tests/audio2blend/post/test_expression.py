"""Emotion on a talking face: it shows, and the face still talks."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.audio import load
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.emotion import EMOTIONS, EmotionTrack, emotion_faces
from audio2blend.lips import CLOSED
from audio2blend.pipeline import animate, predict
from audio2blend.post import Controls, expressive
from audio2blend.stream import Animator

_NAMED = st.lists(st.floats(0, 1, width=32), min_size=len(EMOTIONS), max_size=len(EMOTIONS))


@pytest.fixture(params=["our_lips", "ict_lips"], scope="module")
def lips(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def prediction(hello):
    return predict(load(hello))


@pytest.fixture(scope="module")
def neutral(prediction) -> Clip:
    return prediction.only(performance=False).to_clip(Controls())


def constant(amounts: list[float], clip: Clip) -> np.ndarray:
    return np.tile(np.array(amounts, np.float32), (len(clip), 1))


@given(amounts=_NAMED)
@settings(deadline=None, max_examples=30)
def test_lips_that_were_closed_stay_closed(lips, neutral, amounts):
    shown = expressive(neutral, constant(amounts, neutral))
    before, after = lips.opening(neutral.values), lips.opening(shown.values)
    assert (before < CLOSED).any()
    assert (after[before < CLOSED] < CLOSED + 1e-6).all()
    assert ((shown.values >= 0) & (shown.values <= 1)).all()


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_vowels_still_read(our_lips, neutral, emotion):
    shown = expressive(neutral, EmotionTrack.parse(emotion).at(neutral.times_s))
    before, after = our_lips.opening(neutral.values), our_lips.opening(shown.values)
    assert np.corrcoef(before, after)[0, 1] > 0.95
    assert 0.75 < after[before > 0.08].mean() / before[before > 0.08].mean() < 1.4


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_a_face_at_rest_shows_the_emotion_whole(emotion):
    rest = Clip(values=np.zeros((3, 52)), channels=ARKIT, frame_rate=Fraction(60))
    shown = expressive(rest, EmotionTrack.parse(emotion).at(rest.times_s))
    without_close = [name for name in ARKIT if name != "mouthClose"]  # which keeps the lips shut under all of it
    row = dict(zip(ARKIT, emotion_faces()[EMOTIONS.index(emotion)], strict=True))
    np.testing.assert_allclose(shown.select(without_close).values[1], [row[name] for name in without_close], atol=1e-6)


def test_a_smile_gives_way_to_a_rounded_vowel():
    values = np.zeros((2, 52))
    values[1, ARKIT.index("mouthPucker")] = 1
    spoken = Clip(values=values, channels=ARKIT, frame_rate=Fraction(60))
    smile = expressive(spoken, EmotionTrack.parse("joy").at(spoken.times_s))["mouthSmileLeft"]
    assert smile[1] < 0.3 * smile[0]


def test_sadness_takes_the_smile_out_of_speech():
    values = np.zeros((1, 52))
    values[0, ARKIT.index("mouthSmileLeft")] = 0.4
    spoken = Clip(values=values, channels=ARKIT, frame_rate=Fraction(60))
    assert expressive(spoken, EmotionTrack.parse("sadness").at(spoken.times_s))["mouthSmileLeft"][0] < 0.2


def test_nothing_changes_without_emotion(neutral):
    assert expressive(neutral, constant([0.0] * len(EMOTIONS), neutral)) is neutral


def test_an_emotion_comes_when_it_is_meant(hello):
    clip = animate(load(hello), emotion="0:neutral 2:surprise", performance=False)
    assert not clip["browInnerUp"][clip.times_s <= 2].any()
    assert clip["browInnerUp"][clip.times_s > 2.5].min() > 0.7
    assert clip.metadata["emotion"] == "0:neutral 2:surprise"


def test_blinks_shut_eyes_that_fear_holds_wide(prediction):
    clip = prediction.to_clip(Controls(emotion="fear"))
    shut = clip["eyeBlinkLeft"] > 0.99
    assert shut.any()
    assert clip["eyeWideLeft"][shut].max() < 0.05
    assert clip["eyeWideLeft"].max() > 0.8


def test_the_mouth_alone_leaves_emotion_to_the_mouth(prediction):
    clip = prediction.only(mouth_only=True).to_clip(Controls(emotion="joy"))
    assert clip["mouthSmileLeft"].max() > 0.5
    assert not clip["cheekSquintLeft"].any()


def test_a_stream_shows_what_a_file_shows(hello):
    speech = load(hello)
    track = "0:joy 1.5:anger=0.5"
    animator = Animator(emotion=track)
    pieces = [animator.push(piece) for piece in np.array_split(speech.samples, 37)] + [animator.flush()]
    streamed = np.concatenate([piece.values for piece in pieces])
    whole = animate(speech, quality="live", emotion=track, performance=False)
    np.testing.assert_allclose(streamed[: len(whole)], whole.values, atol=1e-4)


def test_a_stream_takes_an_emotion_while_it_runs(hello):
    samples = load(hello).samples
    animator = Animator()
    before = animator.push(samples[:32_000])
    animator.emotion = "surprise"
    after = animator.push(samples[32_000:64_000])
    assert not before["browInnerUp"].any()
    assert after["browInnerUp"][0] < 0.1
    assert after["browInnerUp"][-1] > 0.7
