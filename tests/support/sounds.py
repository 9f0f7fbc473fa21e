"""Files of sound as other programs write them, and how like two recordings are."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soxr
from numpy.typing import NDArray

RATE = 48_000


def ffmpeg(*arguments: str | Path) -> bytes:
    """Run ffmpeg and return what it writes to stdout."""
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y"]
    return subprocess.run([*program, *map(str, arguments)], stdout=subprocess.PIPE, check=True).stdout


def at_16k(samples: NDArray[np.floating], rate_hz: int = RATE) -> NDArray[np.float32]:
    """Return samples at the rate of a `Speech`."""
    return np.asarray(soxr.resample(samples, rate_hz, 16_000), np.float32)


def lag_ms(got: NDArray[np.float32], wanted: NDArray[np.float32]) -> float:
    """Return by how much one recording is later than another, by their cross-correlation."""
    n = len(got) + len(wanted)
    likeness = np.fft.irfft(np.fft.rfft(got, n) * np.conj(np.fft.rfft(wanted, n)), n)
    at = int(np.argmax(likeness))
    return 1000 * (at if at <= n // 2 else at - n) / 16_000


def likeness(got: NDArray[np.float32], wanted: NDArray[np.float32]) -> float:
    """Return the correlation of two recordings, whichever way up, over what they share."""
    n = min(len(got), len(wanted))
    return abs(float(np.corrcoef(got[:n], wanted[:n])[0, 1]))


def noise(count: int, dbfs: float, seed: int = 0) -> NDArray[np.float32]:
    """Return noise as of a room or a microphone."""
    rng = np.random.default_rng(seed)
    return (10 ** (dbfs / 20) * rng.standard_normal(count)).astype(np.float32)


def tone(count: int, hz: float = 1000.0) -> NDArray[np.float32]:
    """Return a tone as recorders lay on a track of its own."""
    return (0.1 * np.sin(2 * np.pi * hz * np.arange(count) / RATE)).astype(np.float32)


def chords(count: int) -> NDArray[np.float32]:
    """Return music of a kind: a chord that changes twice a second, struck and ringing."""
    time_s = np.arange(count) / RATE
    base = 220 * 2 ** (np.array([0, 5, 7, 3, 8, 5, 10, 0])[(time_s * 2).astype(int) % 8] / 12)
    phase = 2 * np.pi * np.cumsum(base) / RATE
    return (0.15 * sum(np.sin(k * phase) for k in (1, 1.26, 1.5, 2)) * np.exp(-2 * (time_s % 0.5))).astype(np.float32)
