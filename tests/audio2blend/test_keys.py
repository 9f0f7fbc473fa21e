"""Keys as an animator wants them: few, or held on twos and threes, and near the motion in either case."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from audio2blend import keys
from audio2blend.clip import Clip

curves = arrays.arrays(np.float32, st.integers(2, 60), elements=st.floats(0, 1, width=32))


@settings(deadline=None)
@given(curves, st.floats(0.001, 0.2))
def test_reduced_keys_stay_within_the_tolerance_at_every_frame(values: np.ndarray, tolerance: float) -> None:
    found = keys.reduced(values, tolerance)
    assert found.at[0] == 0
    assert found.at[-1] == len(values) - 1
    assert (np.diff(found.at) > 0).all()
    frames = np.arange(len(values))
    segment = np.minimum(np.searchsorted(found.at, frames, side="right") - 1, len(found.at) - 2)
    slopes = np.gradient(values.astype(float))
    drawn = keys.hermite(values.astype(float), slopes, found.at, segment, frames)
    assert np.abs(drawn - values).max() <= tolerance


def test_a_smooth_curve_needs_few_keys() -> None:
    assert len(keys.reduced(np.sin(np.linspace(0, 2 * np.pi, 240)), 0.01).at) < 12
    assert keys.reduced(np.full(100, 0.3), 0.01).at.tolist() == [0, 99]


@pytest.mark.parametrize("step", [2, 3])
def test_poses_are_held_and_a_closure_between_two_is_not_missed(step: int) -> None:
    jaw = np.linspace(0, 1, 13, dtype=np.float32)
    opening = np.full(13, 0.1, np.float32)
    opening[7] = 0  # a pose that no group would show otherwise
    clip = Clip(values=jaw[:, None], channels=("jawOpen",), frame_rate=Fraction(24))
    shown = keys.held(clip, opening, step)["jawOpen"]
    for start in range(0, 13, step):
        assert len(set(shown[start : start + step].tolist())) == 1
    assert jaw[7] in shown
