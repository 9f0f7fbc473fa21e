"""FBX by Blender's own exporter, called so that the file is one that Maya could have written.

The exporter's operator turns and scales the objects of a Z-up scene in metres. Here the scene itself is built
with Y up in centimetres, FBX's own axes and unit, so that every node's rotation is 0 and its scale 1.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import numpy as np
from io_scene_fbx import encode_bin, export_fbx_bin, fbx_utils  # type: ignore[import-not-found]  # an add-on inside Blender
from numpy.typing import NDArray

from audio2blend.clip import Clip
from rigs import Rig
from rigs.worker import scene as stage

from .evaluation import keep_from_evaluation
from .same_bytes import constant

CENTIMETRES = 100


def _axes(points: NDArray[Any]) -> NDArray[Any]:
    return points * CENTIMETRES


def after_rest(clip: Clip) -> Clip:
    """Return the clip with one frame of rest before its first."""
    values = np.concatenate([np.zeros_like(clip.values[:1]), clip.values])
    return replace(clip, values=values, start_s=clip.start_s - float(1 / clip.frame_rate))


def _things(scene: bpy.types.Scene, character: stage.Staged, take: str) -> Iterator[tuple[Any, str]]:
    """Yield everything in the scene whose name the file holds, with the name that it is to have there."""
    rig = character.rig
    yield scene, take  # the exporter calls the animation stack so
    yield character.mesh, rig.name
    yield character.mesh.data, rig.name
    for material, look in zip(character.mesh.data.materials, rig.mesh.materials if rig.mesh else (), strict=True):
        yield material, look.name
    for name, key in character.keys.items():
        yield key, name
    if character.armature is not None:
        for joint in rig.joints:
            yield character.armature.data.bones[character.bones[joint.name]], joint.name


def _write_names(scene: bpy.types.Scene, character: stage.Staged, take: str) -> None:
    """Have the exporter write names as they are.

    Blender cuts a name at 63 bytes, and numbers the second of a kind, so here everything is called by a number, and
    names come in only where a string goes into the file. A shape stands in the file twice: programs call it like its
    channel, but Blender's importer like its geometry, and looks for the key of a curve by that name without having cut
    it. So the geometry keeps the name that Blender gave.
    """
    names, blenders = [], []
    for number, (thing, name) in enumerate(list(_things(scene, character, take))):
        names.append(name.encode())
        blenders.append(thing.name.encode())
        thing.name = f"@{number}@"

    add = encode_bin.FBXElem.add_string

    def add_named(element: Any, text: bytes) -> None:
        called = blenders if text.endswith(fbx_utils.fbx_name_class(b"", b"Geometry")) else names
        add(element, re.sub(rb"@(\d+)@", lambda found: called[int(found[1])], text))

    encode_bin.FBXElem.add_string = add_named
    encode_bin.FBXElem.add_string_unicode = lambda element, text: add_named(element, text.encode())


def write(*, rig: Rig, clip: Clip, take: str, path: Path, progress: Callable[[int, int], None]) -> None:
    """Write mesh, shapes, armature and curves; the animation stack is called `take`."""
    scene = bpy.context.scene
    character = stage.build(scene, rig, axes=_axes)
    first = stage.animate(scene, character, after_rest(clip))
    scene.frame_set(first)  # the pose that the file holds beside the curves
    scene.frame_start = first + 1
    _write_names(scene, character, take)
    objects = list(scene.objects)
    if rig.shapes:
        keep_from_evaluation(scene, [character.mesh])
    constant()
    export_fbx_bin.save_single(
        SimpleNamespace(report=print),
        scene,
        bpy.context.evaluated_depsgraph_get(),
        str(path),
        context_objects=objects,
        global_scale=1 / CENTIMETRES,  # undoes the exporter's own factor from metres
        axis_up="Y",
        axis_forward="-Z",
        mesh_smooth_type="FACE",
        use_mesh_edges=False,
        use_tspace=False,
        bake_anim_use_all_bones=False,
        bake_anim_use_nla_strips=False,
        bake_anim_use_all_actions=False,
        bake_anim_simplify_factor=0.0,  # a key on every frame
    )
