"""Adjustments after the network: lips that close when they should, and never where they should not."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.post import closed_on_bilabials

RATE = 60


def open_mouth(n_frames: int) -> Clip:
    weights = dict.fromkeys(ARKIT, 0.0) | {"jawOpen": 0.5, "mouthLowerDownLeft": 0.4, "mouthSmileLeft": 0.3}
    return Clip(values=np.tile(list(weights.values()), (n_frames, 1)), channels=ARKIT, frame_rate=Fraction(RATE))


def test_the_lips_seal_where_a_bilabial_is_heard():
    bilabial = np.zeros(60, np.float32)
    bilabial[30:34] = 0.9
    clip = closed_on_bilabials(open_mouth(60), bilabial)
    held = slice(30, 34)
    np.testing.assert_allclose(clip["mouthClose"][held], clip["jawOpen"][held], atol=1e-6)
    assert not clip["mouthLowerDownLeft"][held].any()
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


def test_probabilities_must_fit():
    with pytest.raises(ValueError, match="do not fit"):
        closed_on_bilabials(open_mouth(30), np.zeros(29, np.float32))
