"""SSML, the Speech Synthesis Markup Language of the W3C, as a passage.

Read are `speak p s break emphasis phoneme sub say-as mark lang voice` and Azure's `express-as`; of other elements the
words are read.
"""

import re
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

from ..errors import InputError
from .passage import Note, Passage, Span
from .safe_xml import XMLError, parse
from .script import Problem

_NOTES: Final[dict[str, tuple[Note, str]]] = {
    "emphasis": ("emphasis", "level"), "phoneme": ("phoneme", "ph"), "sub": ("sub", "alias"),
    "say-as": ("say-as", "interpret-as"), "express-as": ("emotion", "style"),
}  # fmt: skip
_DEFAULT: Final = {"level": "moderate"}
_QUIET: Final = frozenset({"speak", "p", "s", "voice", "lang", "prosody", "w", "token", "break", "mark", *_NOTES})
_STRENGTHS_S: Final = {"none": 0.0, "x-weak": 0.1, "weak": 0.25, "medium": 0.5, "strong": 0.75, "x-strong": 1.2}
_TIME: Final = re.compile(r"\+?(\d+(?:\.\d+)?|\.\d+)(ms|s)")


def is_ssml(text: str) -> bool:
    """Return whether a text is meant as SSML."""
    return re.match(r"\ufeff?\s*(<\?xml\b|<!DOCTYPE\b|<!--|<speak\b)", text) is not None


def read(text: str) -> Passage:
    """Return what SSML has to say. Raises InputError, with the place, if it is malformed."""
    reader = _Reader()
    start = len(text) - len(text.lstrip("\ufeff \t\r\n"))  # an XML declaration comes first
    source = text[start:]
    try:
        parse(source, start=reader.start, end=reader.end, characters=reader.characters)
    except XMLError as error:
        raise InputError(f"the SSML cannot be read: {error}") from None
    if not reader.is_speak:
        raise InputError("the SSML cannot be read: its outermost element must be <speak>")
    # Places are in bytes so far.
    number_of = [0] * (len(source.encode()) + 1)
    for number, byte in enumerate(accumulate((len(c.encode()) for c in source), initial=0)):
        number_of[byte] = number + start
    places = [number_of[byte] for byte in reader.bytes]
    places.append(places[-1] + 1 if places else start)
    problems = [Problem(place=places[at], text=f"<{name}>", message=message) for at, name, message in reader.problems]
    return Passage(text="".join(reader.text), places=places, spans=tuple(reader.spans), problems=tuple(problems))


@dataclass(slots=True)
class _Reader:
    """What was read so far; a character of the text an entry."""

    text: list[str] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    is_speak: bool = False
    _open: list[tuple[str, dict[str, str], int]] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open:
            self.is_speak = name == "speak"
        self._open.append((name, attributes, len(self.text)))
        if name in ("p", "s"):
            self._space("\n")
        elif name == "break":
            self._space(" ")
            self._point("break", attributes.get("strength", "medium"), self._duration(attributes))
        elif name == "mark":
            self._point("mark", attributes.get("name", ""))
        elif name not in _QUIET:
            self.problems.append((len(self.text), name, f"<{name}> is not acted on; the words in it are read"))

    def end(self, name: str) -> None:
        _, attributes, start = self._open.pop()
        if name in _NOTES:
            note, key = _NOTES[name]
            value = attributes.get(key, _DEFAULT.get(key, "")).strip()
            if note == "emphasis" and value == "none":
                return
            if value:
                self.spans.append(Span(start=start, end=len(self.text), note=note, value=value))
            else:
                self.problems.append((start, name, f'<{name}> lacks {key}="…" and changes nothing'))
        if language := attributes.get("lang"):
            self.spans.append(Span(start=start, end=len(self.text), note="lang", value=language))
        if name in ("p", "s"):
            self._space("\n" if name == "s" else "\n\n")

    def characters(self, text: str, place: int) -> None:
        for letter in text:
            self.text.append(letter)
            self.bytes.append(place)
            place += len(letter.encode())

    def _space(self, space: str) -> None:
        """Add characters that are not in the source."""
        self.text += space
        self.bytes += [self.bytes[-1] if self.bytes else 0] * len(space)

    def _point(self, note: Note, value: str, duration_s: float | None = None) -> None:
        at = len(self.text)
        self.spans.append(Span(start=at, end=at, note=note, value=value, duration_s=duration_s))

    def _duration(self, attributes: dict[str, str]) -> float | None:
        if "time" not in attributes:
            return _STRENGTHS_S.get(attributes.get("strength", "medium"))
        if match := _TIME.fullmatch(attributes["time"].strip()):
            return float(match[1]) / (1000 if match[2] == "ms" else 1)
        message = (
            f'<break time="{attributes["time"][:20]}"> is no time such as 500ms or 1.5s; it is a pause of any length'
        )
        self.problems.append((len(self.text), "break", message))
        return None
