"""Outliers: the few samples far beyond all others, from a bit error or a click, that must not set the level."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .mix import Floats

_WINDOW_S: Final = 0.03
_BRIEF: Final = 3
"""Length of a click in windows, 0.1 s: that many of the loudest windows do not count."""
_FAR: Final = 4.0
"""Multiple of the level of all other sound from which on a sample is an outlier."""
_FEW: Final = 3
"""The level of a window is its peak without this many samples: a peak of a voice has more."""


class Peaks:
    """Peaks of a recording in windows, updated block by block."""

    def __init__(self, rate_hz: int) -> None:
        self._size = max(16, round(rate_hz * _WINDOW_S))
        self._rest = np.zeros(0, np.float32)
        self._peaks: list[Floats] = []
        self._levels: list[Floats] = []

    def add(self, block: Floats) -> None:
        """Add the next samples, shape (n,)."""
        if len(self._rest):
            block = np.concatenate([self._rest, block])
        count = len(block) // self._size
        self._note(block[: count * self._size].reshape(count, self._size))
        self._rest = block[count * self._size :].copy()

    def _note(self, windows: Floats) -> None:
        peaks = np.maximum(windows.max(axis=1), -windows.min(axis=1))
        levels = peaks.copy()
        if len(
            hot := np.flatnonzero(peaks > 1)
        ):  # within full scale a single sample does little harm, and this is slow
            at = windows.shape[1] - 1 - min(_FEW, windows.shape[1] - 1)
            levels[hot] = np.partition(np.abs(windows[hot]), at, axis=1)[:, at]
        self._peaks.append(peaks)
        self._levels.append(levels)

    def ceiling(self, full_scale: float = 1.0) -> float:
        """Return the peak without outliers; infinity if there are none.

        Outliers are beyond full scale and far beyond the level of the loudest windows, not counting the loudest 0.1 s.
        """
        if len(self._rest):
            rest, self._rest = self._rest, self._rest[:0]
            self._note(rest[None])
        if not self._peaks:
            return np.inf
        peaks, levels = np.concatenate(self._peaks), np.concatenate(self._levels)
        loudest = np.sort(levels)[-1 - (_BRIEF if len(levels) > 4 * _BRIEF else 0)]
        ordinary: NDArray[np.float32] = peaks[peaks <= max(full_scale, _FAR * loudest)]
        return np.inf if len(ordinary) == len(peaks) or not loudest else float(ordinary.max(initial=loudest))
