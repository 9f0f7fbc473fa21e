"""Measures of two curves, or of one: what each must give, against references written another way, and its laws."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from audio2blend.intervals import runs
from audio2blend.qa import (
    asymmetry,
    closure_precision,
    closure_recall,
    correlation,
    false_closure,
    jitter,
    lip_vertex_error,
    mouth_opening_difference,
    offset,
    stillness,
    upper_face_deviation,
    upper_face_dynamics,
)

pytestmark = pytest.mark.slow

RATE = Fraction(60)
OPENINGS = arrays(float, 40, elements=st.floats(0, 0.3).map(lambda x: round(x, 4)))
WEIGHTS = arrays(np.float32, (9, 4), elements=st.floats(0, 1, width=16))


def mouth(times_s: np.ndarray) -> np.ndarray:
    """Return an opening like that of speech: smooth, aperiodic, below 5 Hz, closed now and then."""
    rng = np.random.default_rng(3)
    waves = sum(np.sin(2 * np.pi * hz * times_s + rng.random() * 6) for hz in np.arange(0.7, 5, 0.6))
    return np.maximum(0, 0.06 + 0.03 * waves)


class TestCorrelation:
    @given(OPENINGS, OPENINGS)
    def test_is_pearsons(self, a, b):
        expected = np.corrcoef(a, b)[0, 1] if np.ptp(a) and np.ptp(b) else 0.0
        assert correlation(a, b) == pytest.approx(expected, abs=1e-9)

    @given(OPENINGS, st.floats(0.1, 5), st.floats(-1, 1))
    def test_is_blind_to_scale_and_offset(self, a, scale, shift):
        if np.ptp(a) > 1e-3:
            assert correlation(a * scale + shift, a) == pytest.approx(1)
            assert correlation(-a * scale + shift, a) == pytest.approx(-1)

    def test_counts_only_the_frames_it_is_told(self):
        assert correlation([0, 1, 2, 9], [0, 1, 2, -9], where=[1, 1, 1, 0]) == pytest.approx(1)


class TestVertexErrors:
    @given(WEIGHTS, WEIGHTS)
    def test_lve_is_the_worst_vertex_of_each_frame_on_average(self, first, second):
        a, b = (w.astype(float)[:, :3].reshape(9, 1, 3) * [[[1.0], [2.0]]] for w in (first, second))
        worst = [max(np.sqrt(sum((p - q) ** 2)) for p, q in zip(x, y, strict=True)) for x, y in zip(a, b, strict=True)]
        assert lip_vertex_error(a, b) == pytest.approx(np.mean(worst))
        assert (lip_vertex_error(a, b) == 0) == np.array_equal(a, b)
        assert lip_vertex_error(a, b) == lip_vertex_error(b, a)

    @given(OPENINGS, OPENINGS)
    def test_mod_is_a_distance_of_openings(self, a, b):
        assert mouth_opening_difference(a, b) == pytest.approx(sum(map(abs, a - b)) / len(a))
        assert (mouth_opening_difference(a, b) == 0) == np.array_equal(a, b)

    @given(arrays(np.float32, (600, 2), elements=st.floats(0, 1, width=16)))
    def test_upper_face_dynamics_are_the_spread_of_the_way_from_rest(self, weights):
        deltas = np.array([[[0, 1, 0], [2, 0, 0]], [[0, 0, 3], [0, 1, 1]]], np.float32)
        away = np.linalg.norm(np.einsum("ts,svc->tvc", weights.astype(float), deltas), axis=-1)
        np.testing.assert_allclose(upper_face_dynamics(weights, deltas), away.std(axis=0), atol=1e-3)
        assert upper_face_deviation(weights, weights, deltas) == 0
        assert upper_face_deviation(weights * 0, weights, deltas) <= 0


class TestOffset:
    @given(st.floats(-150, 150))
    def test_a_shifted_curve_is_found_to_a_millisecond(self, late_ms):
        times = np.arange(360) / 60
        found = offset(mouth(times - late_ms / 1000), mouth(times), frame_rate=RATE)
        assert found is not None
        assert found.ms == pytest.approx(late_ms, abs=1)
        assert found.correlation > 0.95

    @pytest.mark.parametrize("late_ms", [-90, 12, 33.3])
    def test_another_rate_changes_nothing(self, late_ms):
        times, film = np.arange(360) / 60, np.arange(0, 6.2, 1 / 24)
        said = np.interp(times, film, mouth(film - late_ms / 1000))
        found = offset(said, mouth(times), frame_rate=RATE)
        assert found is not None
        assert found.ms == pytest.approx(late_ms, abs=4)

    def test_a_shift_beyond_reach_is_not_made_up(self):
        times = np.arange(360) / 60
        ramp = np.clip(times - 3, 0, 1)
        assert offset(np.clip(times - 4, 0, 1), ramp, frame_rate=RATE, reach_s=0.25) is None

    def test_too_little_is_an_error(self):
        with pytest.raises(ValueError, match="too few"):
            offset(np.zeros(20), np.zeros(20), frame_rate=RATE)


class TestJitterAndStillness:
    @given(st.floats(-1, 1), st.floats(-0.1, 0.1))
    def test_a_straight_line_has_none(self, start, slope):
        assert jitter(start + slope * np.arange(50)) == pytest.approx(0, abs=1e-12)

    @given(OPENINGS, st.floats(0, 10))
    def test_it_grows_with_the_motion(self, curve, scale):
        expected = np.mean([abs(curve[k - 1] - 2 * curve[k] + curve[k + 1]) for k in range(1, 39)])
        assert jitter(curve * scale) == pytest.approx(scale * expected, abs=1e-9)

    def test_differences_across_a_gap_do_not_count(self):
        assert jitter([0, 0, 0, 9, 0, 0, 0], where=[1, 1, 1, 0, 1, 1, 1]) == 0

    @given(OPENINGS, arrays(bool, 40))
    def test_stillness_counts_silent_frames(self, opening, silent):
        if silent.any():
            expected = sum(o < 0.02 for o, s in zip(opening, silent, strict=True) if s) / silent.sum()
            assert stillness(opening, silent) == pytest.approx(expected)
        else:
            with pytest.raises(ValueError, match="silent"):
                stillness(opening, silent)

    @given(WEIGHTS)
    def test_a_mirrored_face_is_as_crooked(self, weights):
        left, right = weights[:, :2], weights[:, 2:]
        assert asymmetry(left, right) == asymmetry(right, left) <= 1
        assert asymmetry(left, left) == 0

    @given(arrays(bool, 30))
    def test_runs_are_the_mask(self, mask):
        again = np.zeros(30, bool)
        for start, end in runs(mask):
            assert start < end
            again[start:end] = True
        np.testing.assert_array_equal(again, mask)
        assert (np.diff(runs(mask).ravel()) > 0).all()


@pytest.mark.parametrize(
    "measure",
    [correlation, mouth_opening_difference, closure_recall, false_closure, closure_precision, stillness],
)
def test_curves_of_different_lengths_are_never_cut_to_fit(measure):
    with pytest.raises(ValueError, match="shape"):
        measure(np.zeros(10), np.zeros(11))
