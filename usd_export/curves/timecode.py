"""Timecodes of the Live Link Face app, and the frame rate that a column of them was sampled at.

A timecode is `HH:MM:SS:FF.mmm`, where FF counts sixtieths of a second and mmm thousandths of those, whatever the rate
of the recording: the app's 30 fps takes step by two, and Unreal's importer divides by 60. So a timecode is a whole
number of ticks of 1/60000 s.
"""

import re
from fractions import Fraction
from math import ceil, floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

TICKS_PER_S: Final = 60_000
DAY: Final = 24 * 3600 * TICKS_PER_S

_KNOWN: Final = (
    *(Fraction(rate) for rate in (24, 25, 30, 48, 50, 60, 72, 90, 96, 100, 120, 240)),
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60, 120, 240)),
)
"""Rates that cameras, engines and this app use."""

_NEAR: Final = Fraction(1, 2002)
"""Half the step from 30 to 30000/1001 fps, relative: a rate is near at most one of the known ones."""


def format_timecode(tick: int) -> str:
    """Return the timecode of a tick, counted from midnight.

    >>> format_timecode(60_000 + 2_500)
    '00:00:01:02.500'
    """
    seconds, rest = divmod(tick % DAY, TICKS_PER_S)
    frame, thousandth = divmod(rest, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{frame:02}.{thousandth:03}"


def parse_timecode(text: str) -> int:
    """Return the tick of a timecode; raises ValueError if it is none.

    >>> parse_timecode("13:13:04:31.652")
    2855071652
    """
    match = re.fullmatch(r"(\d{1,4}):(\d\d):(\d\d):(\d\d(?:\.\d+)?)", text.strip(), re.ASCII)
    if match is None:
        raise ValueError(f"'{text}' is no timecode such as 00:00:01:30.000")
    hours, minutes, seconds, frames = match.groups()
    return (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * TICKS_PER_S + round(Fraction(frames) * 1000)


def ticks(count: int, *, frame_rate: Fraction, start_s: float) -> list[int]:
    """Return the ticks of `count` frames, each rounded once, so that none drifts."""
    first = round(start_s * TICKS_PER_S)
    step = TICKS_PER_S / frame_rate
    return [first + floor(step.numerator * k / step.denominator + 0.5) for k in range(count)]


def infer_frame_rate(at: NDArray[np.int64]) -> Fraction:
    """Return the rate at which rising ticks `at`, shape (n,), were sampled; 60 if there are fewer than two.

    A rate near a known one (see `_KNOWN`) is that one: a phone's clock drifts. Any other is the simplest fraction
    that the rounding of the ticks allows. Gaps are left out of account: they are frames that were dropped.
    """
    if len(at) < 2:
        return Fraction(60)
    steps = np.diff(at)
    usual = steps[steps < 1.5 * np.median(steps)]
    count, span = len(usual), int(usual.sum())
    rate = Fraction(count * TICKS_PER_S, span)
    nearest = min(_KNOWN, key=lambda known: abs(known - rate))
    if abs(nearest / rate - 1) < _NEAR:
        return nearest
    slack = min(Fraction(1, span), _NEAR) if len(usual) == len(steps) else _NEAR
    return _simplest(rate * (1 - slack), rate * (1 + slack))


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction of the smallest denominator in [low, high] (by continued fractions)."""
    whole = ceil(low)
    if whole <= high:
        return Fraction(whole)
    whole -= 1
    return whole + 1 / _simplest(1 / (high - whole), 1 / (low - whole))
