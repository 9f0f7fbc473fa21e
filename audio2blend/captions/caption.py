"""`Caption`: what is shown from when to when, and the words that it is made of."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionWord:
    """A stretch of text that no line is broken in: a word with its punctuation."""

    text: str
    start_s: float
    end_s: float
    """When it is said."""
    space: bool = True
    """Whether a space stands before it, where it does not begin a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What is shown at one time."""

    start_s: float
    end_s: float
    lines: tuple[tuple[CaptionWord, ...], ...]

    @property
    def words(self) -> tuple[CaptionWord, ...]:
        """All words, line by line."""
        return tuple(word for line in self.lines for word in line)

    @property
    def text(self) -> str:
        """Its lines, one below the other."""
        return "\n".join(map(joined, self.lines))


def joined(words: Iterable[CaptionWord]) -> str:
    """Return a line of words as it is shown.

    >>> joined([CaptionWord(text="Hi", start_s=0, end_s=1), CaptionWord(text="you.", start_s=1, end_s=2)])
    'Hi you.'
    """
    return "".join(f" {word.text}" if word.space and number else word.text for number, word in enumerate(words))


def columns(text: str) -> int:
    """Return how wide a text is: Chinese, Japanese and Korean letters are two columns, marks on letters none.

    >>> columns("ab"), columns("今日"), columns("e\u0301")
    (2, 4, 1)
    """
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def right_to_left(text: str) -> bool:
    """Return whether a text has more letters of Arabic, Hebrew and the like than others."""
    sides = [unicodedata.bidirectional(character) for character in text]
    return sum(side in ("R", "AL") for side in sides) > sides.count("L")
