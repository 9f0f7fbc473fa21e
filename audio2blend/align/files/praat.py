"""Praat's TextGrids: named tiers of intervals, as text."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ...errors import InputError
from ...intervals import Interval, filled
from ...text.readers.decoding import decoded

# A number in brackets, as in "intervals [3]:", only counts.
_TOKENS: Final = re.compile(r'"((?:[^"]|"")*)"|(?<![\w.])(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.\]])')


class TextGrid(NamedTuple):
    """The tiers of a TextGrid."""

    tiers: tuple[tuple[str, tuple[Interval, ...]], ...]
    """Those of intervals, each with its name, in the file's order; tiers of points are left out."""
    end_s: float


def read(path: Path) -> dict[str, tuple[Interval, ...]]:
    """Return the interval tiers of a TextGrid by name; raises InputError for a file that is no whole TextGrid."""
    try:
        return dict(parse(decoded(path)).tiers)
    except ValueError:
        raise InputError(f"{path} is not a whole TextGrid; save it again in Praat or align it again") from None


def parse(text: str) -> TextGrid:
    """Return the tiers of a TextGrid; raises ValueError where it breaks off or is none.

    Praat's format is a sequence of numbers and quoted texts, whatever stands between them to please the reader, so
    that the long and the short form read the same.
    """
    tokens = iter([match[0] for match in _TOKENS.finditer(text)])
    try:
        if [next(tokens), next(tokens)][1] != '"TextGrid"':
            raise ValueError
        float(next(tokens))
        end_s = float(next(tokens))
        tiers = []
        for _ in range(int(next(tokens))):
            kind, name = _text(next(tokens)), _text(next(tokens))
            float(next(tokens)), float(next(tokens))
            count = int(next(tokens))
            if kind == "IntervalTier":
                tiers.append((name, tuple([_interval(next(tokens), next(tokens), next(tokens)) for _ in range(count)])))
            else:
                for _ in range(2 * count):
                    next(tokens)
    except StopIteration:
        raise ValueError from None
    return TextGrid(tuple(tiers), end_s)


def render(tiers: Sequence[tuple[str, Sequence[Interval]]], end_s: float) -> str:
    """Return a TextGrid in the long form; stretches between intervals become empty ones, as Praat wants them."""
    lines = [
        'File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", f"xmax = {_number(end_s)}",
        "tiers? <exists>", f"size = {len(tiers)}", "item []:",
    ]  # fmt: skip
    for number, (name, intervals) in enumerate(tiers, 1):
        whole = filled(intervals, end_s, "")
        lines += [
            f"    item [{number}]:", '        class = "IntervalTier"', f"        name = {_quoted(name)}",
            "        xmin = 0", f"        xmax = {_number(end_s)}", f"        intervals: size = {len(whole)}",
        ]  # fmt: skip
        for place, (label, start, end) in enumerate(whole, 1):
            lines += [
                f"        intervals [{place}]:", f"            xmin = {_number(start)}",
                f"            xmax = {_number(end)}", f"            text = {_quoted(label)}",
            ]  # fmt: skip
    return "\n".join([*lines, ""])


def _number(value: float) -> str:
    """Return a number with all its digits and without an exponent, which Praat does not read."""
    shown = repr(float(value))
    return f"{value:.20f}".rstrip("0") + "0" if "e" in shown else shown


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _interval(start: str, end: str, label: str) -> Interval:
    return Interval(_text(label), float(start), float(end))


def _text(token: str) -> str:
    if not token.startswith('"'):
        raise ValueError(token)
    return token[1:-1].replace('""', '"')
