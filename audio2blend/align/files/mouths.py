"""Mouth shapes of other programs as phones: of all phones that share a mouth, one stands for it."""

from collections.abc import Mapping, Sequence
from typing import Final

from ...intervals import Interval
from ...visemes.sets import viseme_sets
from ..alignment import SILENCE

_SETS: Final = {
    name: {shape: one.phone_of(shape) for shape in (one.silence, *one.phones)} for name, one in viseme_sets().items()
}
RHUBARB: Final[Mapping[str, str]] = _SETS["rhubarb"]
"""Rhubarb Lip Sync's nine."""
PRESTON_BLAIR: Final[Mapping[str, str]] = {shape.upper(): phone for shape, phone in _SETS["preston-blair"].items()}
"""Papagayo's and Moho's ten, after Preston Blair, in capitals."""
AZURE_VISEMES: Final[Sequence[str]] = [_SETS["azure"][str(number)] for number in range(22)]
"""Azure's 22, by number."""
POLLY_VISEMES: Final[Mapping[str, str]] = {
    **_SETS["polly"], "A": "ɑ", "J": "j", "X": "x", "B": "b", "D": "ð", "N": "n", "L": "l", "R": "ʁ", "g": "ɡ",
}  # fmt: skip
"""Amazon Polly's, with those that it has for some languages alone; others are written as in the IPA."""


def phones_of(starts: Sequence[tuple[float, str]], *, end_s: float) -> list[Interval]:
    """Return phones that each last until the next one begins; the last until `end_s`, or 0 s if it begins later.

    >>> phones_of([(0.0, "sil"), (0.1, "m"), (0.3, "a")], end_s=0.5)
    [Interval(label='m', start_s=0.1, end_s=0.3), Interval(label='a', start_s=0.3, end_s=0.5)]
    """
    ends = [time for time, _ in starts[1:]] + [max(end_s, starts[-1][0])] if starts else []
    return [
        Interval(label, start, end)
        for (start, label), end in zip(starts, ends, strict=True)
        if label != SILENCE and end > start
    ]
