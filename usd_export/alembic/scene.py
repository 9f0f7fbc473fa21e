"""Alembic (.abc): the mesh of a rig with its points at every frame, for programs that know neither shapes nor bones.

Blender writes it in a child process: metres, Y up, the face looking along +Z; time 0 is the start of the sound. Lost:
shapes and skeleton, whose motion is in the points, materials but for the names of their groups of faces, and the sound.
"""

import errno
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np

from audio2blend import blender
from audio2blend.audio import Speech
from audio2blend.blender import BlenderError
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from rigs.skeleton import posed

_TIMEOUT_S: Final = 3600.0
_NEAR_M: Final = 1e-4
_CUT_SHORT: Final = "iostream error"
"""What the library says, before it aborts, where it cannot write on."""


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Any) -> None:
    """Write the mesh of `rig`, moved by `clip`, to an .abc file.

    Raises InputError if the rig has no mesh or the clip no frames, MissingDependencyError without Blender.
    """
    if rig is None or rig.mesh is None:
        raise InputError("an .abc file needs a rig with a mesh")
    if not len(clip):
        raise InputError("the clip holds no frames; an .abc file needs at least one")
    if clip.start_s < 0:
        raise InputError(f"the clip starts {-clip.start_s:g} s before its sound, which .abc files cannot")
    arguments = {"rig": rig, "clip": clip, "path": path.absolute()}
    try:
        with blender.start() as child:
            child.call("usd_export.alembic.worker.abc:write", arguments, timeout_s=_TIMEOUT_S)
    except BlenderError as error:
        if _CUT_SHORT not in str(error):
            raise
        raise OSError(errno.EIO, "Alembic could not write the whole file; the disk may be full") from None


def check(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with an .abc file: Blender reads its first and its last frame."""
    if rig is None or rig.mesh is None:
        return
    frames = [0, len(clip) - 1]
    arguments = {"path": path.absolute(), "frame_rate": clip.frame_rate, "start_s": clip.start_s, "frames": frames}
    with blender.start() as child:
        found = child.call("usd_export.alembic.worker.abc:read", arguments)
    for frame, points in zip(frames, found, strict=True):
        one = Clip(
            values=clip.values[frame : frame + 1], channels=clip.channels, frame_rate=clip.frame_rate
        )  # fmt: skip
        wanted = posed(rig, one)[0]
        if points.shape != wanted.shape:
            yield f"it has {len(points):,} of {len(wanted):,} vertices"
        elif (away := float(np.abs(points - wanted).max())) > _NEAR_M:
            yield f"frame {frame} is {1000 * away:.2f} mm off"
