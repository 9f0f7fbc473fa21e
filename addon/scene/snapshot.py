"""What the child process needs of a character: its meshes and bones at rest, in a file."""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any, Final

import bpy

from audio2blend.blender import wire
from audio2blend.errors import InputError
from rigs.worker.read import gathered

from .character import HAND, CharacterObjects

LOOK: Final = "audio2blend_look"
"""Custom property of the mesh of a head that comes along: its look."""
_scratch: list[Path] = []


def scratch() -> Path:
    """Return the path of a new temporary file, which goes with `sweep` or when Blender ends."""
    handle, name = tempfile.mkstemp(".npz", "a2b-", dir=bpy.app.tempdir)
    os.close(handle)
    path = Path(name)
    _scratch.append(path)
    return path


def sweep() -> None:
    """Delete all temporary files that nobody is at work with."""
    for path in list(_scratch):
        drop(path)


def drop(path: Path) -> None:
    """Delete a temporary file; on Windows one that the child process still reads waits for the next `sweep`."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        _scratch.remove(path)


def save(context: Any, character: CharacterObjects) -> Path:
    """Write a character's meshes and bones as they are at rest to a temporary file, and return its path.

    Raises InputError if there is no mesh, or it is too large.
    """
    meshes = sorted((thing for thing in character.meshes if thing.data.polygons), key=_rank)
    if not meshes:
        raise InputError(f"there is no mesh in '{character.name}'; choose the face")
    found = gathered(Path(character.name), context.scene, meshes, character.armatures, [])
    for piece in found["pieces"]:
        for name in [name for name in piece.shapes if name.endswith(HAND)]:
            del piece.shapes[name]
    path = scratch()
    wire.save(found, path)
    return path


def look(character: CharacterObjects) -> str:
    """Return the look of the head that comes along, if a character was made of it; "" for any other."""
    return next((str(mesh[LOOK]) for mesh in character.meshes if LOOK in mesh), "")


def _rank(mesh: Any) -> tuple[int, str]:
    """Put the meshes with the most shapes first."""
    keys = mesh.data.shape_keys
    return (-len(keys.key_blocks) if keys else 0, mesh.name)
