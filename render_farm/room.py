"""Whether a job's output can be written to: asked before it begins and after each failure, and said at once."""

import shutil
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from .look import FarmLook

_FRAMES: Final = 8
"""There is room for so many frames at least, or there is no point in beginning."""
_BYTES: Final = {"png": 8, "exr": 12}
"""A pixel takes about so many at most."""


def why_not(folder: Path, look: FarmLook) -> str:
    """Return why no frames can be written to a folder, in one sentence with its cure; "" if they can."""
    least = _FRAMES * look.width * look.height * _BYTES[look.picture]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 65536)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return f"{folder} cannot be written: {error.strerror}; make room, or change its rights, and submit again"
    if free < least:
        return f"{folder} has {free >> 20} MB left, and a few frames need {least >> 20}; make room and submit again"
    return ""
