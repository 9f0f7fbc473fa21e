"""Judging a whole line: every fault is caught by the checks made for it, and real lips pass them."""

from dataclasses import replace
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest

from audio2blend.audio import Speech
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.network import Network
from audio2blend.posteriors import PhonePosteriors
from audio2blend.qa.checks import REFERENCE, SOUND
from audio2blend.qa.judge import Judgement, judge
from rigs import builtin
from rigs.measure import face as face_of

RATE = Fraction(60)


@pytest.fixture(scope="module")
def face():
    return face_of(builtin())


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
    def posteriors(self) -> PhonePosteriors:
        times = np.arange(int(self.SECONDS * 60)) / 60
        m = ((times[:, None] >= self.PHONES[:, 0]) & (times[:, None] < self.PHONES[:, 1])).any(axis=1)
        sil = self.speaks(times) < 0.5
        probabilities = np.stack([sil, m, ~(sil | m)], axis=1).astype(np.float32)
        return PhonePosteriors(probabilities=probabilities, phones=("sil", "m", "a"), frame_rate=RATE)

    @staticmethod
    def verdicts(found: Judgement) -> dict[str, str]:
        return {measure.name: measure.verdict for measure in found.measures}

    def failed(self, found: Judgement) -> set[str]:
        return {name for name, verdict in self.verdicts(found).items() if verdict == "fail"}

    def test_a_line_that_is_right_passes_all(self, face, speech, posteriors):
        found = judge(self.clip(), speech, posteriors, face, reference=self.clip(rate=30))
        assert self.failed(found) == set()
        judged = {check.name for check in (*SOUND, *REFERENCE) if (check.at_least, check.at_most) != (None, None)}
        assert {name for name, verdict in self.verdicts(found).items() if verdict == "pass"} == judged

    @pytest.mark.parametrize(
        ("fault", "caught"),
        [
            ({"late_s": 0.09}, {"closure_timing", "closure_lag", "sound_offset", "offset", "closure_recall"}),
            ({"late_s": -0.15}, {"phones_closed", "sound_offset", "offset", "closure_recall"}),
            ({"add": 0.2}, {"stillness", "phones_closed", "closure_recall", "mod"}),
            ({"scale": 0.02}, {"jitter", "jitter_ratio", "false_closure", "mod"}),
            ({"add": np.random.default_rng(0).normal(0, 0.12, 480)}, {"jitter", "jitter_ratio"}),
        ],
        ids=["late", "early", "open", "mumbled", "trembling"],
    )
    def test_a_fault_is_caught_by_the_checks_made_for_it(self, face, speech, posteriors, fault, caught):
        found = judge(self.clip(**fault), speech, posteriors, face, reference=self.clip())
        assert self.failed(found) >= caught

    def test_offset_is_measured_across_rates(self, face, speech, posteriors):
        found = judge(self.clip(late_s=0.03, rate=24), speech, posteriors, face, reference=self.clip())
        measured = {measure.name: measure.value for measure in found.measures}
        assert measured["offset"] == pytest.approx(30, abs=3)

    def test_a_clip_that_ends_early_does_not_cover_its_speech(self, face, speech, posteriors):
        short = self.clip()
        short = Clip(values=short.values[:240], channels=short.channels, frame_rate=RATE)
        assert "coverage" in self.failed(judge(short, speech, posteriors, face))

    def test_a_clip_may_begin_anywhere(self, face, speech, posteriors):
        """The clip's own start counts, not its first row."""
        whole = self.clip()
        later = Clip(values=whole.values[30:], channels=whole.channels, frame_rate=RATE, start_s=0.5)
        a, b = (judge(clip, speech, posteriors, face) for clip in (whole, later))
        values = [{m.name: m.value for m in found.measures} for found in (a, b)]
        for name in ("phones_closed", "closures_explained", "closure_timing", "sound_offset"):
            assert values[0][name] == pytest.approx(values[1][name], abs=0.5)

    def test_what_shares_no_time_cannot_be_compared(self, face, speech, posteriors):
        away = Clip(values=np.zeros((60, 1)), channels=("jawOpen",), frame_rate=RATE, start_s=100)
        with pytest.raises(InputError, match=r"the clip 100\.00 to 101\.00 s"):
            judge(away, speech, posteriors, face)

    def test_a_clip_without_a_mouth_cannot_be_judged(self, face, speech, posteriors):
        blinks = Clip(values=np.zeros((480, 1)), channels=("eyeBlinkLeft",), frame_rate=RATE)
        with pytest.raises(InputError, match="no channel that moves the mouth"):
            judge(blinks, speech, posteriors, face)


def test_real_lips_pass_and_are_told_from_real_lips_out_of_sync(face, corpora):
    """Filmed sentences: the checks that need no reference were set by such, and must not call them wrong."""
    from audio2blend.train.corpora import grid

    network = Network.load(device="cpu")
    real, late = [], []
    for sample in islice(grid.load(corpora, held=True), 24):
        assert sample.weights is not None
        speech = Speech(samples=sample.samples)
        clip = Clip(values=sample.weights, channels=ARKIT, frame_rate=RATE)
        _, posteriors = network.predict(speech)
        real.append(judge(clip, speech, posteriors, face))
        late.append(judge(replace(clip, start_s=0.1), speech, posteriors, face))

    def values(lines: list[Judgement], name: str) -> list[float]:
        return [m.value for line in lines for m in line.measures if m.name == name and m.value is not None]

    failures = [m.name for line in real for m in line.measures if m.verdict == "fail"]
    assert len(failures) <= 0.05 * 24
    assert np.mean(values(real, "phones_closed")) > 0.85
    assert np.mean(values(late, "phones_closed")) < np.mean(values(real, "phones_closed")) - 0.2
    assert abs(np.median(values(real, "closure_timing"))) < 30
    assert np.median(values(late, "closure_timing")) > 50
