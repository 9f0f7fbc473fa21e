"""Scores of predicted against true mouth motion, pooled over the frames of many recordings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ...clip import FRAME_RATE
from ...qa import closure_recall, correlation, false_closure
from ...qa.offset import peak_of
from .motion import Curve, MouthMotion

Scores = dict[str, float]
"""Scores by their names in the report."""

_SHIFT_S: Final = float(1 / FRAME_RATE)
_REACH: Final = 15


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Predicted and true mouth motion of a recording."""

    pred: MouthMotion
    target: MouthMotion
    times_s: Curve
    """Shape (n,): the times of the frames that count, consecutive at 25 a second."""


def compare(takes: Sequence[Compared]) -> Scores:
    """Return the scores of takes, pooled over all their frames unless stated otherwise.

    - r of lip opening, jawOpen and width: Pearson's correlation at zero lag.
    - closures found: recall of the closed frames (true opening below 0.02).
    - open taken for closed: share of the open frames (true opening above 0.04) that are predicted closed; frames
      between the two thresholds do not count.
    - jitter ratio: mean absolute second difference of the opening, predicted over true, at 25 frames a second.
    - range ratio: standard deviation of the opening, predicted over true.
    - A/V offset in ms: see `offset_ms`; omitted where it is None.
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
    """Return by how many milliseconds the predictions lag the truth; negative if they are early.

    The shift, up to ±0.25 s in steps of 1/60 s, at which the correlation of the pooled openings peaks, refined by a
    parabola through the peak and its neighbours (J. O. Smith, *Spectral Audio Signal Processing*, 2011). None if the
    peak is at the largest shift or not positive: then the curves do not belong together.
    """
    target = np.concatenate([take.target.at(take.times_s).opening for take in takes])
    shifts = np.arange(-_REACH, _REACH + 1) * _SHIFT_S
    fits = [
        correlation(np.concatenate([take.pred.at(take.times_s + shift).opening for take in takes]), target)
        for shift in shifts
    ]
    best = peak_of(fits)
    return None if best is None else 1000 * (best - _REACH) * _SHIFT_S
