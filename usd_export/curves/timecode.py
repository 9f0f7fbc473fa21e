"""Timecodes of the Live Link Face app, and the frame rate that a column of them was sampled at.

A timecode is `HH:MM:SS:FF.mmm`, where FF counts sixtieths of a second and mmm thousandths of those, whatever the rate
of the recording: the app's 30 fps takes step by two, and Unreal's importer divides by 60. So a timecode is a whole
number of ticks of 1/60000 s. Other programs count in FF the frames of the recording's own rate, 00 to 23 at 24 fps;
how many there are to the second is seen where one ends.
"""

import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

TICKS_PER_S: Final = 60_000
DAY: Final = 24 * 3600 * TICKS_PER_S

_KNOWN: Final = (
    *(Fraction(rate) for rate in (24, 25, 30, 48, 50, 60, 72, 90, 96, 100, 120, 240)),
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60, 120, 240)),
)
"""Rates that cameras, engines and this app use."""

_COUNTED: Final = (12, 15, 24, 25, 30, 48, 50, 60, 72, 90, 96, 100, 120, 240)
"""Frames that a timecode may count to the second."""

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


class Timecode(NamedTuple):
    """A time of day as it is written."""

    seconds: int
    """Whole seconds since midnight."""
    frames: Fraction
    """Of the second that has begun."""

    def ticks(self, per_s: int = 60) -> int:
        """Return the tick, where so many frames are counted to a second."""
        return self.seconds * TICKS_PER_S + round(self.frames * TICKS_PER_S / per_s)


def split_timecode(text: str) -> Timecode:
    """Return what a timecode says; raises ValueError if it is none."""
    match = re.fullmatch(r"(\d{1,4}):(\d\d):(\d\d):(\d{2,3}(?:\.\d+)?)", text.strip(), re.ASCII)
    if match is None:
        raise ValueError(f"'{text}' is no timecode such as 00:00:01:30.000")
    hours, minutes, seconds, frames = match.groups()
    return Timecode(int(hours) * 3600 + int(minutes) * 60 + int(seconds), Fraction(frames))


def parse_timecode(text: str) -> int:
    """Return the tick of a timecode by the app; raises ValueError if it is none.

    >>> parse_timecode("13:13:04:31.652")
    2855071652
    """
    return split_timecode(text).ticks()


def ticks_of(codes: Sequence[Timecode]) -> NDArray[np.int64]:
    """Return the ticks of the timecodes of a recording, shape (n,), however many frames they count to a second.

    >>> ticks_of([split_timecode(f"00:00:{code}.000") for code in ("00:28", "00:29", "01:00")]).tolist()
    [56000, 58000, 60000]
    """
    per_s = _frames_a_second(codes)
    return np.array([code.ticks(per_s) for code in codes], np.int64)


def _frames_a_second(codes: Sequence[Timecode]) -> int:
    """Return how many frames the timecodes count to a second: 60, or what most of the ends of seconds in them say.

    Where a second ends, the last of its frames and the first of the next are as far apart as any two.
    """
    pairs = list(pairwise(codes))
    steps = [float(after.frames - before.frames) for before, after in pairs if after.seconds == before.seconds]
    if not steps:
        return 60
    step = float(np.median(steps))
    ends = [step + float(a.frames - b.frames) for a, b in pairs if (b.seconds - a.seconds) % (24 * 3600) == 1]
    largest = max(float(code.frames) for code in codes)
    votes = Counter(  # a frame that was dropped where a second ends makes it seem shorter
        per_s for end in ends for per_s in _COUNTED if per_s > largest and abs(end - per_s) < 0.5
    )
    return max(votes, key=lambda per_s: (votes[per_s], per_s == 60), default=60)


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
