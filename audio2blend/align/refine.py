"""Moving boundaries to where the sound changes: a frame is 17 ms long, a burst or the onset of a vowel is sharper."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..audio import SAMPLE_RATE, Speech

Floats = NDArray[np.float64]

_HOP: Final = 40
"""Samples between two looks at the sound: 2.5 ms."""
_WINDOW: Final = 240
_SIDE: Final = 6
"""Looks that are averaged on either side of a place: 15 ms."""
_BANDS: Final = 24
_SPREAD_S: Final = 0.012
"""How far from where the phones say a boundary may be, as a standard deviation."""
_APART_S: Final = 0.005
_AT_ONCE: Final = 10 * SAMPLE_RATE // _HOP


def spectral_change(speech: Speech) -> Floats:
    """Return how much the spectrum changes at each 2.5 ms, shape (n,), 0 where it is steady.

    It is the distance of the log energies in 24 bands before and after, as in delta-cepstral boundary detectors
    (S. Furui, *On the role of spectral transition for speech perception*, JASA 80, 1986).
    """
    padded = np.pad(speech.samples, (_WINDOW // 2, _WINDOW))
    n = len(speech.samples) // _HOP
    edges = np.unique(np.round(np.geomspace(4, 257, _BANDS + 1)).astype(int))
    change = np.zeros(n)
    for first in range(0, n, _AT_ONCE):  # memory does not grow with the recording
        low, high = max(0, first - _SIDE), min(n, first + _AT_ONCE + _SIDE)
        starts = np.arange(low, high)[:, None] * _HOP
        power = np.abs(np.fft.rfft(padded[starts + np.arange(_WINDOW)] * np.hanning(_WINDOW), 512)) ** 2
        levels = np.log(np.add.reduceat(power, edges[:-1], axis=1) + 1e-7)
        total = np.cumsum(np.vstack([np.zeros(levels.shape[1]), levels]), axis=0)
        before = total[_SIDE:-_SIDE] - total[: -2 * _SIDE]
        after = total[2 * _SIDE :] - total[_SIDE:-_SIDE]
        distance = np.sqrt(np.square((after - before) / _SIDE).sum(axis=1))
        change[low + _SIDE : low + _SIDE + len(distance)] = distance[: n - low - _SIDE]
    return change


def refined(times_s: Floats, change: Floats) -> Floats:
    """Return ascending boundaries, shape (n,) in seconds, each moved to the greatest change near it.

    Where two would come closer than `_APART_S` or change places, they stay where they are.
    """
    reach = round(3 * _SPREAD_S * SAMPLE_RATE / _HOP)
    if len(change) <= 2 * reach or not len(times_s):
        return times_s
    near = np.clip(
        np.round(times_s * SAMPLE_RATE / _HOP).astype(int)[:, None] + np.arange(-reach, reach + 1), 0, len(change) - 1
    )
    away = (near * _HOP / SAMPLE_RATE - times_s[:, None]) / _SPREAD_S
    score = change[near] * np.exp(-0.5 * away**2)
    best = np.take_along_axis(near, score.argmax(axis=1)[:, None], axis=1)[:, 0]
    out = np.where(score.max(axis=1) > 0, best * _HOP / SAMPLE_RATE, times_s)
    while True:
        moved = out != times_s
        clashes = np.flatnonzero((np.diff(out) < _APART_S) & (moved[:-1] | moved[1:]))
        if not len(clashes):
            return out
        out[clashes], out[clashes + 1] = times_s[clashes], times_s[clashes + 1]
