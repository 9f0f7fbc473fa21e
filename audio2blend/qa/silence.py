"""Stillness of the mouth while nobody speaks."""

import numpy as np
from numpy.typing import ArrayLike

from ..lips import CLOSED


def stillness(opening: ArrayLike, silent: ArrayLike, *, closed: float = CLOSED) -> float:
    r"""Return the share of the silent frames in which the lips are closed.

    .. math:: S = \frac{|\{t : t \text{ silent}, o_t < c\}|}{|\{t : t \text{ silent}\}|}

    Args:
        opening: shape (n_frames,).
        silent: where nobody speaks, shape (n_frames,). Exclude about 0.3 s around speech: lips open before the
            sound begins.
        closed: openings below it count as closed.

    Returns:
        From 0 to 1.

    Raises:
        ValueError: if the shapes differ or no frame is silent.

    Source:
        This project.

    >>> stillness([0.0, 0.1, 0.01, 0.2], [True, True, False, False])
    0.5
    """
    curve, quiet = np.asarray(opening, float), np.asarray(silent, bool)
    if curve.ndim != 1 or curve.shape != quiet.shape:
        raise ValueError(f"an opening of shape {curve.shape} and a mask of shape {quiet.shape} do not fit")
    if not quiet.any():
        raise ValueError("no frame is silent")
    return float((curve[quiet] < closed).mean())
