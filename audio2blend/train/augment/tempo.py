"""Time stretching at constant pitch."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_HOP: Final = 384  # 24 ms: two periods of a low voice
_REACH: Final = 32  # in quarters of the rate: 8 ms either way, as long as the period of a voice of 62 Hz
_WINDOW: Final = np.float32(0.5) - np.float32(0.5) * np.cos(np.pi * np.arange(2 * _HOP, dtype=np.float32) / _HOP)


def stretched(samples: Floats, n: int) -> Floats:
    """Stretch samples [any] at 16 kHz to n samples of the same pitch; every sound stays within 8 ms of its place.

    Overlapping pieces are added at the new pace, each taken from where it continues the previous one best
    (WSOLA: Verhelst and Roelands, "An overlap-add technique based on waveform similarity", 1993).
    """
    pace = len(samples) / n
    pieces = n // _HOP + 2
    margin = _HOP + 4 * _REACH
    padded = np.pad(samples, (margin, margin + 2 * _HOP + int(2 * _HOP * pace)))
    coarse = padded[: len(padded) // 4 * 4].reshape(-1, 4).mean(axis=1)
    overlap = _HOP // 4
    starts = np.empty(pieces, int)
    starts[0] = _REACH
    for k in range(1, pieces):
        place = _REACH + round(k * overlap * pace)
        follows = coarse[starts[k - 1] + overlap : starts[k - 1] + 2 * overlap]
        candidates = coarse[place - _REACH : place + _REACH + overlap]
        starts[k] = place - _REACH + int(np.argmax(np.correlate(candidates, follows)))
    parts = padded[4 * starts[:, None] + np.arange(2 * _HOP)] * _WINDOW
    return np.asarray((parts[:-1, _HOP:] + parts[1:, :_HOP]).reshape(-1)[:n])
