"""Measures of animation: what each must give, against references written another way, and the laws they keep."""

from dataclasses import replace
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import rigs
from audio2blend.audio import Speech
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.heard import Heard
from audio2blend.network import Network
from audio2blend.qa import (
    Lips,
    asymmetry,
    closed_phones,
    closure_precision,
    closure_recall,
    closure_timing_ms,
    correlation,
    explained_closures,
    false_closure,
    jitter,
    lip_gap,
    lip_vertex_error,
    mouth_opening_difference,
    offset,
    stillness,
    upper_face,
    upper_face_deviation,
    upper_face_dynamics,
)
from audio2blend.qa.checks import CHECKS
from audio2blend.qa.judge import Face, Judgement, judge
from audio2blend.runs import runs

RATE = Fraction(60)
OPENINGS = arrays(float, 40, elements=st.floats(0, 0.3).map(lambda x: round(x, 4)))
WEIGHTS = arrays(np.float32, (9, 4), elements=st.floats(0, 1, width=16))


def mouth(times_s: np.ndarray) -> np.ndarray:
    """Return an opening like that of speech: smooth, aperiodic, below 5 Hz, closed now and then."""
    rng = np.random.default_rng(3)
    waves = sum(np.sin(2 * np.pi * hz * times_s + rng.random() * 6) for hz in np.arange(0.7, 5, 0.6))
    return np.maximum(0, 0.06 + 0.03 * waves)


def face_of(rig: rigs.Rig) -> Face:
    assert rig.mesh is not None
    assert rig.landmarks is not None
    deltas = rig.mesh.deltas * 1000
    lips = Lips.of(rig.mesh.vertices * 1000, deltas, rig.landmarks)
    return Face(shapes=rig.shapes, lips=lips, upper=upper_face(deltas, rig.shapes, at_least=1.0))


@pytest.fixture(scope="module")
def face() -> Face:
    return face_of(rigs.builtin())


class TestLips:
    def test_the_gap_is_what_can_be_seen_through(self):
        upper = np.array([[-1, 2, 0], [0, 1.5, 0], [1, 2, 0]])
        lower = np.array([[-1, 0, 0], [0, 0.5, 9], [1, 0, 0]])
        assert lip_gap(upper, lower, eye_distance=10) == pytest.approx(0.1)
        assert lip_gap(lower, upper, eye_distance=10) == pytest.approx(-0.2)

    def test_weights_give_what_the_posed_mesh_shows(self, face):
        rig = rigs.builtin()
        weights = np.random.default_rng(0).random((5, len(ARKIT)), np.float32) * 0.3
        points = rig.posed(weights).astype(float)
        marks = {name: points[:, list(vertices)] for name, vertices in rig.landmarks.items()}
        first, second = rig.mesh.vertices[list(rig.landmarks["eyeCorners"])].astype(float)
        eyes = np.linalg.norm(first - second)
        seen = np.maximum(0, marks["upperLip"][..., 1].min(1) - marks["lowerLip"][..., 1].max(1)) / eyes
        np.testing.assert_allclose(face.lips.opening(weights), seen, atol=1e-5)
        apart = np.linalg.norm(marks["mouthCorners"][:, 0] - marks["mouthCorners"][:, 1], axis=-1) / eyes
        np.testing.assert_allclose(face.lips.width(weights), apart, atol=1e-5)

    def test_the_built_in_head_opens_and_closes_its_lips(self, face):
        def opening(**weights: float) -> float:
            return float(face.lips.opening(np.array([[weights.get(name, 0) for name in ARKIT]], np.float32))[0])

        assert opening() == 0
        assert opening(jawOpen=0.2) > 0.04
        assert opening(jawOpen=0.2, mouthClose=0.2) < 0.02
        assert opening(mouthPressLeft=1, mouthPressRight=1) == 0

    def test_a_face_of_any_size_opens_as_far(self, face):
        lips = face.lips
        large = Lips(lips.neutral * 3, lips.deltas * 3, lips.upper, lips.lower, lips.corners, lips.eyes)
        weights = np.random.default_rng(1).random((4, len(ARKIT)), np.float32)
        np.testing.assert_allclose(large.opening(weights), lips.opening(weights), rtol=1e-4)

    def test_it_reads_the_mouth_as_the_reference_head_does(self, face, corpora):
        """The thresholds were found on another head; they mean the same here."""
        lips = pytest.importorskip("audio2blend.train.lips").load_lips(corpora / "ict_facekit" / "lip_vertices.npz")
        from audio2blend.train.corpora import facegood

        weights = next(iter(facegood.load(corpora, held=True))).weights
        here, there = face.lips.opening(weights), lips.opening(weights).astype(float)
        assert correlation(here, there) > 0.99
        assert np.mean((here < 0.02) == (there < 0.02)) > 0.9


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

    def test_the_upper_face_of_the_built_in_head_is_above_its_mouth(self, face):
        rig = rigs.builtin()
        weights = np.zeros((2, len(ARKIT)), np.float32)
        weights[1, ARKIT.index("jawOpen")] = 1
        assert upper_face_dynamics(weights, face.upper).max() < 1
        weights[1, ARKIT.index("browInnerUp")] = 1
        assert upper_face_dynamics(weights, face.upper).max() > 1
        assert face.upper.shape[1] < len(rig.mesh.vertices) / 2


