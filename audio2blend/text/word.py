"""`Word`: one word of a text and how it may be pronounced."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a text."""

    text: str
    """As it is written."""
    pronunciations: tuple[str, ...] = ()
    """In IPA, the likeliest first; empty where nobody knows."""
    place: int = 0
    """Where it begins in the text, in characters."""
