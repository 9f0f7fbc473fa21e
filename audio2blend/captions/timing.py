"""From when to when each caption is shown: on frames, long enough to be read, apart, and along the cut."""

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import Final

from .rules import Rules

_MILLISECONDS: Final = Fraction(1000)
_USUAL_RATE: Final = 25
"""Frames per second by which gaps are measured where nobody says."""


def shown(
    spoken_s: Sequence[tuple[float, float]],
    widths: Sequence[int],
    rules: Rules,
    *,
    frame_rate: Fraction | None = None,
    shots_s: Sequence[float] = (),
) -> list[tuple[float, float]]:
    """Return start and end of each caption in seconds, on frames or else on milliseconds.

    A caption begins with its first word, and stays after the last one until it can be read, `rules.tail_s` have passed
    or the next one comes. Captions that begin at once are moved apart.

    Args:
        spoken_s: when the first word of each begins and the last one ends, in order.
        widths: columns of each.
        rules: what to keep to.
        frame_rate: of the picture.
        shots_s: when a new shot begins, in seconds.
    """
    rate = frame_rate or _MILLISECONDS
    gap = rules.gap_frames if frame_rate else round(rules.gap_frames * _MILLISECONDS / _USUAL_RATE)
    least = max(1, ceil(rules.min_s * rate))
    most = max(least, int(rules.max_s * rate))
    cuts = sorted({round(shot * rate) for shot in shots_s})
    reach = int(rules.shot_s * rate)
    starts = _starts([round(start * rate) for start, _ in spoken_s], cuts, gap=gap, least=least, reach=reach)
    out = []
    for number, (start, (_, spoken), width) in enumerate(zip(starts, spoken_s, widths, strict=True)):
        last = ceil(Fraction(spoken).limit_denominator(10**6) * rate)
        limit = starts[number + 1] - gap if number + 1 < len(starts) else None
        readable = start + ceil(width / rules.columns_per_second * rate)
        end = max(last, start + least, min(readable, last + int(rules.tail_s * rate)))
        end = min(end, start + most)
        if limit is not None and limit - end < rules.chain_s * rate:
            end = min(limit, start + most)
        else:
            end = _at_cut(end, cuts, earliest=max(last, start + least), latest=start + most, gap=gap, reach=reach)
            end = end if limit is None else min(end, limit)
        out.append((float(start / rate), float(end / rate)))
    return out


def _starts(spoken: Sequence[int], cuts: Sequence[int], *, gap: int, least: int, reach: int) -> list[int]:
    """Return the starts, each on a cut near it if that leaves its neighbours their time, and after the one before."""
    starts: list[int] = []
    for number, start in enumerate(spoken):
        earliest = starts[-1] + 1 + gap if starts else 0
        after = spoken[number + 1] if number + 1 < len(spoken) else None
        cut = _nearest(cuts, start)
        if cut is not None and abs(cut - start) <= reach:
            early_enough = cut <= start or after is None or cut + least + gap <= after
            late_enough = cut >= start or not starts or cut >= starts[-1] + least + gap
            start = cut if early_enough and late_enough else start
        starts.append(max(start, earliest))
    return starts


def _nearest(cuts: Sequence[int], time: int) -> int | None:
    at = bisect_left(cuts, time)
    return min(cuts[max(0, at - 1) : at + 1], key=lambda cut: abs(cut - time), default=None)


def _at_cut(end: int, cuts: Sequence[int], *, earliest: int, latest: int, gap: int, reach: int) -> int:
    """Return an end, moved to just before a cut near it if nothing that is said or must be read is lost."""
    near = [cut - gap for cut in cuts[bisect_left(cuts, end - reach) : bisect_left(cuts, end + reach + gap + 1)]]
    allowed = [cut for cut in near if earliest <= cut <= latest and abs(cut - end) <= reach]
    return min(allowed, key=lambda cut: abs(cut - end), default=end)