class TestClosures:
    @given(OPENINGS, OPENINGS)
    def test_recall_false_closure_and_precision_count_frames(self, said, true):
        hit = sum(a < 0.02 and b < 0.02 for a, b in zip(said, true, strict=True))
        closed, open_ = sum(b < 0.02 for b in true), sum(b > 0.04 for b in true)
        false = sum(a < 0.02 and b > 0.04 for a, b in zip(said, true, strict=True))
        for measure, part, whole in (
            (closure_recall, hit, closed),
            (false_closure, false, open_),
            (closure_precision, hit, hit + false),
        ):
            if whole:
                assert measure(said, true) == pytest.approx(part / whole)
            else:
                with pytest.raises(ValueError, match="never"):
                    measure(said, true)

    @given(OPENINGS, st.floats(0.005, 0.1), st.floats(0.005, 0.1))
    def test_phones_close_more_often_for_a_laxer_threshold(self, opening, first, second):
        phones = [(0.1, 0.2), (0.3, 0.35), (0.5, 0.6)]
        strict, lax = (
            closed_phones(opening, phones, frame_rate=RATE, closed=level) for level in sorted((first, second))
        )
        assert strict <= lax

    @given(OPENINGS)
    def test_what_may_close_anywhere_always_has_a_cause(self, opening):
        if (opening < 0.02).any():
            assert explained_closures(opening, [(0, 1)], frame_rate=RATE) == 1
            assert explained_closures(opening, np.zeros((0, 2)), frame_rate=RATE) == 0

    def test_a_closure_counts_for_the_phone_it_falls_in(self):
        opening = np.full(60, 0.1)
        opening[30:33] = 0.0  # 0.5 to 0.55 s
        assert closed_phones(opening, [(0.48, 0.58), (0.2, 0.3)], frame_rate=RATE) == 0.5
        assert explained_closures(opening, [(0.48, 0.58)], frame_rate=RATE) == 1
        assert explained_closures(opening, [(0.2, 0.3)], frame_rate=RATE) == 0
        assert closed_phones(opening, [(0.56, 0.6)], frame_rate=RATE) == 1  # two frames early are allowed,
        assert closed_phones(opening, [(0.58, 0.6)], frame_rate=RATE) == 0  # three are not

    @given(st.floats(-60, 60))
    def test_timing_is_found_finer_than_a_frame(self, late_ms):
        times = np.arange(120) / 60
        opening = np.minimum(0.1, np.abs(times - 1.0 - late_ms / 1000))  # a V that touches at one moment
        found = closure_timing_ms(opening, [(0.95, 1.05)], frame_rate=RATE)
        assert found == pytest.approx([late_ms], abs=1e-6)

    def test_pauses_have_no_timing(self):
        assert len(closure_timing_ms(np.zeros(120), [(0.95, 1.05)], frame_rate=RATE)) == 0

    def test_the_recall_of_nothing_is_an_error(self):
        with pytest.raises(ValueError, match="no phones"):
            closed_phones([0.1], np.zeros((0, 2)), frame_rate=RATE)


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


