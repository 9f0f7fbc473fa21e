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
from typing import BinaryIO, Final, cast

from audio2blend.errors import InputError

from .limits import MOST_BYTES

MOST_FILES: Final = 20_000
MOST_FILE_BYTES: Final = 256 << 20
"""Of one file: an .obj of a million vertices has some 100 MiB."""
MOST_MEMORY: Final = 256 << 20
"""For unpacking: what was packed with the strongest preset of xz needs 65 MiB."""
_XZ: Final = (b"\xfd7zXZ\0", b"\x5d\0\0")
"""How .xz and the older .lzma files begin."""
_PIECE: Final = 1 << 20

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
            if entry.compress_type == zipfile.ZIP_LZMA:
                raise InputError(f"{path}: '{entry.filename}' is packed with LZMA; unpack it and name the folder")
            if entry.flag_bits & 1:
                raise InputError(f"{path}: '{entry.filename}' is encrypted; unpack it and name the folder")
            yield PurePosixPath(entry.filename), archive.read(entry)


def _tar(path: Path, suffixes: tuple[str, ...]) -> Iterator[Entry]:
    total = 0
    with path.open("rb") as packed, _opened(packed) as archive:
        for number, entry in enumerate(archive):
            total = _allow(path, entry.name, entry.size, total, number)
            if entry.isreg() and _wanted(entry.name, suffixes):
                file = archive.extractfile(entry)
                assert file is not None  # it is a regular file
                yield PurePosixPath(entry.name), file.read()


def _opened(packed: BinaryIO) -> tarfile.TarFile:
    """Return a tar archive as a stream, packed or not."""
    xz = packed.read(max(map(len, _XZ))).startswith(_XZ)
    packed.seek(0)
    if xz:
        return tarfile.open(fileobj=cast(BinaryIO, _Unxz(packed)), mode="r|")
    return tarfile.open(fileobj=packed, mode="r|*")


class _Unxz:
    """What an .xz file unpacks to, with a bound on the memory that its dictionary asks for."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._unpack = lzma.LZMADecompressor(memlimit=MOST_MEMORY)

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, none at the end; raises LZMAError if damaged or if it asks for too much."""
        out = b""
        while not out:
            if self._unpack.eof:  # streams may follow each other
                rest = self._unpack.unused_data.lstrip(b"\0") or self._packed.read(_PIECE).lstrip(b"\0")
                if not rest:
                    return b""
                self._unpack = lzma.LZMADecompressor(memlimit=MOST_MEMORY)
                out = self._unpack.decompress(rest, size)
            else:
                piece = self._packed.read(_PIECE) if self._unpack.needs_input else b""
                if self._unpack.needs_input and not piece:
                    raise EOFError("it ends too early")
                out = self._unpack.decompress(piece, size)
        return out


def _wanted(name: str, suffixes: tuple[str, ...]) -> bool:
    """Return whether a file is asked for; macOS adds files whose names begin with "._"."""
    place = PurePosixPath(name)
    return place.suffix.lower() in suffixes and not place.name.startswith("._")


def _allow(path: Path, name: str, size: int, total: int, number: int) -> int:
    """Return the sum of all sizes so far."""
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
        raise InputError(f"{path}: holds '{name}', a path that leads out of it; make the archive again")
    if size > MOST_FILE_BYTES or total + size > MOST_BYTES:
        raise InputError(
            f"{path}: unpacks to more than {MOST_FILE_BYTES >> 20} MiB a file or {MOST_BYTES >> 20:,} MiB in all; "
            "keep the shapes of the face alone"
        )
    if number >= MOST_FILES:
        raise InputError(f"{path}: holds more than {MOST_FILES:,} files; keep the shapes of the face alone")
    return total + size
