"""`Source`: the text of a file that is to be read, and `FormatError`: what is wrong at a place in it."""

import json
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final
from xml.etree import ElementTree

_DEEPEST: Final = 200
"""Elements within elements of XML."""


class FormatError(ValueError):
    """What is wrong with a file, and where; the reader adds the file's name."""

    def __init__(self, place: str, what: str) -> None:
        """Say where, such as "line 3", or "" for the whole file, and what is wrong and how to cure it."""
        super().__init__(place, what)
        self.place = place
        self.what = what

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" if self.place else self.what


def decoded(raw: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, else what Western Windows writes."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


@dataclass(frozen=True)
class Source:
    """A file that is to be read."""

    text: str
    raw: bytes = b""
    """As it is on the disk: XML names its encoding itself."""
    frame_rate: Fraction = Fraction(24)
    """Frames per second, for formats that count frames and do not say how many a second has."""

    @cached_property
    def lines(self) -> list[tuple[str, str]]:
        """The lines that are not blank, each with its place."""
        return [(f"line {n}", line) for n, line in enumerate(self.text.splitlines(), 1) if line.strip()]

    @cached_property
    def json(self) -> Any:
        """The content of a JSON file; of one with a value a line, their list. Raises FormatError for other text."""
        try:
            return json.loads(self.text)
        except RecursionError:
            raise FormatError("", "nested too deep to be an alignment; export it again") from None
        except json.JSONDecodeError as error:
            lines = self.lines
            if error.msg == "Extra data" and len(lines) > 1:
                return [self._value(place, line) for place, line in lines]
            raise FormatError(
                f"line {error.lineno}, column {error.colno}", f"no JSON ({error.msg}); export it again"
            ) from None
        except ValueError:
            raise FormatError("", "holds a number too long to be a time; export it again") from None

    @staticmethod
    def _value(place: str, line: str) -> Any:
        try:
            return json.loads(line)
        except (ValueError, RecursionError):
            raise FormatError(place, "no JSON; export the file again") from None

    @cached_property
    def xml(self) -> ElementTree.Element:
        """The root of an XML file; raises FormatError for other text, and for XML with a DOCTYPE."""
        parser = ElementTree.XMLParser(target=_Plain())
        try:
            parser.feed(self.raw or self.text.encode())
            root: ElementTree.Element = parser.close()
        except ElementTree.ParseError as error:
            line, column = error.position
            raise FormatError(f"line {line}, column {column + 1}", "no whole XML; export it again") from None
        except (LookupError, ValueError) as error:
            if isinstance(error, FormatError):
                raise
            raise FormatError("", "in an encoding that is not known; save it as UTF-8") from None
        return root


class _Plain(ElementTree.TreeBuilder):
    """Refuses what no alignment needs and attacks are made of."""

    depth = 0

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        """Refuse a DOCTYPE, where entities would be declared."""
        raise FormatError("", "XML with a DOCTYPE, which may hide anything, is not read; remove that line")

    def start(self, tag: Any, attrs: Any, /) -> ElementTree.Element:
        """Begin an element."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise FormatError("", "nested too deep to be an alignment; export it again")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ElementTree.Element:
        """End an element."""
        self.depth -= 1
        return super().end(tag)
