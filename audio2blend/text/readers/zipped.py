"""Documents that are XML in a zip archive, whose size is limited before it is unpacked."""

import zipfile
import zlib
from pathlib import Path
from typing import Final

from ...errors import InputError
from .decoding import content

_MOST_BYTES: Final = 100_000_000
"""Of a part, unpacked."""


class Archive:
    """A document's parts by name."""

    def __init__(self, path: Path) -> None:
        """Raise InputError if there is no such file, or it is no zip archive."""
        content(path)  # says why it cannot be opened, or that it is too large
        self.path = path
        try:
            with zipfile.ZipFile(path) as archive:
                self.names = tuple(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise self.error("this is no whole {kind} document; save it again, or its text as .txt") from None

    def part(self, name: str) -> bytes:
        """Return what a part holds. Raises InputError if it is missing, damaged, locked or too large."""
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(name) as file:
                data = file.read(_MOST_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, EOFError, OSError, NotImplementedError):
            raise self.error("this is no {kind} document, or a locked one; save its text as .txt") from None
        if len(data) > _MOST_BYTES:
            raise self.error("the document is too large; save the part of it that is said as .txt")
        return data

    def error(self, message: str) -> InputError:
        """Return an error that names the file; `{kind}` in it is its suffix."""
        return InputError(f"{self.path}: {message.format(kind=self.path.suffix.lower())}")
