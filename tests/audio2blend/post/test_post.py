"""Adjustments after the network: lips that close when they should, and never where they should not."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from audio2blend import animate, load
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.network import Network
from audio2blend.post import LABIODENTALS, closed, held, on_teeth

RATE = 60


def closed_on_bilabials(clip: Clip, bilabial: np.ndarray) -> Clip:
    return closed(clip, held(bilabial, RATE))


def open_mouth(n_frames: int) -> Clip:
    weights = dict.fromkeys(ARKIT, 0.0) | {"jawOpen": 0.5, "mouthLowerDownLeft": 0.4, "mouthSmileLeft": 0.3}
    return Clip(values=np.tile(list(weights.values()), (n_frames, 1)), channels=ARKIT, frame_rate=Fraction(RATE))


def test_the_lips_seal_where_a_bilabial_is_heard():
    bilabial = np.zeros(60, np.float32)
    bilabial[30:34] = 0.9
    clip = closed_on_bilabials(open_mouth(60), bilabial)
    during = slice(30, 34)
    np.testing.assert_allclose(clip["mouthClose"][during], clip["jawOpen"][during], atol=1e-6)
    assert not clip["mouthLowerDownLeft"][during].any()
    assert clip["jawOpen"][31] < 0.3
    np.testing.assert_array_equal(clip["mouthSmileLeft"], open_mouth(60)["mouthSmileLeft"])
    away = np.r_[0:28, 36:60]
    np.testing.assert_array_equal(clip.values[away], open_mouth(60).values[away])


def test_a_single_frame_is_enough_and_nothing_jumps():
    bilabial = np.zeros(60, np.float32)
    bilabial[30] = 1
    clip = closed_on_bilabials(open_mouth(60), bilabial)
    assert clip["mouthClose"][30] == pytest.approx(clip["jawOpen"][30])
    assert np.abs(np.diff(clip.values, axis=0)).max() < 0.35


@given(arrays.arrays(np.float32, st.integers(0, 80), elements=st.floats(0, 1, width=32)))
def test_weights_stay_in_range_and_the_jaw_never_opens_further(bilabial):
    before = open_mouth(len(bilabial))
    after = closed_on_bilabials(before, bilabial)
    assert after.channels == before.channels
    if len(after):
        assert 0 <= after.values.min() <= after.values.max() <= 1
        assert (after["jawOpen"] <= before["jawOpen"]).all()


def test_without_bilabials_nothing_changes():
    clip = open_mouth(30)
    np.testing.assert_array_equal(closed_on_bilabials(clip, np.full(30, 0.09, np.float32)).values, clip.values)


def test_the_lower_lip_meets_the_teeth_where_a_labiodental_is_heard():
    touch = np.zeros(60, np.float32)
    touch[30:34] = 1
    before = open_mouth(60)
    clip = on_teeth(before, touch)
    during = slice(30, 34)
    assert (clip["mouthRollLower"][during] >= 0.3).all()
    assert (clip["mouthUpperUpLeft"][during] == clip["mouthUpperUpRight"][during]).all()
    assert (clip["mouthUpperUpLeft"][during] > 0.1).all()
    assert not clip["mouthLowerDownLeft"][during].any()
    assert ((clip["jawOpen"] - clip["mouthClose"])[during] < 0.13).all()
    away = np.r_[0:30, 34:60]
    np.testing.assert_array_equal(clip.values[away], before.values[away])


def test_f_is_ajar_and_no_p(our_lips):
    """On f the teeth are seen between the lips; the same jaw on p is sealed."""
    sure = np.ones(1, np.float32)
    assert 0.03 < our_lips.opening(on_teeth(open_mouth(1), sure).values)[0] < 0.07
    assert our_lips.opening(closed_on_bilabials(open_mouth(1), sure).values)[0] < 0.02


def test_a_mouth_that_is_near_closed_is_not_opened_or_shut_by_f():
    clip = open_mouth(1).with_channels({"jawOpen": [0.1], "mouthLowerDownLeft": [0]})
    after = on_teeth(clip, np.ones(1, np.float32))
    assert after["jawOpen"] == clip["jawOpen"]
    assert after["mouthClose"] == clip["mouthClose"]


def test_lines_with_f_and_v_roll_the_lower_lip_in(hello):
    speech = load(hello)
    face, posteriors = Network.load(device="cpu", threads=1).predict(speech)
    clip = animate(speech, performance=False)
    sure = posteriors.probability(LABIODENTALS) > 0.6
    assert sure.any()
    assert face["mouthRollLower"][sure].max() < 0.1 < clip["mouthRollLower"][sure].min()
