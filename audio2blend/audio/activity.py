"""Loudness envelope and voice activity."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .speech import SAMPLE_RATE, Speech, loudness_dbfs

_FLOOR_DB = -100.0


def envelope_db(speech: Speech, times_s: NDArray[np.float64], *, window_s: float = 0.025) -> NDArray[np.float32]:
    """Return the level around each time, shape (n_times,), in dB relative to the loudness of the recording.

    0 dB is the recording's gated loudness; silence, and times outside the sound, have -100 dB.
    """
    half = max(1, round(window_s * SAMPLE_RATE / 2))
    centres = np.round(times_s * SAMPLE_RATE).astype(np.int64)
    starts, ends = (np.clip(centres + side * half, 0, len(speech.samples)) for side in (-1, 1))
    power = np.zeros(len(centres))
    for frame, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if end > start:
            power[frame] = np.mean(np.square(speech.samples[start:end], dtype=np.float64))
    reference = loudness_dbfs(speech.samples)
    if reference == -np.inf:
        return np.full(len(centres), _FLOOR_DB, np.float32)
    level = 10 * np.log10(np.maximum(power, 1e-20)) - reference
    return np.asarray(np.maximum(level, _FLOOR_DB), np.float32)


def voice_activity(
    level_db: NDArray[np.float32], frame_rate: float, *, threshold_db: float = -22.0, hang_s: float = 0.2
) -> NDArray[np.bool_]:
    """Return where somebody speaks, shape (n_frames,): levels above `threshold_db`, and gaps of up to `hang_s`.

    >>> level = np.array([-60, 0, -40, 0, -60, -60, -60, -60], np.float32)
    >>> voice_activity(level, 10, hang_s=0.1).astype(int)
    array([0, 1, 1, 1, 0, 0, 0, 0])
    """
    loud = np.flatnonzero(level_db > threshold_db)
    active = np.zeros(len(level_db), bool)
    active[loud] = True
    for before, after in pairwise(loud):
        if 1 < after - before <= hang_s * frame_rate + 1:
            active[before:after] = True
    return active
