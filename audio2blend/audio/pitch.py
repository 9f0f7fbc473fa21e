"""How high a voice is from frame to frame."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .speech import SAMPLE_RATE, Speech

_LOWEST_HZ: Final = 65.0
_HIGHEST_HZ: Final = 600.0
_RATE_HZ: Final = SAMPLE_RATE // 2
"""Voices have their pitch far below 4 kHz; half the samples are a third of the work."""
_WINDOW: Final = round(3 * _RATE_HZ / _LOWEST_HZ)
"""Three periods of the lowest voice, as Boersma asks."""
_VOICED: Final = 0.5
"""Below this share of periodic power a frame is not voiced."""
_OCTAVE_COST: Final = 0.06
"""What an octave lower has to be better by, in shares of periodic power; else two periods pass for one."""
_CLOSE: Final = 0.35
"""By how many octaves a voice changes at most from one frame to the next."""
_BATCH: Final = 1024


def pitch_hz(speech: Speech, times_s: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the fundamental frequency around each time, shape (n_times,), in hertz; NaN where nothing is voiced.

    The highest peak of the autocorrelation of a Hann-windowed frame over that of the window (Boersma, "Accurate
    short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a sampled sound", 1993),
    between 65 and 600 Hz. Frames that leap by more than a third of an octave from both neighbours are left out.
    """
    even = len(speech.samples) // 2 * 2
    samples = speech.samples[:even].reshape(-1, 2).mean(axis=1)
    if len(samples) < 2 or not len(times_s):
        return np.full(len(times_s), np.nan, np.float32)
    starts = np.round(times_s * _RATE_HZ).astype(np.int64) - _WINDOW // 2
    padded = np.pad(samples, _WINDOW)
    loudest = float(np.abs(samples).max())
    found = np.full(len(times_s), np.nan, np.float32)
    for first in range(0, len(starts), _BATCH):
        at = np.clip(starts[first : first + _BATCH] + _WINDOW, 0, len(padded) - _WINDOW)
        frames = padded[at[:, None] + np.arange(_WINDOW)]
        found[first : first + _BATCH] = _of_frames(frames, 0.01 * loudest)
    return _without_leaps(found)


def semitones(pitch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return pitches in hertz as semitones above their median; NaN stays NaN.

    >>> semitones(np.array([100, 200, 100, np.nan], np.float32)).tolist()
    [0.0, 12.0, 0.0, nan]
    """
    voiced = pitch[np.isfinite(pitch)]
    if not len(voiced):
        return pitch
    return np.asarray(12 * np.log2(pitch / np.median(voiced)), np.float32)


def _of_frames(frames: NDArray[np.float32], quiet: float) -> NDArray[np.float32]:
    """Return the pitch of frames (n, _WINDOW) in hertz; NaN for those that are not voiced or stay below `quiet`."""
    window = np.hanning(_WINDOW + 2)[1:-1].astype(np.float32)
    size = 1 << int(np.ceil(np.log2(2 * _WINDOW)))
    shortest, longest = int(_RATE_HZ / _HIGHEST_HZ), round(_RATE_HZ / _LOWEST_HZ)
    centred = (frames - frames.mean(axis=1, keepdims=True)) * window
    powers = np.fft.irfft(np.abs(np.fft.rfft(centred, size)) ** 2, size)[:, : longest + 2]
    of_window = np.fft.irfft(np.abs(np.fft.rfft(window, size)) ** 2, size)[: longest + 2]
    periodic = powers / np.maximum(powers[:, :1], 1e-12) * (of_window[0] / of_window)
    left, here, right = (periodic[:, shortest + side : longest + 1 + side] for side in (-1, 0, 1))
    bend = np.minimum(left - 2 * here + right, -1e-9)
    height = here - (left - right) ** 2 / (8 * bend)  # of the parabola through three lags: peaks lie between them
    score = height - _OCTAVE_COST * np.log2(np.arange(shortest, longest + 1) / shortest)
    peaks = (here >= left) & (here >= right)
    best = np.where(peaks, score, -np.inf).argmax(axis=1)
    rows = np.arange(len(frames))
    shift = 0.5 * (left - right)[rows, best] / bend[rows, best]
    voiced = peaks.any(axis=1) & (here[rows, best] > _VOICED) & (np.abs(frames).max(axis=1) > quiet)
    lag = shortest + best + np.clip(shift, -0.5, 0.5)
    return np.where(voiced, _RATE_HZ / lag, np.nan).astype(np.float32)


def _without_leaps(pitch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return pitches (n,) without those that neither neighbour is close to."""
    octave = np.log2(pitch)
    far = np.abs(np.diff(octave, prepend=np.nan, append=np.nan))
    lonely = ~((far[:-1] < _CLOSE) | (far[1:] < _CLOSE))
    return np.where(lonely, np.nan, pitch).astype(np.float32)
