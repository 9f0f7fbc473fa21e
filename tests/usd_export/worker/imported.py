"""Runs in Blender: imports a file and tells what came out."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np


def describe(*, path: Path, frames: list[float], progress: Any) -> dict[str, Any]:
    """Import a .usd* or .glb file and return what it holds, and how it is at the given scene frames.

    `vertices` is the posed mesh in the scene's space at each frame, shape (n_frames, n_vertices, 3), Z up;
    `weights` the value of each shape key, shape (n_frames, n_shapes).
    """
    if path.suffix == ".glb":
        bpy.ops.import_scene.gltf(filepath=str(path))
    else:
        bpy.ops.wm.usd_import(filepath=str(path))
    scene = bpy.context.scene
    (face,) = [thing for thing in scene.objects if thing.type == "MESH" and thing.data.shape_keys]
    keys = face.data.shape_keys.key_blocks[1:]
    weights, vertices = [], []
    for frame in frames:
        scene.frame_set(int(frame // 1), subframe=frame % 1)
        posed = face.evaluated_get(bpy.context.evaluated_depsgraph_get())
        weights.append([key.value for key in keys])
        points = np.empty(len(posed.data.vertices) * 3, np.float32)
        posed.data.vertices.foreach_get("co", points)
        world = np.array(posed.matrix_world)
        vertices.append(points.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3])
    smooth = np.empty(len(face.data.polygons), bool)
    face.data.polygons.foreach_get("use_smooth", smooth)
    return {
        "shapes": [key.name for key in keys],
        "weights": np.array(weights, np.float64).reshape(len(frames), len(keys)),
        "vertices": np.array(vertices),
        "materials": [slot.name for slot in face.material_slots],
        "bones": [bone.name for thing in scene.objects if thing.type == "ARMATURE" for bone in thing.data.bones],
        "fps": scene.render.fps / scene.render.fps_base,
        "frame_range": [scene.frame_start, scene.frame_end],
        "smooth": bool(smooth.all()),
        "modifiers": [modifier.type for modifier in face.modifiers],
    }
