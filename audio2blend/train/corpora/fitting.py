"""Fit the lips of a mesh to an observed gap and width."""

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
_PUCKER: Final = weights_of({"mouthPucker": 1})
_FUNNEL: Final = weights_of({"mouthFunnel": 1})
_FUNNEL_AT: Final = (0.03, 0.10)
"""Gaps between which the funnel's share of a narrow mouth rises from 0 to `_FUNNEL_SHARE`."""
_FUNNEL_SHARE: Final = 0.75
_SPREAD: Final = weights_of(
    {"mouthStretchLeft": 1, "mouthStretchRight": 1, "mouthSmileLeft": 0.5, "mouthSmileRight": 0.5}
)


def spread(weights: NDArray[np.float32], wider: NDArray[np.float32], lips: Lips) -> NDArray[np.float32]:
    """Return weights [frame, 52] with the mouth wider by `wider` [frame], relative to rest; narrower where negative.

    A mouth is narrowed by mouthPucker and widened by stretch and smile; the weights may exceed 1.
    """
    for direction, change in ((_PUCKER, -wider), (_SPREAD, wider)):
        weights = weights + np.maximum(0, change / np.abs(_widening(lips, direction)))[:, None] * direction
    return weights


def funnelled(weights: NDArray[np.float32], gap: NDArray[np.float32], lips: Lips) -> NDArray[np.float32]:
    """Return weights [frame, 52] in [0, 1] in which a pucker of lips with an open `gap` [frame] is a funnel.

    That is how lips round for "o" and for "w".
    """
    pucker = np.clip(weights @ _PUCKER, 0, 1)
    moved = pucker * np.interp(gap, _FUNNEL_AT, (0, _FUNNEL_SHARE))
    as_funnel = _widening(lips, _PUCKER) / _widening(lips, _FUNNEL)
    return np.asarray(np.clip(weights + moved[:, None] * (as_funnel * _FUNNEL - _PUCKER), 0, 1), np.float32)


def parted(weights: NDArray[np.float32], gap: NDArray[np.float32], lips: Lips) -> NDArray[np.float32]:
    """Return weights [frame, 52] whose lips are apart by `gap` [frame], pressed a little where it is near 0."""
    wanted = gap + PRESSED * np.exp(gap / PRESSED)
    return widened(narrowed(weights, wanted, lips, CLOSING), wanted, lips, OPENING)


def _widening(lips: Lips, direction: NDArray[np.float32]) -> float:
    """Return the change of mouth width under weights [52], relative to rest; negative where it narrows."""
    return float((lips.width(direction[None]) / lips.width(0 * direction[None]) - 1)[0])


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
