"""Files that hold text: `read(path)` returns their lines, by the suffix."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ...errors import InputError
from ...files import local
from ...wording import listed
from . import documents, fountain, plain, subtitles, table
from .line import Line

READERS: Final[Mapping[str, Callable[[Path], list[Line]]]] = {
    ".txt": plain.read,
    ".ssml": plain.read,
    ".xml": plain.read,
    ".docx": documents.read,
    ".odt": documents.read,
    ".srt": subtitles.read,
    ".vtt": subtitles.read,
    ".fountain": fountain.read,
    ".csv": table.read,
    ".tsv": table.read,
    ".xlsx": table.read,
}


def read(path: str | Path) -> tuple[Line, ...]:
    """Return the lines of a file: paragraphs, cues, dialogue or rows; none of them is empty.

    Raises InputError if the file cannot be read, is of another kind than its suffix says, or holds no text.
    """
    path = local(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path}: texts are read from {listed(READERS, most=len(READERS))}; save it as one of these")
    lines = tuple(reader(path))
    if not lines:
        raise InputError(f"{path}: it contains no words; name another file")
    return lines
