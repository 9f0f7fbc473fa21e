"""Frame rates of files that hold a decimal number in place of the exact fraction."""

from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from audio2blend.clip import parse_frame_rate
from audio2blend.errors import InputError

_SAME: Final = 1e-6
"""Rates that differ by a smaller part are one; a float32 has seven digits."""


def exact(rate: float) -> Fraction:
    """Return the rate that a rounded number stands for: the nearest NTSC rate, or the simplest fraction it allows.

    Raises InputError for what is no rate from 1 to 1000.

    >>> exact(29.97003), exact(60.000004), exact(12.5), exact(1 / 0.03333333333333333)
    (Fraction(30000, 1001), Fraction(60, 1), Fraction(25, 2), Fraction(30, 1))
    """
    if not 1 - _SAME <= rate <= 1000 * (1 + _SAME):
        raise InputError(f"{rate:g} frames a second are out of range; a rate must lie between 1 and 1000")
    whole = Fraction(round(rate))
    if abs(rate - whole) < _SAME * rate:
        return whole
    known = parse_frame_rate(f"{rate:.12f}")
    simple = known.limit_denominator(1001)
    return simple if abs(simple - known) < _SAME * known else known


def of_times(times_s: ArrayLike) -> Fraction:
    """Return the rate of frames at some rising times, of which some may be missing; 60 for a single one.

    Raises InputError for what is no rate from 1 to 1000.

    >>> of_times([0.0, 0.04, 0.08, 0.2])
    Fraction(25, 1)
    """
    times = np.unique(np.asarray(times_s, np.float64))
    if len(times) < 2:
        return Fraction(60)
    steps, length = np.diff(times), float(times[-1] - times[0])
    count = len(steps)
    if np.abs(steps - length / count).max() > 0.25 * length / count:  # some are missing
        count = round(length / float(steps[steps > 0.5 * np.median(steps)].min()))
    return exact(count / length)
