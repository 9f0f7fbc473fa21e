"""FBX, as Unreal, Unity, Maya and Blender import it: written by Blender in a child process.

The file holds the mesh, its shapes as blendshape channels (DeformPercent 0–100), the joints as a skeleton, the
materials' colours, and one animation stack with a key on every frame; time 0 is the start of the sound. Units
are centimetres, Y is up and the face looks along +Z, as in Maya, so importers at default settings show it
upright and in true size.

What is lost: rotations of the eyes, rotations of the head if the rig has no joint "head", and the sound.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from audio2blend import blender
from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Mesh, Rig

from ..take import name_of
from . import Options

_CORNERS: Final = 3


def refuse_untimed(clip: Clip) -> None:
    """Raise InputError for a clip without frames, or one that begins before time 0."""
    if len(clip) == 0:
        raise InputError("an .fbx file needs at least one frame, and the clip has none")
    if clip.start_s < 0:
        raise InputError(f"the clip starts {-clip.start_s:g} s before its sound, which .fbx files cannot")


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Options) -> None:
    """Write `clip` on `rig` to an .fbx file.

    Raises InputError if the clip has no frames, MissingDependencyError without Blender.
    """
    refuse_untimed(clip)
    take = name_of(clip)
    rig = _alone(rig) if options.animation_only and rig is not None else rig
    arguments = {"rig": rig, "clip": clip, "take": take, "path": Path(path).absolute()}
    with blender.start() as child:
        child.call("usd_export.fbx.worker.fbx:write", arguments)


def _alone(rig: Rig) -> Rig:
    """Return a rig of the same shapes and joints whose mesh is one triangle that no shape moves."""
    mesh = rig.mesh
    if mesh is None:
        return rig
    triangle = Mesh(
        vertices=mesh.vertices[:_CORNERS],
        face_sizes=np.array([_CORNERS], np.int32),
        face_vertices=np.arange(_CORNERS, dtype=np.int32),
        face_materials=np.zeros(1, np.int32),
        materials=mesh.materials[:1],
        deltas=np.zeros((len(rig.shapes), _CORNERS, 3), np.float32),
    )
    joints = tuple(replace(joint, weights=joint.weights[:_CORNERS]) for joint in rig.joints)
    return replace(rig, mesh=triangle, joints=joints)
