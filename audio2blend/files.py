"""Writing files so that an interrupted run leaves the old file or none."""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from .errors import InputError

_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""What the system says when a disk, a quota or a file system ends."""


def spare(inputs: Iterable[str | Path], outputs: Iterable[str | Path]) -> None:
    """Raise InputError if a file that is to be written is one of those that are read, which it would replace."""
    read = {same_file(path) for path in inputs}
    for output in outputs:
        if same_file(output) in read:
            raise InputError(f"{output} is read and would be written over; name another output")


def same_file(path: str | Path) -> str:
    """Return one and the same text for all names of a file."""
    return os.path.normcase(os.path.realpath(path))


@contextmanager
def draft(path: Path) -> Iterator[Path]:
    """Yield a path to write to; when the block ends well, what lies there becomes `path`.

    Its suffix is that of `path`, in small letters: numpy adds another to `.NPZ`.
    The draft lies in a folder of its own beside the target, so that no library sees two files of one name,
    the rename stays on one file system, and whatever else the block writes there is swept away.
    Raises InputError if the folder cannot be made or written to, or there is no more room in it.
    """
    path = Path(path)
    if os.path.isdir(path):
        raise InputError(f"{path} is a folder; name a file in it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix=".draft-", dir=path.parent))
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}; choose another folder") from None
    try:
        target = folder / f"draft{path.suffix.lower()}"
        yield target
        try:
            target.replace(path)
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}; choose another name or folder") from None
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise InputError(f"cannot write {path}: {error.strerror}; make room or choose another folder") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
