"""The ffmpeg program that comes with imageio-ffmpeg."""

import os
import stat
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path

import imageio_ffmpeg

from ..errors import MissingDependencyError


@cache
def program() -> str:
    """Return the path of a working ffmpeg. Raises MissingDependencyError if there is none."""
    for binary in Path(str(files("imageio_ffmpeg") / "binaries")).glob("ffmpeg*"):
        if not os.access(binary, os.X_OK):  # Blender unpacks wheels without their permissions
            with suppress(OSError):  # if we may not change it, there may be another ffmpeg
                binary.chmod(binary.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        raise MissingDependencyError(
            "there is no ffmpeg that runs; pip install --force-reinstall imageio-ffmpeg, or install ffmpeg"
        ) from None
