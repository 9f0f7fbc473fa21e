"""How well the mouths of many recordings follow the true ones: figures of all their frames together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ...clip import FRAME_RATE
from ...qa import closure_recall, correlation, false_closure
from ...qa.offset import peak_of
from .motion import Curve, MouthMotion

Scores = dict[str, float]
"""Figures by what they are called in the report."""

_SHIFT_S: Final = float(1 / FRAME_RATE)
_REACH: Final = 15


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A recording as somebody animated it and as it was."""

    pred: MouthMotion
    target: MouthMotion
    times_s: Curve
    """Shape (n,): the frames that count, one after another at 25 a second."""


def compare(takes: Sequence[Compared]) -> Scores:
    """Return the figures of takes, over all their frames together unless said otherwise.

    - r of lip opening, jawOpen and width: Pearson's correlation at zero lag.
    - closures found: of the frames truly closed (opening below 0.02), the share in which the lips are closed.
    - open taken for closed: the same of the frames truly open (above 0.04); those between count neither way.
    - jitter ratio: mean absolute second difference of the opening over the true one's, at 25 frames a second.
    - range ratio: standard deviation of the opening over the true one's.
    - A/V offset in ms: see `offset_ms`; left out where there is none.
    """
    pairs = [(take.pred.at(take.times_s), take.target.at(take.times_s)) for take in takes]
    pred, target = (
        {name: np.concatenate([getattr(pair[side], name) for pair in pairs]) for name in ("opening", "width", "jaw")}
        for side in (0, 1)
    )
    jitters = [sum(np.abs(np.diff(pair[side].opening, 2)).sum() for pair in pairs) for side in (0, 1)]
    each = [correlation(one.opening, other.opening) for one, other in pairs]
    scores = {
        "lip opening r": correlation(pred["opening"], target["opening"]),
        "lip opening r, mean of recordings": float(np.mean(each)),
        "jawOpen r": correlation(pred["jaw"], target["jaw"]),
        "width r": correlation(pred["width"], target["width"]),
        "closures found": closure_recall(pred["opening"], target["opening"]),
        "open taken for closed": false_closure(pred["opening"], target["opening"]),
        "jitter ratio": float(jitters[0] / jitters[1]),
        "range ratio": float(pred["opening"].std() / target["opening"].std()),
    }
    late = offset_ms(takes)
    return scores if late is None else {**scores, "A/V offset, ms": late}


def offset_ms(takes: Sequence[Compared]) -> float | None:
    """Return by how many milliseconds the animations come later than the truth; negative if they are early.

    Where the correlation of all openings together peaks when the animations are shifted by sixtieths of a second,
    up to a quarter of one, and a parabola through the peak and its neighbours gives the rest (J. O. Smith,
    *Spectral Audio Signal Processing*, 2011). None if the peak is the greatest shift or no correlation at all: then
    they do not belong together.
    """
    target = np.concatenate([take.target.at(take.times_s).opening for take in takes])
    shifts = np.arange(-_REACH, _REACH + 1) * _SHIFT_S
    fits = [
        correlation(np.concatenate([take.pred.at(take.times_s + shift).opening for take in takes]), target)
        for shift in shifts
    ]
    best = peak_of(fits)
    return None if best is None else 1000 * (best - _REACH) * _SHIFT_S
