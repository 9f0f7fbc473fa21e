"""Loudness after the codec, on ten kinds of sound; measured by ffmpeg's EBU R 128 meter."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from render_farm.encode.loudness import TOLERANCE_LU, level, loudness
from tests.support.sounds import RATE, chords, lag_ms, noise, tone

N = 4 * RATE
TIME_S = np.arange(N) / RATE
HELLO = Path(__file__).resolve().parents[3] / "examples" / "hello.wav"
KINDS = {
    "speech": lambda: np.resize(soxr.resample(soundfile.read(HELLO)[0], 24_000, RATE), N),
    "tone": lambda: tone(N),
    "noise": lambda: noise(N, -30),
    "music": lambda: chords(N),
    "syllables": lambda: noise(N, -25) * (0.5 + 0.5 * np.sin(8 * np.pi * TIME_S)) ** 2,
    "clipped": lambda: np.clip(20 * chords(N), -1, 1),
    "quiet": lambda: 0.02 * chords(N),
    "pauses": lambda: chords(N) * (TIME_S % 2 < 0.6),
    "bass": lambda: 0.5 * np.sin(2 * np.pi * 50 * TIME_S),
    "sweep": lambda: 0.3 * np.sin(2 * np.pi * (100 + 1500 * TIME_S) * TIME_S),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_ten_kinds_of_sound_become_as_loud_as_asked(kind: str, tmp_path: Path) -> None:
    samples = np.asarray(KINDS[kind](), np.float32)
    soundfile.write(tmp_path / "in.wav", samples, RATE, "FLOAT")
    codec = ("-c:a", "aac", "-b:a", "192k")
    found = level(tmp_path / "in.wav", tmp_path / "out.wav", codec=codec, lufs=-14, dbtp=-1, folder=tmp_path)
    assert found.lufs is not None
    assert abs(found.lufs + 14) <= TOLERANCE_LU
    assert found.dbtp <= -1
    out, rate_hz = soundfile.read(tmp_path / "out.wav", dtype="float32")
    assert (len(out), rate_hz) == (N, RATE)
    assert lag_ms(out[::3], samples[::3]) == 0


def test_silence_is_left_as_it_is(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "in.wav", np.zeros(RATE), RATE)
    found = level(tmp_path / "in.wav", tmp_path / "out.wav", codec=("-c:a", "aac"), lufs=-14, dbtp=-1, folder=tmp_path)
    assert found.lufs is None
    assert not soundfile.read(tmp_path / "out.wav")[0].any()


def test_the_meter_reads_the_tone_of_the_norm(tmp_path: Path) -> None:
    """EBU Tech 3341, case 1: 1000 Hz at -23 dBFS in two channels."""
    one = 10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * np.arange(20 * RATE) / RATE)
    soundfile.write(tmp_path / "tone.wav", np.stack([one, one], axis=1), RATE, "PCM_24")
    assert loudness(tmp_path / "tone.wav").lufs == pytest.approx(-23, abs=0.1)
