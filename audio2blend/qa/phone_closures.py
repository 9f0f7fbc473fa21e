"""Closures compared with phones: recall, precision and timing."""

from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..intervals import runs
from ..lips import CLOSED

MARGIN_S: Final = 1 / 30
"""Tolerance in time between a phone and its closure: two frames at 60 a second."""

LONGEST_S: Final = 0.3
"""Longest closure; a longer one is a pause."""


def closes_on(
    opening: ArrayLike,
    phones_s: ArrayLike,
    *,
    frame_rate: Fraction,
    closed: float = CLOSED,
    margin_s: float = MARGIN_S,
) -> NDArray[np.bool_]:
    """Return for each phone whether the lips close at least once, shape (n_phones,); see `closed_phones`.

    >>> closes_on([0.3, 0.01, 0.3, 0.3], [(0.1, 0.2), (0.3, 0.4)], frame_rate=Fraction(10), margin_s=0).tolist()
    [True, False]
    """
    shut = np.asarray(opening, float) < closed
    return np.array([shut[start:end].any() for start, end in _frames(phones_s, frame_rate, margin_s)], bool)


def closed_phones(
    opening: ArrayLike,
    phones_s: ArrayLike,
    *,
    frame_rate: Fraction,
    closed: float = CLOSED,
    margin_s: float = MARGIN_S,
) -> float:
    r"""Return the recall of closures: the share of phones during which the lips close at least once.

    .. math:: \mathrm{recall} = \frac{1}{N} |\{n : \min_{s_n - m \le t < e_n + m} o_t < c\}|

    Meant for p, b and m, on which the lips touch; with `closed` = 0.04 also for f and v, on which the lower lip meets
    the teeth and leaves a small opening.

    Args:
        opening: shape (n_frames,); frame k is at k / frame_rate.
        phones_s: start and end of each phone in seconds, shape (n_phones, 2), half-open.
        frame_rate: of the opening.
        closed: openings below it count as closed.
        margin_s: how long before its start and after its end a closure still counts for a phone.

    Returns:
        From 0 to 1.

    Raises:
        ValueError: if there are no phones, since the recall of nothing is not 1.

    Source:
        This project.

    >>> closed_phones([0.3, 0.01, 0.3, 0.3], [(0.1, 0.2), (0.3, 0.4)], frame_rate=Fraction(10), margin_s=0)
    0.5
    """
    closes = closes_on(opening, phones_s, frame_rate=frame_rate, closed=closed, margin_s=margin_s)
    if not len(closes):
        raise ValueError("there are no phones that want a closure")
    return float(closes.mean())


def explained_closures(
    opening: ArrayLike,
    phones_s: ArrayLike,
    *,
    frame_rate: Fraction,
    closed: float = CLOSED,
    margin_s: float = MARGIN_S,
) -> float:
    r"""Return the precision of closures: the share that coincides with a phone or a pause that allows one.

    .. math:: \mathrm{precision} = \frac{|\{K : K \cap \bigcup_n [s_n - m, e_n + m) \ne \emptyset\}|}{|\{K\}|}

    over the closures :math:`K`, each an interval in which the opening is below :math:`c`.

    Args:
        opening: shape (n_frames,); frame k is at k / frame_rate. Each run of closed frames is one closure.
        phones_s: start and end in seconds of everything that allows a closure, shape (n, 2): p, b, m, f, v, pauses.
        frame_rate: of the opening.
        closed: openings below it count as closed.
        margin_s: how long before its start and after its end a phone allows a closure.

    Returns:
        From 0 to 1.

    Raises:
        ValueError: if the lips never close.

    Source:
        This project.

    >>> explained_closures([0.3, 0.01, 0.3, 0.0], [(0.1, 0.2)], frame_rate=Fraction(10), margin_s=0)
    0.5
    """
    shut = runs(np.asarray(opening, float) < closed)
    if not len(shut):
        raise ValueError("the lips never close")
    allowed = np.zeros(len(np.asarray(opening)), bool)
    for start, end in _frames(phones_s, frame_rate, margin_s):
        allowed[start:end] = True
    return float(np.mean([allowed[start:end].any() for start, end in shut]))


