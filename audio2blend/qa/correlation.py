"""Correlation of two curves."""

import numpy as np
from numpy.typing import ArrayLike


def correlation(pred: ArrayLike, target: ArrayLike, *, where: ArrayLike | None = None) -> float:
    r"""Return Pearson's correlation of two curves at zero lag.

    .. math:: r = \frac{\sum_t (a_t - \bar a)(b_t - \bar b)}{\sqrt{\sum_t (a_t - \bar a)^2 \sum_t (b_t - \bar b)^2}}

    It ignores scale and offset: half the motion at the right times still gives 1.

    Args:
        pred: the curve to judge, shape (n_frames,).
        target: the reference at the same times, shape (n_frames,).
        where: which frames count, shape (n_frames,), such as those in which somebody speaks; by default all.

    Returns:
        From -1 to 1; 0 if a curve is constant.

    Raises:
        ValueError: if the shapes differ or fewer than two frames count.

    Source:
        K. Pearson, *Note on regression and inheritance in the case of two parents*, Proc. Royal Society 58, 1895.

    >>> correlation([0.0, 0.1, 0.2], [0.0, 0.5, 1.0])
    1.0
    >>> correlation([0.0, 0.1, 0.3], [0.0, 0.2, 0.1], where=[True, True, False])
    1.0
    """
    a, b = np.asarray(pred, float), np.asarray(target, float)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"curves of shapes {a.shape} and {b.shape} cannot be compared")
    if where is not None:
        mask = np.asarray(where, bool)
        a, b = a[mask], b[mask]
    if len(a) < 2:
        raise ValueError(f"{len(a)} frames are too few for a correlation")
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    a, b = a - a.mean(), b - b.mean()
    a, b = a / np.abs(a).max(), b / np.abs(b).max()  # squares of tiny numbers would be 0
    return float(np.clip(a @ b / np.sqrt((a @ a) * (b @ b)), -1, 1))
