"""`Made`: what the files of a shot were made from, so that what is up to date is not made again."""

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import is_dataclass
from pathlib import Path

from audio2blend.files import draft


class Made:
    """The record in the folder of a shot: what each of its files was made from, as a digest."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "made.json"
        self._digests: dict[str, str] = {}
        with suppress(OSError, ValueError, TypeError):  # an unreadable record is none
            self._digests = {str(name): str(key) for name, key in json.loads(self._path.read_bytes()).items()}

    def holds(self, name: str, digest: str) -> bool:
        """Return whether `name` was made from what the digest stands for."""
        return self._digests.get(name) == digest

    def add(self, name: str, digest: str) -> None:
        """Record that `name` was made. Raises InputError if that cannot be written."""
        self._digests[name] = digest
        with draft(self._path) as target:
            target.write_text(json.dumps(self._digests, indent=1))


def digest(parts: Iterable[object]) -> str:
    """Return a digest of settings and files; of a file it is its name, its size and when it was last written.

    >>> digest(["web", 1]) == digest(["web", 1]) != digest(["web", 2])
    True
    """
    return hashlib.sha256(json.dumps([_said(part) for part in parts]).encode()).hexdigest()


def _said(part: object) -> object:
    if isinstance(part, Path):
        with suppress(OSError):
            status = part.stat()
            return [part.name, status.st_size, status.st_mtime_ns]
        return [part.name, None]
    return repr(part) if is_dataclass(part) else str(part)
