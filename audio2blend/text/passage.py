"""`Passage`: the characters of a text that are to be said, where they stand in the source, and notes on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .script import Problem

Note = Literal["event", "emotion", "emphasis", "break", "mark", "phoneme", "sub", "say-as", "lang"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A note on some characters of a passage; on none of them, it stands before one."""

    start: int
    end: int
    note: Note
    value: str
    """A name, phones, an alias, a kind of number, a language."""
    duration_s: float | None = None
    text: str = ""
    """As it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text to be said."""

    text: str
    places: Sequence[int]
    """Of each character, and of the end, in the source."""
    spans: tuple[Span, ...] = ()
    problems: tuple[Problem, ...] = ()


def plain(text: str) -> Passage:
    """Return a text without marks as a passage."""
    return Passage(text=text, places=range(len(text) + 1))