def closures_s(
    opening: ArrayLike, *, frame_rate: Fraction, closed: float = CLOSED, longest_s: float = np.inf
) -> NDArray[np.float64]:
    """Return the intervals in which the lips are closed, in seconds, with sub-frame accuracy.

    Args:
        opening: shape (n_frames,); frame k is at k / frame_rate.
        frame_rate: of the opening.
        closed: openings below it count as closed; crossings are interpolated linearly between frames.
        longest_s: longer closures are dropped.

    Returns:
        Shape (n_closures, 2).

    Raises:
        ValueError: if the opening is not one-dimensional.

    Source:
        This project.

    >>> closures_s([0.04, 0.0, 0.0, 0.04], frame_rate=Fraction(10)).round(3).tolist()
    [[0.05, 0.25]]
    """
    curve = np.asarray(opening, float)
    frames = [
        [_crossing(curve, start - 1, closed), _crossing(curve, end - 1, closed)] for start, end in runs(curve < closed)
    ]
    spans = np.array(frames).reshape(-1, 2) / float(frame_rate)
    return np.asarray(spans[spans[:, 1] - spans[:, 0] <= longest_s])


def closure_timing_ms(
    opening: ArrayLike,
    phones_s: ArrayLike,
    *,
    frame_rate: Fraction,
    closed: float = CLOSED,
    longest_s: float = LONGEST_S,
    reach_s: float = 0.1,
) -> NDArray[np.float64]:
    r"""Return the lag of each closure behind its phone in milliseconds, from centre to centre.

    .. math:: \Delta_n = \frac{s_K + e_K}{2} - \frac{s_n + e_n}{2}, \qquad K = \arg\min_K |\Delta_n|

    Phones come from labels or a recogniser; closures of a reference, from `closures_s`, serve as well.

    Args:
        opening: shape (n_frames,); frame k is at k / frame_rate.
        phones_s: start and end of each phone in seconds, shape (n_phones, 2).
        frame_rate: of the opening.
        closed: openings below it count as closed.
        longest_s: longer closures are pauses, whose centre means nothing; they are dropped.
        reach_s: how far outside its phone the centre of a closure may lie.

    Returns:
        One value for every phone with a closure within reach, for the nearest one; negative if it leads.

    Raises:
        ValueError: if `phones_s` cannot be reshaped to (n_phones, 2).

    Source:
        This project.

    >>> closure_timing_ms([0.3, 0.3, 0.0, 0.3, 0.3], [(0.05, 0.15)], frame_rate=Fraction(10)).round().tolist()
    [100.0]
    """
    spans = np.asarray(phones_s, float).reshape(-1, 2)
    middles = closures_s(opening, frame_rate=frame_rate, closed=closed, longest_s=longest_s).mean(axis=1)
    if not len(middles):
        return np.zeros(0)
    centres = spans.mean(axis=1)
    late = middles[None, :] - centres[:, None]  # (n_phones, n_closures)
    nearest = late[np.arange(len(spans)), np.abs(late).argmin(axis=1)]
    return np.asarray(nearest[np.abs(nearest) <= (spans[:, 1] - spans[:, 0]) / 2 + reach_s] * 1000)


def _frames(phones_s: ArrayLike, frame_rate: Fraction, margin_s: float) -> NDArray[np.int64]:
    """Return the frame range [first, last) of each phone with its margin, at least one frame each."""
    spans = np.asarray(phones_s, float).reshape(-1, 2) + np.array([-margin_s, margin_s])
    edges = np.maximum(0, np.ceil(spans * float(frame_rate) - 1e-6)).astype(np.int64)
    return np.stack([edges[:, 0], np.maximum(edges[:, 1], edges[:, 0] + 1)], axis=1)


def _crossing(curve: NDArray[np.float64], frame: int, level: float) -> float:
    """Return where the curve crosses a level between this frame and the next, clamped to the ends of the curve."""
    if not 0 <= frame < len(curve) - 1:
        return float(np.clip(frame, 0, len(curve) - 1))
    left, right = curve[frame], curve[frame + 1]
    return float(frame + (level - left) / (right - left))
