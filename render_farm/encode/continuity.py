"""Pictures of a film that lack, and pictures that are shown twice."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .probe import probe, pyav

_WIDTH: Final = 32
_STILL: Final = (0.25, 0.2)
"""A picture that differs from the one before by less than these shares of what its neighbours do, on the whole and at
its most, is the same again. Seen: 0.00 to 0.21 and 0.00 to 0.15 of pictures repeated, keyframes among them; from 0.64
on where motion is steady; 0.21 and 0.24 at the least, and never both, in talking heads."""
_MOTION: Final = 0.1
"""Neighbours that differ by less, in steps of 8 bits, keep still themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuity:
    """What of a film's pictures is not as it should be."""

    n_frames: int
    dropped_s: tuple[float, ...]
    """When a picture ought to be shown and none is, by the time stamps."""
    repeated: tuple[int, ...]
    """Numbers of pictures, from 0, that show what the one before does while all around them moves."""
    is_constant: bool
    """Whether the time stamps are those of a constant rate, but for what was dropped."""


def continuity(film: Path, moves: NDArray[np.bool_] | None = None) -> Continuity:
    """Return what lacks and what is repeated.

    Args:
        film: any video. Pictures that were dropped and the rest stamped anew cannot be told by this.
        moves: whether the face moves from the picture before to each, shape (n_frames,); None to see by the neighbours
            whether it does. A head that keeps still repeats no picture.

    Raises InputError if it cannot be read.
    """
    found = probe(film)
    times = np.array(found.times_s)
    steps = np.diff(times)
    step = float(np.median(steps)) if len(steps) else float(1 / found.frame_rate)
    counts = np.maximum(1, np.round(steps / step)).astype(int)
    dropped = [float(times[number] + step * more) for number, count in enumerate(counts) for more in range(1, count)]
    even = bool((np.abs(steps - counts * step) < 0.3 * step).all())
    overall, most = _changes(film).T
    same = (overall < _STILL[0] * _around(overall)) & (most < _STILL[1] * _around(most))
    moving = _around(overall) > _MOTION
    if moves is not None and len(moves) >= len(moving):
        moving &= moves[: len(moving)]
    repeated = np.flatnonzero(same & moving)
    return Continuity(
        n_frames=found.n_frames,
        dropped_s=tuple(dropped),
        repeated=tuple(int(number) for number in repeated if number > 0),
        is_constant=even,
    )


def _around(change: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the median of the changes of the two pictures before each and the two after."""
    return np.asarray(np.median([np.roll(change, by) for by in (-2, -1, 1, 2)], axis=0))


def _changes(film: Path) -> NDArray[np.float64]:
    """Return how much each picture differs from the one before, shape (n_frames, 2): on the whole, and at its most.

    They are made small first: what a codec adds to a picture that it codes anew averages out, motion does not.
    """
    out, before = [(0.0, 0.0)], None
    with pyav().open(str(film)) as opened:
        for frame in opened.decode(video=0):
            height = max(2, round(frame.height * _WIDTH / frame.width))
            small = frame.reformat(width=_WIDTH, height=height, format="gray", interpolation="AREA")
            grey = small.to_ndarray().astype(np.float64)
            if before is not None:
                change = np.abs(grey - before)
                out.append((float(np.sqrt(np.mean(change**2))), float(np.quantile(change, 0.98))))
            before = grey
    return np.array(out)
