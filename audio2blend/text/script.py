"""`Script`: what a text says: its words, its directions, and what in it could not be read."""

from dataclasses import dataclass
from typing import Literal

from .word import Word

Kind = Literal["event", "emotion", "emphasis", "break", "mark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """What a text asks for beside its words."""

    kind: Kind
    name: str
    """Such as "laugh" of an event, "joy" of an emotion, "strong" of an emphasis, or the name of a mark."""
    place: int
    """Where it begins in the text, in characters."""
    text: str
    """As it is written; "" in SSML."""
    first_word: int
    """Number of the word that it stands before, or of the first one that it is about."""
    end_word: int
    """Number of the word after the last one that it is about; `first_word` if it stands between two words."""
    duration_s: float | None = None
    """How long a break lasts, where the text says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A place in a text that was guessed or left out."""

    place: int
    """Where it begins in the text, in characters."""
    text: str
    """As it is written."""
    message: str
    """What is wrong and what was done, in a sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A text that was read: everything in it but spaces and punctuation is a word, a direction or a problem."""

    words: tuple[Word, ...]
    """In the order of the text."""
    directions: tuple[Direction, ...] = ()
    problems: tuple[Problem, ...] = ()
    language: str = ""
    """A BCP 47 tag, as it was asked for."""
