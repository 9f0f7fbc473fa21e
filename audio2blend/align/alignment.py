"""`Alignment`: the words and phones of an utterance in its sound, and how they were found."""

from dataclasses import dataclass
from typing import Final

from ..intervals import Interval, filled

SILENCE: Final = "sil"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedWord:
    """A word of the text with its times."""

    text: str
    start_s: float
    end_s: float
    phones: tuple[Interval, ...] = ()
    """In IPA, one after the other; those that are not pronounced are left out."""
    confidence: float = 1.0
    """How well the sound agrees, from 0 to 1; 0 where nothing of the word was found."""

    @property
    def found(self) -> bool:
        """Whether it has a time of its own."""
        return self.end_s > self.start_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A place where text and sound disagree."""

    start_s: float
    end_s: float
    text: str
    """What is wrong, in a sentence for people."""

    def __str__(self) -> str:
        return f"{self.start_s:.2f} s: {self.text}" if self.end_s > 0 else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """The words and phones of an utterance."""

    words: tuple[AlignedWord, ...]
    """In the order of the text. Words that were not found lie where they are missing, and last 0 s."""
    duration_s: float
    aligner: str
    """What found them, such as "builtin" or "mfa"."""
    language: str = ""
    """A BCP 47 tag such as "de" or "en-GB"; "" where nobody said."""
    problems: tuple[Problem, ...] = ()

    @property
    def phones(self) -> tuple[Interval, ...]:
        """All phones from 0 to the end, without gaps; silence, and sound that is not in the text, is "sil"."""
        return tuple(filled((phone for word in self.words for phone in word.phones), self.duration_s, SILENCE))
