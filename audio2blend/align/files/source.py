"""`Source`: the text of a file that is to be read, and `FormatError`: what is wrong at a place in it."""

import json
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from ...text import safe_xml
from ...text.readers.decoding import content, decoded


class FormatError(ValueError):
    """What is wrong with a file, and where; the reader adds the file's name."""

    def __init__(self, place: str, what: str) -> None:
        """Say where, such as "line 3", or "" for the whole file, and what is wrong and how to cure it."""
        super().__init__(place, what)
        self.place = place
        self.what = what

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" if self.place else self.what


@dataclass(frozen=True)
class Source:
    """A file that is to be read; its text raises InputError if it is in no encoding that is known."""

    path: Path
    frame_rate: Fraction = Fraction(24)
    """Frames per second, for formats that count frames and do not say how many a second has."""

    @cached_property
    def text(self) -> str:
        """All of it."""
        return decoded(self.path)

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
    def xml(self) -> Element:
        """The root of an XML file, names without namespaces; raises FormatError for other text, or with a DOCTYPE."""
        try:
            return safe_xml.tree(content(self.path))
        except safe_xml.XMLError as error:
            raise FormatError("", f"{error}; export it again") from None
