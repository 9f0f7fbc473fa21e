"""Whether a frame is finished: decoded and of the right size, not merely there."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from audio2blend.errors import MissingDependencyError

from .look import FarmLook

_KNOWN: Final = ".finished"
"""In a folder of frames: the names of those that were found whole, with size and time, a line each."""

_END: Final = b"\0\0\0\0IEND\xaeB`\x82"
"""The last chunk of a PNG file."""


def unfinished(folder: Path, numbers: Iterable[int], look: FarmLook) -> list[int]:
    """Return the frames that are not there or not whole.

    A frame that was found whole is known by its size and time, and not decoded again.
    """
    known: set[str] = set()
    with suppress(OSError):
        known = {*(folder / _KNOWN).read_text("utf-8", "replace").splitlines()}
    left, found = [], []
    for number in numbers:
        path = folder / f"{number:06}.{look.picture}"
        try:
            status = path.stat()
        except OSError:
            left.append(number)
            continue
        line = f"{path.name} {status.st_size} {status.st_mtime_ns}"
        if line in known:
            continue
        if is_whole(path, look):
            found.append(line)
        else:
            left.append(number)
    if found:
        with suppress(OSError), (folder / _KNOWN).open("a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in found))
    return left


def is_whole(path: Path, look: FarmLook) -> bool:
    """Return whether a picture can be decoded and has the size of the look."""
    try:
        from PIL import Image
    except ImportError:
        raise MissingDependencyError("jobs need more libraries; pip install 'audio2blend[farm]'") from None
    if look.picture == "exr":
        return path.stat().st_size > 0  # what wrote it renamed it when it was whole
    try:
        if not path.read_bytes().endswith(_END):  # what Pillow shows of a file that was cut short is whole at times
            return False
        with Image.open(path) as picture:
            picture.load()
            return bool(picture.size == (look.width, look.height))
    except (OSError, SyntaxError, ValueError):
        return False
