"""What the extension hands over in files: recordings, and a character as it stands in the scene."""

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from audio2blend.audio import SAMPLE_RATE, Speech, load
from audio2blend.blender import find, wire
from audio2blend.errors import InputError
from rigs import Rig
from rigs.readers.blender import rig_of


def recording(path: str, part: Sequence[float] = ()) -> Speech:
    """Return a recording, or the part of it from one time to another, in seconds; the end of the file where that is 0.

    The recording that parts were taken from last is kept, since a cut recording is asked for part by part.
    Raises InputError for what cannot be read, and for a part that lies outside.
    """
    if not part:
        return load(Path(path))
    about = Path(path).stat() if Path(path).is_file() else None
    whole = _kept(path, about.st_mtime_ns if about else 0)
    start_s, end_s = part
    samples = whole.samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE) or None]
    if not len(samples):
        raise InputError(
            f"{path} has nothing from {start_s:.2f} s on: it is {whole.duration_s:.2f} s long; choose another part"
        )
    return Speech(samples=samples)


@lru_cache(maxsize=1)
def _kept(path: str, _changed_ns: int) -> Speech:
    return load(Path(path))


def gathered(path: str) -> dict[str, Any]:
    """Return what `rigs.worker.read.gathered` found in Blender and `wire.save` wrote to a file."""
    found: dict[str, Any] = wire.load(Path(path))
    return found


def character(path: str, name: str) -> Rig:
    """Return the character that was gathered to a file, as a rig of that name. Raises InputError if it is damaged."""
    return replace(rig_of(Path(f"{name}.blend"), gathered(path)), asset=None)  # there is no file of that name


def use_blender(program: str) -> None:
    """Have Blender itself do what only Blender can: the program that asks; "" where it runs as a Python module."""
    if program:
        os.environ[find.VARIABLE] = program
