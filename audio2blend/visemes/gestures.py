"""Overlapping gestures: how the targets of neighbouring phones share the mouth, and when lips seal or rest."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..ipa import Phone

Floats = NDArray[np.float64]

_FAR: Final = 8.0
"""Reaches beyond the ends of a phone at which its gesture no longer counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """The phones of a line as arrays; "score" as in music: who plays when."""

    phones: tuple[Phone, ...]
    """No silence among them."""
    starts: Floats
    """[phone] seconds."""
    ends: Floats
    """[phone] seconds."""


def blended(score: Score, values: Floats, strength: Floats, times_s: Floats, *, reach_s: float, core: float) -> Floats:
    r"""Return values [phone, k] spread over time, [frame, k], each frame a mean weighted by how near each phone is.

    .. math:: v(t) = \frac{\sum_i D_i(t) v_i}{\sum_i D_i(t)}, \quad D_i(t) = s_i e^{1 - \sqrt{1 + (d_i(t)/r)^2}}

    with d the distance to the inner part of the phone. A strong gesture bends its neighbours to its own shape, and one
    of no strength takes theirs.

    Args:
        score: the phones.
        values: what each wants, [phone, k].
        strength: how firmly, [phone].
        times_s: ascending and evenly spaced, [frame].
        reach_s: how far a gesture is felt.
        core: share of the phone, around its middle, in which it is at its strongest.

    Source:
        M. Cohen, D. Massaro, *Modeling coarticulation in synthetic visual speech*, 1993, whose exponential this
        follows at a distance; after A. Löfqvist, *Speech as audible gestures*, 1990.
    """
    total = np.zeros((len(times_s), values.shape[1]))
    weight = np.full((len(times_s), 1), 1e-12)
    middles, halves = (score.starts + score.ends) / 2, (score.ends - score.starts) / 2
    cores, far = core * halves, halves + _FAR * reach_s
    first, last = np.searchsorted(times_s, middles - far), np.searchsorted(times_s, middles + far)
    for phone in np.flatnonzero(strength):
        frames = slice(first[phone], last[phone])
        distance = np.maximum(0, np.abs(times_s[frames] - middles[phone]) - cores[phone]) / reach_s
        dominance = (strength[phone] * np.exp(1 - np.sqrt(1 + distance**2)))[:, None]
        total[frames] += dominance * values[phone]
        weight[frames] += dominance
    return np.asarray(total / weight)


def spans(starts: Floats, ends: Floats, times_s: Floats, *, rise_s: float, fall_s: float) -> Floats:
    """Return [frame] 1 within any of the spans, with soft ramps before and after them, 0 elsewhere."""
    out = np.zeros(len(times_s))
    first = np.searchsorted(times_s, starts - rise_s)
    last = np.searchsorted(times_s, ends + fall_s)
    for span in range(len(starts)):
        frames = slice(first[span], last[span])
        early = (starts[span] - times_s[frames]) / rise_s
        late = (times_s[frames] - ends[span]) / fall_s
        height = 0.5 + 0.5 * np.cos(np.pi * np.clip(np.maximum(early, late), 0, 1))
        out[frames] = np.maximum(out[frames], height)
    return out


def joined(starts: Floats, ends: Floats, *, gap_s: float) -> tuple[Floats, Floats]:
    """Return ascending spans in which those less than `gap_s` apart are one.

    >>> joined(np.array([0.0, 0.1, 0.5]), np.array([0.1, 0.2, 0.6]), gap_s=0.01)
    (array([0. , 0.5]), array([0.2, 0.6]))
    """
    apart = starts[1:] - ends[:-1] >= gap_s
    return starts[np.append(True, apart)[: len(starts)]], ends[np.append(apart, True)[: len(ends)]]
