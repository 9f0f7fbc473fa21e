"""Jitter of a curve."""

import numpy as np
from numpy.typing import ArrayLike


def jitter(curve: ArrayLike, *, where: ArrayLike | None = None) -> float:
    r"""Return the mean absolute second difference of a curve.

    .. math:: J = \frac{1}{T - 2} \sum_t \lvert o_{t-1} - 2 o_t + o_{t+1} \rvert

    0 for uniform motion. It grows with the square of the frame interval, so curves are comparable only at the same
    frame rate: 25 a second here, the rate at which speech is filmed.

    Args:
        curve: shape (n_frames,).
        where: which frames count, shape (n_frames,); a second difference counts if all its three frames do.

    Returns:
        At least 0, in the unit of the curve.

    Raises:
        ValueError: if no three frames in a row count.

    Source:
        This project; the mean absolute discrete acceleration.

    >>> jitter([0.0, 0.5, 1.0, 1.5]), jitter([0.0, 1.0, 0.0])
    (0.0, 2.0)
    """
    values = np.asarray(curve, float)
    counts = np.ones(len(values), bool) if where is None else np.asarray(where, bool)
    if values.ndim != 1 or counts.shape != values.shape:
        raise ValueError(f"a curve of shape {values.shape} and a mask of shape {counts.shape} do not fit")
    both = counts[:-2] & counts[1:-1] & counts[2:]
    if not both.any():
        raise ValueError("no three frames in a row to take a second difference of")
    return float(np.abs(np.diff(values, 2))[both].mean())
