"""Reading Praat's TextGrids, in which the Montreal Forced Aligner writes what is said when."""

import re
from pathlib import Path

from ..errors import InputError
from ..intervals import Interval

# A number in brackets, as in "intervals [3]:", only counts.
_TOKENS = re.compile(r'"((?:[^"]|"")*)"|(?<![\w.])(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.\]])')


def read(path: Path) -> dict[str, tuple[Interval, ...]]:
    """Return the interval tiers of a TextGrid by name, in the file's order; tiers of points are left out.

    Praat's format is a sequence of numbers and quoted texts, whatever stands between them to please the reader, so
    that the long and the short form read the same. Raises InputError for a file that is no whole TextGrid.
    """
    raw = path.read_bytes()
    text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", errors="replace")
    tokens = iter([match[0] for match in _TOKENS.finditer(text)])
    try:
        if [next(tokens), next(tokens)][1] != '"TextGrid"':
            raise ValueError
        float(next(tokens)), float(next(tokens))
        tiers: dict[str, tuple[Interval, ...]] = {}
        for _ in range(int(next(tokens))):
            kind, name = _text(next(tokens)), _text(next(tokens))
            float(next(tokens)), float(next(tokens))
            count = int(next(tokens))
            if kind == "IntervalTier":
                tiers[name] = tuple(_interval(next(tokens), next(tokens), next(tokens)) for _ in range(count))
            else:
                for _ in range(2 * count):
                    next(tokens)
    except (StopIteration, RuntimeError, ValueError):
        raise InputError(f"{path} is not a whole TextGrid; save it again in Praat or align it again") from None
    return tiers


def _interval(start: str, end: str, label: str) -> Interval:
    return Interval(_text(label), float(start), float(end))


def _text(token: str) -> str:
    if not token.startswith('"'):
        raise ValueError(token)
    return token[1:-1].replace('""', '"')
