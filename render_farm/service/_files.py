"""What the extension hands over in files: a character as it stands in the scene, and the motion of a take."""

import os
from pathlib import Path
from typing import Any, NamedTuple

from audio2blend.blender import find, wire
from audio2blend.clip import Clip
from rigs import Rig
from rigs.readers.blender import rig_of


class Take(NamedTuple):
    """The motion of a take."""

    arkit: Clip
    """In ARKit's channels."""
    own: Clip
    """In the character's."""


def gathered(path: str) -> dict[str, Any]:
    """Return what `rigs.worker.read.gathered` found in Blender and `wire.save` wrote to a file."""
    found: dict[str, Any] = wire.load(Path(path))
    return found


def character(path: str, name: str) -> Rig:
    """Return the character that was gathered to a file, as a rig of that name. Raises InputError if it is damaged."""
    return rig_of(Path(f"{name}.blend"), gathered(path))


def take(path: str) -> Take:
    """Return the motion in a file that `wire.save` wrote, of {"arkit": Clip, "own": Clip}."""
    return Take(**wire.load(Path(path)))


def use_blender(program: str) -> None:
    """Have Blender itself do what only Blender can: the program that asks; "" where it runs as a Python module."""
    if program:
        os.environ[find.VARIABLE] = program
