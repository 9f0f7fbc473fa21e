"""Writing files so that an interrupted run leaves the old file or none."""

import errno
import hashlib
import os
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Final

from .errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_ADDRESS: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")
_BESIDE: Final = "beside"
_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""What the system says when a disk, a quota or a file system ends."""


def local(path: str | Path) -> Path:
    """Return a path; raises InputError, naming it as it was typed, if it is the address of something elsewhere."""
    if (match := _ADDRESS.match(str(path))) and not os.path.exists(path):
        typed = re.sub(":/+", "://", str(path), count=1)  # a Path has lost a slash
        cure = "name it without file://" if match[1].lower() == "file" else "name a file on this computer"
        raise InputError(f"{typed} is an address, not a file; {cure}")
    return Path(path)


def spare(inputs: Iterable[str | Path], outputs: Iterable[str | Path]) -> None:
    """Raise InputError if a file that is to be written is one of those that are read, which it would replace."""
    read = {same_file(path) for path in inputs}
    for output in outputs:
        if same_file(output) in read:
            raise InputError(f"{output} is also an input and would be overwritten; name another output")


def same_file(path: str | Path) -> str:
    """Return one and the same text for all names of a file."""
    return os.path.normcase(os.path.realpath(path))


@contextmanager
def scratch(folder: Path) -> Iterator[None]:
    """Write temporary files in a block; raises InputError if there is no more room in their folder."""
    try:
        yield
    except OSError as error:
        if not no_room(error):
            raise
        raise InputError(
            f"no more temporary files can be written to {folder}: {error.strerror}; make room or set TMPDIR to another"
        ) from None


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal. Raises OSError if it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def no_room(error: OSError) -> bool:
    """Return whether it says that a disk or a quota ends."""
    return error.errno in _NO_ROOM


def full_disk(log: str) -> OSError | None:
    """Return the error that another program met and logged, if it is that a disk or a quota ends."""
    return next((OSError(code, os.strerror(code)) for code in _NO_ROOM if os.strerror(code) in log), None)


def _why_no_folder(folder: Path, error: OSError) -> str:
    """Return why a folder cannot be made or written to."""
    for above in (folder, *folder.parents):
        if os.path.exists(above):
            return str(error.strerror) if os.path.isdir(above) else f"{above} is a file, not a folder"
    return str(error.strerror)


def write_arrays(path: Path, arrays: "Mapping[str, ArrayLike]", *, compressed: bool = False) -> None:
    """Write an .npz file as numpy does, which on a full disk prints lines of its own beside the error."""
    import numpy as np  # which takes a tenth of a second, and most who write files need none

    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with path.open("wb") as file, zipfile.ZipFile(file, "w", method) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.asanyarray(array), allow_pickle=False)  # type: ignore[no-untyped-call]


def beside(target: Path) -> Path:
    """Return a folder for files that lie beside a draft's target once it is done, such as the buffers of a .gltf."""
    folder = target.parent / _BESIDE
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def draft(path: Path) -> Iterator[Path]:
    """Yield a path to write to; when the block ends well, what lies there becomes `path`.

    Its suffix is that of `path`, in small letters: numpy adds another to `.NPZ`.
    The draft lies in a folder of its own beside the target, so that no library sees two files of one name,
    the rename stays on one file system, and whatever else the block writes there is swept away, but for what `beside`
    is told to keep.
    A `path` that is a link stays one, and the file that it points to is written.
    Raises InputError if the folder cannot be made or written to, or there is no more room in it.
    """
    path = local(path)
    if os.path.isdir(path):
        raise InputError(f"{path} is a folder; name a file in it")
    end = Path(os.path.realpath(path)) if os.path.islink(path) else path  # noqa: PTH114 - Path raises for long names
    try:
        end.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix=".draft-", dir=end.parent))
    except OSError as error:
        raise InputError(f"cannot write {path}: {_why_no_folder(end.parent, error)}; choose another folder") from None
    try:
        target = folder / f"draft{path.suffix.lower()}"
        yield target
        try:
            for file in sorted(file for file in (folder / _BESIDE).rglob("*") if file.is_file()):
                place = end.parent / file.relative_to(folder / _BESIDE)
                place.parent.mkdir(parents=True, exist_ok=True)
                file.replace(place)
            target.replace(end)
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}; choose another name or folder") from None
    except OSError as error:
        if not no_room(error):
            raise
        raise InputError(f"cannot write {path}: {error.strerror}; make room or choose another folder") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
