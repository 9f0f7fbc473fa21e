"""Documents of Word (.docx) and LibreOffice (.odt): their paragraphs, as they are seen with all changes accepted."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ..safe_xml import XMLError, parse
from .line import Line
from .zipped import Archive

_BODY: Final = {".docx": "word/document.xml", ".odt": "content.xml"}
"""The part that holds the text."""
_PARAGRAPHS: Final = frozenset({"p", "h"})
_SPACES: Final = {
    "tab": "\t", "br": "\n", "cr": "\n", "line-break": "\n", "s": " ", "noBreakHyphen": "-", "softHyphen": "\u00ad",
}  # fmt: skip
_UNSEEN: Final = frozenset({"Fallback", "del", "moveFrom", "tracked-changes", "annotation"})
"""What was deleted or remarked, and what is there a second time for old programs."""


def read(path: Path) -> list[Line]:
    """Return the paragraphs of a document. Raises InputError if it is none."""
    archive = Archive(path)
    suffix = path.suffix.lower()
    reader = _Reader(in_runs=suffix == ".docx")
    try:
        parse(archive.part(_BODY[suffix]), start=reader.start, end=reader.end, characters=reader.characters)
    except XMLError as error:
        raise archive.error(f"its text cannot be read ({error}); save it again, or its text as .txt") from None
    said = [(number, text.strip()) for number, text in enumerate(reader.done, 1)]
    return [Line(text=text, place=f"paragraph {number}") for number, text in said if text]


@dataclass(slots=True)
class _Reader:
    """What was read so far. A paragraph in another one, as in a text box, comes before it."""

    in_runs: bool
    """Whether text lies in elements of its own, `t`."""
    done: list[str] = field(default_factory=list)
    _paragraphs: list[list[str]] = field(default_factory=list)
    _inside: list[str] = field(default_factory=list)
    _unseen: int = 0
    """How many elements are open in which nothing is seen."""

    def start(self, name: str, _: dict[str, str]) -> None:
        self._inside.append(name)
        self._unseen += name in _UNSEEN
        if name in _PARAGRAPHS:
            self._paragraphs.append([])
        elif name in _SPACES:
            self._add(_SPACES[name])

    def end(self, name: str) -> None:
        self._inside.pop()
        self._unseen -= name in _UNSEEN
        if name in _PARAGRAPHS:
            self.done.append("".join(self._paragraphs.pop()))

    def characters(self, text: str, _: int) -> None:
        if not self.in_runs or self._inside[-1] == "t":
            self._add(text)

    def _add(self, text: str) -> None:
        if self._paragraphs and not self._unseen:
            self._paragraphs[-1].append(text)
