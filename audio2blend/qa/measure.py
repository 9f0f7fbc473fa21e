"""A measure of an animated line, checked against its limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .checks import CHECKS


@dataclass(frozen=True, slots=True)
class Measure:
    """A value and its verdict."""

    name: str
    value: float | None
    """None if it could not be measured; `note` says why."""
    verdict: str
    """"pass", "fail", or "info" where it is not judged."""
    note: str = ""
    """Why it was not measured or not judged."""


def measured(name: str, value: Callable[[], float], *, unjudged: str = "") -> Measure:
    """Compute a measure and check it against its limits; a ValueError from `value` says why it cannot be computed.

    >>> measured("jitter", lambda: 0.01), measured("jitter", lambda: 0.01, unjudged="too short").verdict
    (Measure(name='jitter', value=0.01, verdict='pass', note=''), 'info')
    """
    check = CHECKS[name]
    try:
        number = value()
    except ValueError as error:
        return Measure(name, None, "info", str(error))
    if unjudged or (check.at_least is None and check.at_most is None):
        return Measure(name, number, "info", unjudged)
    low = -np.inf if check.at_least is None else check.at_least
    high = np.inf if check.at_most is None else check.at_most
    return Measure(name, number, "pass" if low <= number <= high else "fail")


def mean(values: NDArray[np.generic] | Sequence[float], *, otherwise: str) -> float:
    """Return the mean of values. Raises ValueError with the message `otherwise` if there are none."""
    if not len(values):
        raise ValueError(otherwise)
    return float(np.mean(np.asarray(values, float)))


def median(values: NDArray[np.float64], *, otherwise: str) -> float:
    """Return the median of values. Raises ValueError with the message `otherwise` if there are none."""
    if not len(values):
        raise ValueError(otherwise)
    return float(np.median(values))
