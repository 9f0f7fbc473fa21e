"""FBX, as Unreal, Unity, Maya and Blender import it: written by Blender in a child process.

The file holds the mesh, its shapes as blendshape channels (DeformPercent 0–100), the joints as a skeleton, the
materials' colours, and one animation stack with a key on every frame; time 0 is the start of the sound. Units
are centimetres, Y is up and the face looks along +Z, as in Maya, so importers at default settings show it
upright and in true size.

What is lost: rotations of the eyes, rotations of the head if the rig has no joint "head", and the sound.
"""

from pathlib import Path
from typing import Any

from audio2blend import blender
from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig

from ..take import name_of


def refuse_untimed(clip: Clip) -> None:
    """Raise InputError for a clip without frames, or one that begins before time 0."""
    if len(clip) == 0:
        raise InputError("an .fbx file needs at least one frame, and the clip has none")
    if clip.start_s < 0:
        raise InputError(f"the clip starts {-clip.start_s:g} s before its sound, which .fbx files cannot")


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Any) -> None:
    """Write `clip` on `rig` to an .fbx file.

    Raises InputError if the clip has no frames, MissingDependencyError without Blender.
    """
    refuse_untimed(clip)
    take = name_of(clip)
    arguments = {"rig": rig, "clip": clip, "take": take, "path": Path(path).absolute()}
    with blender.start() as child:
        child.call("usd_export.fbx.worker.fbx:write", arguments)
