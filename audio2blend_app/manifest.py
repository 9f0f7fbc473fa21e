"""What was written before, so that a second run does only what changed."""

import json
import os
from contextlib import suppress
from pathlib import Path

_NAME = ".audio2blend.jsonl"


class Manifest:
    """A record beside the outputs: one line of JSON a finished file, the last line for a file counts.

    It saves work and holds nothing else: where it cannot be read or written, files are written again the next time.
    Appending keeps it whole when several runs share a folder; a lost or damaged line only means work done again.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME
        self._done: dict[str, dict[str, object]] = {}
        with suppress(OSError):  # an unreadable record is none
            for line in self._path.read_text("utf-8", "replace").splitlines():
                try:
                    record = json.loads(line)
                    self._done[record["file"]] = record
                except (json.JSONDecodeError, KeyError, TypeError):
                    continue

    def holds(self, path: Path, key: str) -> bool:
        """Return whether `path` was written for the same `key` and was not touched since."""
        return os.path.isfile(path) and self._done.get(path.name) == _record(path, key)

    def add(self, path: Path, key: str) -> None:
        """Record that `path` was written for `key`."""
        record = self._done[path.name] = _record(path, key)
        with suppress(OSError), self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")  # in ASCII, which names that are no Unicode fit into


def _record(path: Path, key: str) -> dict[str, object]:
    status = path.stat()
    return {"file": path.name, "key": key, "size": status.st_size, "mtime_ns": status.st_mtime_ns}
