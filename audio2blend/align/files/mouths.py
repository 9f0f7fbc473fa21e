"""Mouth shapes of other programs as phones: of all phones that share a mouth, one stands for it."""

from collections.abc import Mapping, Sequence
from typing import Final

from ...intervals import Interval
from ..alignment import SILENCE

RHUBARB: Final[Mapping[str, str]] = {
    "A": "m", "B": "s", "C": "ɛ", "D": "ɑ", "E": "ɔ", "F": "u", "G": "f", "H": "l", "X": SILENCE,
}  # fmt: skip
"""Rhubarb Lip Sync's nine."""
PRESTON_BLAIR: Final[Mapping[str, str]] = {
    "AI": "a", "E": "ɛ", "ETC": "s", "FV": "f", "L": "l", "MBP": "m", "O": "o", "REST": SILENCE, "U": "u", "WQ": "w",
}  # fmt: skip
"""Papagayo's and Moho's ten, after Preston Blair."""
AZURE_VISEMES: Final[Sequence[str]] = (
    SILENCE, "æ", "ɑ", "ɔ", "ɛ", "ɝ", "i", "w", "o", "aʊ", "ɔɪ", "aɪ", "h", "ɹ", "l", "s", "ʃ", "ð", "f", "t", "k", "p",
)  # fmt: skip
"""Azure's 22, by number; for 7 and 19 to 21 any of w u, t d n θ, k ɡ ŋ and p b m would do."""
POLLY_VISEMES: Final[Mapping[str, str]] = {
    "sil": SILENCE, "S": "ʃ", "T": "θ", "@": "ə", "E": "ɛ", "O": "ɔ", "A": "ɑ", "J": "j", "r": "ɹ", "g": "ɡ",
    "X": "x", "B": "b", "D": "ð", "N": "n", "L": "l", "R": "ʁ",
}  # fmt: skip
"""Amazon Polly's that are not written as in the IPA."""


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
