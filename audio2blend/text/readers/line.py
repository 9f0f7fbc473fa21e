"""`Line`: a paragraph, a cue or a row: what is said in one go."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A piece of a file's text, and what the file says about it."""

    text: str
    place: str
    """Where it stands, for messages: "line 3", "cue 12", "row 5"."""
    speaker: str = ""
    """The character or person, where the file says so."""
    start_s: float | None = None
    end_s: float | None = None
    language: str = ""
    """A BCP 47 tag."""
    file: str = ""
    """The recording that it is said in, as the file names it."""
