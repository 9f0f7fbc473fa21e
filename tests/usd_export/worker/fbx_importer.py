"""Blender's own FBX importer at its default settings; runs inside Blender."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from tests.support.worker.scenes import curves_of_shapes, played


def read(*, path: Path, n_frames: int, progress: Any) -> dict[str, Any]:
    """Import a file and return the mesh at rest in the world, the weights and where the head bone looks."""
    bpy.ops.wm.fbx_import(filepath=str(path))
    scene = bpy.context.scene
    face = next(one for one in scene.objects if one.type == "MESH")
    armature = next(one for one in scene.objects if one.type == "ARMATURE")
    keys = face.data.shape_keys
    names = [key.name for key in keys.key_blocks[1:]]
    curves = curves_of_shapes(keys.animation_data.action)
    first = curves[names[0]].range()[0]
    weights = np.array([[curves[name].evaluate(first + frame) for name in names] for frame in range(n_frames)])
    bone = armature.pose.bones["head"]
    at_rest = (armature.matrix_world @ armature.data.bones["head"].matrix_local).to_3x3().normalized()
    forward = []
    for frame in range(n_frames):
        scene.frame_set(round(first) + frame)
        turn = (armature.matrix_world @ bone.matrix).to_3x3().normalized() @ at_rest.inverted()
        forward.append((turn @ Vector((0.0, -1.0, 0.0)))[:])
    rest = [(face.matrix_world @ vertex.co)[:] for vertex in face.data.vertices]
    return {"rest": np.array(rest), "names": names, "weights": weights, "forward": np.array(forward)}


def shown(*, path: Path, progress: Any) -> list[list[float]]:
    """Import a file and return what each shape key but the first shows in three frames, in the file's order."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.wm.fbx_import(filepath=str(path), anim_offset=0.0)
    (keys,) = bpy.data.shape_keys
    rows = [[key.value for key in seen.key_blocks[1:]] for seen in played(keys, range(3))]
    return [list(column) for column in zip(*rows, strict=True)]
