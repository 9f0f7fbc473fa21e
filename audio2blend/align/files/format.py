"""`AlignmentFormat`: one kind of file that holds what is said when, and `Parsed`: what is read from it."""

from collections.abc import Callable
from dataclasses import dataclass

from ...intervals import Interval
from ..alignment import Alignment, Problem
from .source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A word as a file gives it, not judged yet."""

    text: str
    """"" where only phones are known."""
    start_s: float | None = None
    """None where the file has no time for it."""
    end_s: float | None = None
    phones: tuple[Interval, ...] = ()
    """In IPA or ARPAbet; silence is left out."""
    confidence: float = 1.0
    speaker: str = ""
    """Who says it, or which recording it is from, where a file tells several apart."""
    place: str = ""
    """Where it stands, such as "line 3"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a file says."""

    entries: tuple[Entry, ...]
    """Those of each speaker in the order of their times."""
    duration_s: float | None = None
    """None where the file does not tell: then it is the end of the last word."""
    aligner: str = ""
    """What made it; "" for the format's name."""
    language: str = ""
    problems: tuple[Problem, ...] = ()


def _always(_source: Source) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignmentFormat:
    """A kind of file. Registered as `NAME` under the entry points `audio2blend.alignments`."""

    name: str
    """Which names the aligner of what is read, such as "mfa"."""
    title: str
    """For people, such as "Praat TextGrid"."""
    suffixes: tuple[str, ...]
    """In small letters, such as ".textgrid"."""
    parse: Callable[[Source], Parsed] | None = None
    """Reads a file; of a broken one it may raise FormatError, ValueError, LookupError, TypeError or AttributeError."""
    render: Callable[[Alignment, str], str] | None = None
    """Returns the text of a file for an alignment and the name of its line; None if the format is only read."""
    written_as: tuple[str, ...] = ()
    """Suffixes that are written, where they are others than `suffixes`: of two parts, such as ".rhubarb.json", where
    several kinds share the last."""
    recognises: Callable[[Source], bool] = _always
    """Whether a file is of this kind, where several share a suffix."""
