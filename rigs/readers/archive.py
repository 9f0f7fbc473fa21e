"""The files of a folder or archive one after another, none of them written to disk.

Names that lead out of the archive, encrypted files and files that unpack to more than `limits` allow are refused
before anything of them is read.
"""

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from audio2blend.errors import InputError

from .limits import MOST_BYTES

MOST_FILES: Final = 20_000
MOST_FILE_BYTES: Final = 256 << 20
"""Of one file: an .obj of a million vertices has some 100 MiB."""

Entry = tuple[PurePosixPath, bytes]


def files(path: Path, suffixes: tuple[str, ...]) -> Iterator[Entry]:
    """Yield the name and content of every file with one of these suffixes, of a folder in order of their names.

    Raises InputError if the archive is damaged, encrypted, harmful or too large.
    """
    try:
        if path.is_dir():
            yield from _folder(path, suffixes)
        elif zipfile.is_zipfile(path):
            yield from _zip(path, suffixes)
        else:
            yield from _tar(path, suffixes)
    except (tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError, NotImplementedError) as error:
        raise InputError(
            f"{path}: this is no archive that can be read, or a damaged one ({error}); copy it again or unpack it "
            "and name the folder"
        ) from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise InputError(f"{path}: the archive is damaged ({error}); copy it again") from None


def _folder(path: Path, suffixes: tuple[str, ...]) -> Iterator[Entry]:
    total = 0
    found = sorted(file for file in path.rglob("*") if file.suffix.lower() in suffixes and file.is_file())
    for number, file in enumerate(found):
        total = _allow(path, str(file.relative_to(path)), file.stat().st_size, total, number)
        yield PurePosixPath(file.relative_to(path).as_posix()), file.read_bytes()


def _zip(path: Path, suffixes: tuple[str, ...]) -> Iterator[Entry]:
    total = 0
    with zipfile.ZipFile(path) as archive:
        for number, entry in enumerate(archive.infolist()):
            total = _allow(path, entry.filename, entry.file_size, total, number)
            if not _wanted(entry.filename, suffixes) or entry.is_dir():
                continue
            if entry.flag_bits & 1:
                raise InputError(f"{path}: '{entry.filename}' is encrypted; unpack it and name the folder")
            yield PurePosixPath(entry.filename), archive.read(entry)


def _tar(path: Path, suffixes: tuple[str, ...]) -> Iterator[Entry]:
    total = 0
    with tarfile.open(path, "r|*") as archive:
        for number, entry in enumerate(archive):
            total = _allow(path, entry.name, entry.size, total, number)
            if entry.isreg() and _wanted(entry.name, suffixes):
                file = archive.extractfile(entry)
                assert file is not None  # it is a regular file
                yield PurePosixPath(entry.name), file.read()


def _wanted(name: str, suffixes: tuple[str, ...]) -> bool:
    """Return whether a file is asked for; macOS adds files whose names begin with "._"."""
    place = PurePosixPath(name)
    return place.suffix.lower() in suffixes and not place.name.startswith("._")


def _allow(path: Path, name: str, size: int, total: int, number: int) -> int:
    """Return the sum of all sizes so far."""
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
        raise InputError(f"{path}: holds '{name}', a path that leads out of it; make the archive anew")
    if size > MOST_FILE_BYTES or total + size > MOST_BYTES:
        raise InputError(
            f"{path}: unpacks to more than {MOST_FILE_BYTES >> 20} MiB a file or {MOST_BYTES >> 20:,} MiB in all; "
            "keep the shapes of the face alone"
        )
    if number >= MOST_FILES:
        raise InputError(f"{path}: holds more than {MOST_FILES:,} files; keep the shapes of the face alone")
    return total + size
