"""FBX by Blender's own exporter, called so that the file is one that Maya could have written.

The exporter's operator turns and scales the objects of a Z-up scene in metres. Here the scene itself is built
with Y up in centimetres, FBX's own axes and unit, so that every node's rotation is 0 and its scale 1.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import bpy
import numpy as np
from io_scene_fbx import export_fbx_bin, fbx_utils  # type: ignore[import-not-found]  # an add-on inside Blender
from numpy.typing import NDArray

from audio2blend.clip import Clip
from rigs import Rig
from rigs.worker import scene as stage

CENTIMETRES = 100


def _axes(points: NDArray[Any]) -> NDArray[Any]:
    return points * CENTIMETRES


def _after_rest(clip: Clip) -> Clip:
    """Return the clip with one frame of rest before its first."""
    values = np.concatenate([np.zeros_like(clip.values[:1]), clip.values])
    return replace(clip, values=values, start_s=clip.start_s - float(1 / clip.frame_rate))


def _keep_from_evaluation(scene: bpy.types.Scene, face: bpy.types.Object) -> None:
    """Have Blender animate the weights of a mesh without deforming it: the exporter only reads the weights.

    Out of the scene the mesh is not evaluated at all, and a driver that reads a weight keeps its curves alive.
    For the built-in head that makes stepping to the next frame 26 times as fast.
    """
    scene.collection.objects.unlink(face)
    reader = bpy.data.objects.new("Reader", None)
    scene.collection.objects.link(reader)
    driver = reader.driver_add("location", 0).driver
    driver.type = "SUM"
    target = driver.variables.new().targets[0]
    target.id_type, target.id = "KEY", face.data.shape_keys
    target.data_path = "eval_time"


def write(*, rig: Rig, clip: Clip, take: str, path: Path, progress: Callable[[int, int], None]) -> None:
    """Write mesh, shapes, armature and curves; the animation stack is called `take`."""
    scene = bpy.context.scene
    scene.name = take  # the exporter calls the animation stack so
    character = stage.build(scene, rig, axes=_axes)
    first = stage.animate(scene, character, _after_rest(clip))
    scene.frame_set(first)  # the pose that the file holds beside the curves
    scene.frame_start = first + 1
    objects = list(scene.objects)
    if rig.shapes:
        _keep_from_evaluation(scene, character.mesh)
    # The file holds the time of writing and numbers by hash; with constant ones the same input gives the same bytes.
    fbx_utils.hash = lambda key: crc32(str(key).encode())
    export_fbx_bin.datetime = SimpleNamespace(datetime=SimpleNamespace(now=lambda: datetime(2000, 1, 1)))
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
