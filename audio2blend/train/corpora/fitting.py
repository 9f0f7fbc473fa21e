"""Bringing the lips of a mesh where lips were seen."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...channels import ARKIT
from ...qa import Lips

PRESSED: Final = -0.012
"""The gap of a closed mouth: held a little pressed, so that it stays closed on other rigs and through filters."""

_HALVINGS: Final = 14


def weights_of(values: dict[str, float]) -> NDArray[np.float32]:
    """Return weights [52] with some channels set and all others 0."""
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
    """Return weights [frame, 52] with as much of a direction [52] as brings the gap of the lips up to `gap` [frame].

    Frames whose gap is that wide stay as they are; no frame gets more than the whole direction.
    """
    return _moved(weights, gap, lips, direction, 1.0)


def narrowed(
    weights: NDArray[np.float32], gap: NDArray[np.float32], lips: Lips, direction: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return weights [frame, 52] with as much of a direction [52] as brings the gap of the lips down to `gap` [frame].

    Frames whose gap is that narrow stay as they are; no frame gets more than the whole direction.
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
