"""Keys as an animator wants them: only those that a smooth curve needs, or poses that are held for some frames."""

from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .clip import Clip
from .lips import CLOSED, OPEN

Array = NDArray[np.float64]


_CLOSED: Final = (CLOSED + OPEN) / 2
"""Lips that are nearer than this are a closure that has to be seen."""


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

    >>> reduced(np.linspace(0.0, 1.0, 7), 0.01).at.tolist()
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


def held(clip: Clip, opening: NDArray[np.floating[Any]], step: int) -> Clip:
    """Return a clip whose frames come in groups of `step` that all show one pose of theirs: on twos, on threes.

    That is the one in the middle; but where the lips close, `opening` being how far they are apart in each frame, it is
    the one in which they are closed most, since a p that falls between two poses would not be seen.

    >>> from fractions import Fraction
    >>> clip = Clip(values=[[0.1], [0.2], [0.3], [0.4]], channels=("jawOpen",), frame_rate=Fraction(24))
    >>> held(clip, clip["jawOpen"], 2)["jawOpen"].tolist() == clip["jawOpen"][[0, 0, 2, 2]].tolist()
    True
    """
    chosen = np.empty(len(clip), np.int64)
    for start in range(0, len(clip), step):
        group = opening[start : start + step]
        pose = int(group.argmin()) if group.min() < _CLOSED else (len(group) - 1) // 2
        chosen[start : start + step] = start + pose
    return replace(clip, values=clip.values[chosen])
