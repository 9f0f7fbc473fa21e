"""Blender's own files and FBX, read by Blender in a child process.

.blend: shape keys of all meshes of the scene, each against the key it is relative to and within the vertex group it is
limited to; armatures; mirror modifiers; data linked from other files. Scripts in the file are not run. .fbx: what
Blender's importer makes of it. Not read: modifiers other than armatures and mirrors, textures, animation.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audio2blend import blender
from audio2blend.errors import InputError

from ..rig import Rig
from .assemble import assemble
from .piece import Space

TIMEOUT_S = 600.0
_MAGIC = {
    ".blend": (b"BLENDER", b"\x1f\x8b", b"\x28\xb5\x2f\xfd"),  # plain, packed with gzip or Zstandard
    ".fbx": (b"Kaydara FBX Binary", b";", b"FBX"),
}


def read(path: Path) -> Rig:
    """Return the rig that a .blend or .fbx file holds.

    Raises InputError if it is damaged, MissingDependencyError without Blender, BlenderError if Blender crashes on it.
    """
    with path.open("rb") as file:
        start = file.read(64).lstrip()
    magic = _MAGIC[path.suffix.lower()]
    if not start.startswith(magic):
        raise InputError(f"{path}: this is no {path.suffix.lower()} file, or an encrypted one; save it again")
    with blender.start() as child:
        try:
            found = child.call("rigs.worker.read:read", {"path": path.absolute()}, timeout_s=TIMEOUT_S)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
    return rig_of(path, found)


def rig_of(path: Path, found: Mapping[str, Any]) -> Rig:
    """Return the rig of what `rigs.worker.read.gathered` found; it is called as `path` is, without suffix."""
    space = Space(unit_m=found["unit_m"], up="Z")
    return assemble(path, found["pieces"], space=space, bones=found["bones"], notes=found["notes"])
