"""Mouth opening difference."""

import numpy as np
from numpy.typing import ArrayLike


def mouth_opening_difference(pred: ArrayLike, target: ArrayLike) -> float:
    r"""Return the mouth opening difference (MOD): the mean absolute difference of two openings.

    .. math:: \mathrm{MOD} = \frac{1}{T} \sum_t \lvert o_t - \hat o_t \rvert

    It detects what correlation ignores: motion at the right times that is too small or too large.

    Args:
        pred: the opening to judge, shape (n_frames,).
        target: the reference at the same times, shape (n_frames,), in the same unit.

    Returns:
        In the unit of the openings (here eye distances, see `lip_gap`); 0 only if all are equal.

    Raises:
        ValueError: if the shapes differ or are empty.

    Source:
        Z. Sun et al., *DiffPoseTalk: speech-driven stylistic 3D facial animation and head pose generation via
        diffusion models*, ACM Transactions on Graphics 43(4), 2024.

    >>> mouth_opening_difference([0.0, 0.5], [0.25, 0.25])
    0.25
    """
    a, b = np.asarray(pred, float), np.asarray(target, float)
    if a.shape != b.shape or a.ndim != 1 or not len(a):
        raise ValueError(f"openings of shapes {a.shape} and {b.shape} cannot be compared")
    return float(np.abs(a - b).mean())
