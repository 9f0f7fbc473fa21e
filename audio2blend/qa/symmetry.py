"""Asymmetry of a face."""

import numpy as np
from numpy.typing import ArrayLike


def asymmetry(left: ArrayLike, right: ArrayLike) -> float:
    r"""Return how much the two halves of a face differ in their motion.

    .. math:: A = \frac{\sum_{t,c} \lvert l_{t,c} - r_{t,c} \rvert}{\sum_{t,c} (l_{t,c} + r_{t,c})}

    Args:
        left: weights of the left shapes, at least 0, shape (n_frames, n_pairs).
        right: weights of their counterparts, same shape.

    Returns:
        From 0, equal on both sides, to 1, all on one side; 0 where nothing moves.

    Raises:
        ValueError: if the shapes differ.

    Source:
        J. R. Bray and J. T. Curtis, *An ordination of the upland forest communities of southern Wisconsin*, Ecological
        Monographs 27(4), 1957: Bray–Curtis dissimilarity, here of the two halves.

    >>> asymmetry([[0.5, 0.0]], [[0.5, 1.0]])
    0.5
    """
    a, b = np.asarray(left, float), np.asarray(right, float)
    if a.shape != b.shape:
        raise ValueError(f"halves of shapes {a.shape} and {b.shape} cannot be compared")
    total = float((a + b).sum())
    return float(np.abs(a - b).sum()) / total if total else 0.0
