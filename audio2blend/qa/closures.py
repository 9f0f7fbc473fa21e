"""Closures compared with those of a reference, frame by frame."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..lips import CLOSED, OPEN


def closure_recall(pred: ArrayLike, target: ArrayLike, *, closed: float = CLOSED) -> float:
    r"""Return the recall of closed frames: the share of the reference's in which the lips are closed.

    .. math:: \mathrm{recall} = \frac{|\{t : o_t < c, \hat o_t < c\}|}{|\{t : \hat o_t < c\}|}

    Args:
        pred: the opening to judge, shape (n_frames,).
        target: the opening of the reference, shape (n_frames,).
        closed: openings below it count as closed.

    Returns:
        From 0 to 1.

    Raises:
        ValueError: if the shapes differ or the reference never closes: the recall of nothing is not 1.

    Source:
        C. J. van Rijsbergen, *Information Retrieval*, 2nd edition, 1979, chapter 7; here over frames.

    >>> closure_recall([0.0, 0.1, 0.0], [0.0, 0.0, 0.3])
    0.5
    """
    a, b = _pair(pred, target)
    return _share(a[b < closed] < closed, "the reference never closes")


def false_closure(pred: ArrayLike, target: ArrayLike, *, closed: float = CLOSED, open_: float = OPEN) -> float:
    r"""Return the false positive rate: the share of the reference's open frames in which the lips are closed.

    .. math:: \mathrm{false} = \frac{|\{t : o_t < c, \hat o_t > p\}|}{|\{t : \hat o_t > p\}|}

    Args:
        pred: the opening to judge, shape (n_frames,).
        target: the opening of the reference, shape (n_frames,).
        closed: openings below it count as closed.
        open_: openings above it count as open; frames between the two count neither way.

    Returns:
        From 0 to 1.

    Raises:
        ValueError: if the shapes differ or the reference never opens.

    Source:
        This project.

    >>> false_closure([0.0, 0.0, 0.1], [0.3, 0.03, 0.3])
    0.5
    """
    a, b = _pair(pred, target)
    return _share(a[b > open_] < closed, "the reference never opens")


def closure_precision(pred: ArrayLike, target: ArrayLike, *, closed: float = CLOSED, open_: float = OPEN) -> float:
    r"""Return the precision of closed frames: the share in which the reference is closed too.

    .. math:: \mathrm{precision} = \frac{|\{t : o_t < c, \hat o_t < c\}|}
                                        {|\{t : o_t < c, \hat o_t < c \text{ or } \hat o_t > p\}|}

    Args:
        pred: the opening to judge, shape (n_frames,).
        target: the opening of the reference, shape (n_frames,).
        closed: openings below it count as closed.
        open_: openings above it count as open; frames in which the reference is between the two count neither way.

    Returns:
        From 0 to 1.

    Raises:
        ValueError: if the shapes differ or no closed frame counts.

    Source:
        C. J. van Rijsbergen, *Information Retrieval*, 2nd edition, 1979, chapter 7; here over frames.

    >>> closure_precision([0.0, 0.0, 0.0, 0.1], [0.3, 0.03, 0.0, 0.3])
    0.5
    """
    a, b = _pair(pred, target)
    counts = (a < closed) & ((b < closed) | (b > open_))
    return _share(b[counts] < closed, "the lips never close where it counts")


def _pair(pred: ArrayLike, target: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    a, b = np.asarray(pred, float), np.asarray(target, float)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"openings of shapes {a.shape} and {b.shape} cannot be compared")
    return a, b


def _share(hits: NDArray[np.bool_], otherwise: str) -> float:
    if not len(hits):
        raise ValueError(otherwise)
    return float(hits.mean())
