"""Fit the lip gap of a mesh to an observed one."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...channels import ARKIT
from ...qa import Lips

PRESSED: Final = -0.012
"""Gap of a closed mouth: slightly pressed, so that it stays closed on other rigs and after smoothing."""

_HALVINGS: Final = 14


def weights_of(values: dict[str, float]) -> NDArray[np.float32]:
    """Return weights [52] with the given channels set and all others 0."""
    return np.array([values.get(name, 0) for name in ARKIT], np.float32)


CLOSING: Final = weights_of({"mouthClose": 1})
OPENING: Final = weights_of(
    {
        "mouthLowerDownLeft": 1,
        "mouthLowerDownRight": 1,
        "mouthUpperUpLeft": 0.5,
        "mouthUpperUpRight": 0.5,
        "jawOpen": 0.7,
    }
)


def widened(
    weights: NDArray[np.float32], gap: NDArray[np.float32], lips: Lips, direction: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Add just enough of a direction [52] to weights [frame, 52] for the lip gap to reach at least `gap` [frame].

    Frames whose gap is wide enough are unchanged; no frame gets more than the whole direction.
    """
    return _moved(weights, gap, lips, direction, 1.0)


def narrowed(
    weights: NDArray[np.float32], gap: NDArray[np.float32], lips: Lips, direction: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Add just enough of a direction [52] to weights [frame, 52] for the lip gap to be at most `gap` [frame].

    Frames whose gap is narrow enough are unchanged; no frame gets more than the whole direction.
    """
    return _moved(weights, gap, lips, direction, -1.0)


def _moved(
    weights: NDArray[np.float32], gap: NDArray[np.float32], lips: Lips, direction: NDArray[np.float32], sign: float
) -> NDArray[np.float32]:
    low, high = np.zeros(len(weights), np.float32), np.ones(len(weights), np.float32)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        more = sign * (gap - lips.gap(weights + middle[:, None] * direction)) > 0
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    needed = sign * (gap - lips.gap(weights)) > 0
    return np.asarray(np.clip(weights + np.where(needed, high, 0)[:, None] * direction, 0, 1), np.float32)