class TestJudge:
    """A line made by hand: a buzz that says "ma ma ma" between two silences, and a mouth that follows it."""

    SECONDS = 8.0
    PHONES = np.array([(k + 0.40, k + 0.50) for k in range(1, 7)])

    def opening(self, times_s: np.ndarray) -> np.ndarray:
        shut = sum(np.clip(1 - np.abs(times_s - middle) / 0.1, 0, 1) for middle in self.PHONES.mean(axis=1))
        return (0.1 + 0.05 * np.sin(11 * times_s)) * np.clip(1 - 1.6 * shut, 0, 1) * self.speaks(times_s)

    @staticmethod
    def speaks(times_s: np.ndarray) -> np.ndarray:
        return np.clip((times_s - 0.9) * 10, 0, 1) * np.clip((7.1 - times_s) * 10, 0, 1)

    def clip(self, *, late_s: float = 0.0, scale: float = 1.0, add: np.ndarray | float = 0.0, rate: int = 60) -> Clip:
        times = np.arange(int(self.SECONDS * rate)) / rate
        jaw = np.clip(self.opening(times - late_s) * 3 * scale + add, 0, 1)
        return Clip(values=jaw[:, None], channels=("jawOpen",), frame_rate=Fraction(rate))

    @pytest.fixture
    def speech(self) -> Speech:
        times = np.arange(int(self.SECONDS * 16_000)) / 16_000
        swell = self.opening(times) * 4 * (self.speaks(times) > 0.5)
        buzz = sum(np.sin(2 * np.pi * 120 * k * times) / k for k in range(1, 12))
        return Speech(samples=(0.3 * (swell + 0.3 * (swell > 0)) * buzz).astype(np.float32))

    @pytest.fixture
    def heard(self) -> Heard:
        times = np.arange(int(self.SECONDS * 60)) / 60
        m = ((times[:, None] >= self.PHONES[:, 0]) & (times[:, None] < self.PHONES[:, 1])).any(axis=1)
        sil = self.speaks(times) < 0.5
        probabilities = np.stack([sil, m, ~(sil | m)], axis=1).astype(np.float32)
        return Heard(probabilities=probabilities, phones=("sil", "m", "a"), frame_rate=RATE)

    @staticmethod
    def verdicts(found: Judgement) -> dict[str, str]:
        return {measure.name: measure.verdict for measure in found.measures}

    def failed(self, found: Judgement) -> set[str]:
        return {name for name, verdict in self.verdicts(found).items() if verdict == "fail"}

    def test_a_line_that_is_right_passes_all(self, face, speech, heard):
        found = judge(self.clip(), speech, face, reference=self.clip(rate=30), heard=heard)
        assert self.failed(found) == set()
        judged = {name for name, check in CHECKS.items() if (check.at_least, check.at_most) != (None, None)}
        assert {name for name, verdict in self.verdicts(found).items() if verdict == "pass"} == judged

    @pytest.mark.parametrize(
        ("fault", "caught"),
        [
            ({"late_s": 0.12}, {"closure_timing", "sound_offset", "offset", "closure_recall"}),
            ({"late_s": -0.15}, {"phones_closed", "sound_offset", "offset", "closure_recall"}),
            ({"add": 0.2}, {"stillness", "phones_closed", "closure_recall", "mod"}),
            ({"scale": 0.02}, {"jitter", "jitter_ratio", "false_closure", "mod"}),
            ({"add": np.random.default_rng(0).normal(0, 0.12, 480)}, {"jitter", "jitter_ratio"}),
        ],
        ids=["late", "early", "open", "mumbled", "trembling"],
    )
    def test_a_fault_is_caught_by_the_checks_made_for_it(self, face, speech, heard, fault, caught):
        found = judge(self.clip(**fault), speech, face, reference=self.clip(), heard=heard)
        assert self.failed(found) >= caught

    def test_offset_is_measured_across_rates(self, face, speech):
        found = judge(self.clip(late_s=0.03, rate=24), speech, face, reference=self.clip())
        measured = {measure.name: measure.value for measure in found.measures}
        assert measured["offset"] == pytest.approx(30, abs=3)

    def test_without_phones_closures_are_not_made_up(self, face, speech):
        found = judge(self.clip(), speech, face)
        assert all(
            measure.value is None and measure.note == "the network tells no phones"
            for measure in found.measures
            if measure.name in ("phones_closed", "closures_explained", "closure_timing", "lip_teeth")
        )

    def test_a_clip_that_ends_early_does_not_cover_its_speech(self, face, speech):
        short = self.clip()
        short = Clip(values=short.values[:240], channels=short.channels, frame_rate=RATE)
        assert "coverage" in self.failed(judge(short, speech, face))

    def test_a_clip_may_begin_anywhere(self, face, speech, heard):
        """The clip's own start counts, not its first row."""
        whole = self.clip()
        later = Clip(values=whole.values[30:], channels=whole.channels, frame_rate=RATE, start_s=0.5)
        a, b = (judge(clip, speech, face, heard=heard) for clip in (whole, later))
        values = [{m.name: m.value for m in found.measures} for found in (a, b)]
        for name in ("phones_closed", "closures_explained", "closure_timing", "sound_offset"):
            assert values[0][name] == pytest.approx(values[1][name], abs=0.5)

    def test_what_shares_no_time_cannot_be_compared(self, face, speech):
        away = Clip(values=np.zeros((60, 1)), channels=("jawOpen",), frame_rate=RATE, start_s=100)
        with pytest.raises(InputError, match=r"the clip 100\.00 to 101\.00 s"):
            judge(away, speech, face)

    def test_a_clip_without_a_mouth_cannot_be_judged(self, face, speech):
        blinks = Clip(values=np.zeros((480, 1)), channels=("eyeBlinkLeft",), frame_rate=RATE)
        with pytest.raises(InputError, match="no channel that moves the mouth"):
            judge(blinks, speech, face)


def test_real_lips_pass_and_are_told_from_real_lips_out_of_sync(face, corpora):
    """Filmed sentences: the checks that need no reference were set by such, and must not call them wrong."""
    from audio2blend.train.corpora import grid

    network = Network.load(device="cpu")
    real, late = [], []
    for sample in islice(grid.load(corpora, held=True), 40):
        assert sample.weights is not None
        speech = Speech(samples=sample.samples)
        clip = Clip(values=sample.weights, channels=ARKIT, frame_rate=RATE)
        _, heard = network.listen(speech)
        real.append(judge(clip, speech, face, heard=heard))
        late.append(judge(replace(clip, start_s=0.1), speech, face, heard=heard))

    def values(lines: list[Judgement], name: str) -> list[float]:
        return [m.value for line in lines for m in line.measures if m.name == name and m.value is not None]

    failures = [m.name for line in real for m in line.measures if m.verdict == "fail"]
    assert len(failures) <= 0.05 * 40
    assert np.mean(values(real, "phones_closed")) > 0.85
    assert np.mean(values(late, "phones_closed")) < 0.65
    assert abs(np.median(values(real, "closure_timing"))) < 30
    assert np.median(values(late, "closure_timing")) > 50
