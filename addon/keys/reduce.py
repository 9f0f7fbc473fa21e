"""Fewer keys: only those that a smooth curve needs to stay near the motion."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Keys(NamedTuple):
    """Keys of a curve that is as smooth as Blender's own."""

    at: NDArray[np.int64]
    """Shape (n_keys,): numbers of the frames that have a key; the first and the last do."""
    slopes: Array
    """Shape (n_keys,): how steep the curve is there, per frame."""


def reduced(values: NDArray[np.floating[Any]], tolerance: float) -> Keys:
    """Return keys of a curve that at every frame is within `tolerance` of `values`, shape (n_frames,), n_frames ≥ 2.

    Between two keys runs the cubic of Hermite through their values and slopes, the slopes being those of the motion.
    Where it strays, a key is added at the farthest frame, until it strays nowhere: Douglas and Peucker's way (1973),
    with cubics in place of lines.

    >>> reduced(np.linspace(0.0, 1.0, 7) ** 2, 0.01).at.tolist()
    [0, 6]
    """
    values = np.asarray(values, np.float64)
    last = len(values) - 1
    slopes = np.gradient(values)
    frames = np.arange(last + 1)
    at = np.array([0, last])
    while True:
        segment = np.minimum(np.searchsorted(at, frames, side="right") - 1, len(at) - 2)
        error = np.abs(hermite(values, slopes, at, segment, frames) - values)
        starts = at[:-1]
        worst = np.maximum.reduceat(error[:-1], starts)
        strays = np.flatnonzero(worst > tolerance)
        if not len(strays):
            return Keys(at, slopes[at])
        farthest = [at[s] + int(np.argmax(error[at[s] : at[s + 1]])) for s in strays]
        at = np.union1d(at, farthest)


def hermite(
    values: Array, slopes: Array, at: NDArray[np.int64], segment: NDArray[np.int64], frames: NDArray[np.int64]
) -> Array:
    """Return the curve through the keys `at` at `frames`, each of which lies in the segment that begins there."""
    left, right = at[segment], at[segment + 1]
    length = (right - left).astype(np.float64)
    t = (frames - left) / length
    return np.asarray(
        (1 + 2 * t) * (1 - t) ** 2 * values[left]
        + t * (1 - t) ** 2 * length * slopes[left]
        + t**2 * (3 - 2 * t) * values[right]
        + t**2 * (t - 1) * length * slopes[right]
    )
