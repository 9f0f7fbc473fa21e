"""What Blender's Mesh Cache modifier, and its Alembic importer, make of a file; runs in Blender."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from rigs.worker.scene import set_frame_rate


def cached(*, path: Path, n_vertices: int, times_s: Sequence[float], frame_rate: Fraction, progress: Any) -> Any:
    """Return the points of a .pc2 or .mdd file at some times, shape (n_times, n_vertices, 3), as they lie in it."""
    scene = bpy.context.scene
    set_frame_rate(scene, frame_rate)
    mesh = bpy.data.meshes.new("Face")
    mesh.from_pydata([(0, 0, 0)] * n_vertices, [], [])
    face = bpy.data.objects.new("Face", mesh)
    scene.collection.objects.link(face)
    cache = face.modifiers.new("Cache", "MESH_CACHE")
    cache.cache_format, cache.filepath, cache.interpolation = path.suffix[1:].upper(), str(path), "NONE"
    cache.frame_start = 0
    return [_points(face, time_s * float(frame_rate)) for time_s in times_s]


def imported(*, path: Path, times_s: Sequence[float], frame_rate: Fraction, progress: Any) -> Any:
    """Return the points of an .abc file at some times, as Blender shows them: Z up."""
    set_frame_rate(bpy.context.scene, frame_rate)
    bpy.ops.wm.alembic_import(filepath=str(path), as_background_job=False, set_frame_range=False)
    (face,) = [item for item in bpy.context.scene.objects if item.type == "MESH"]
    return [_points(face, time_s * float(frame_rate)) for time_s in times_s]


def _points(face: bpy.types.Object, frame: float) -> NDArray[np.float32]:
    bpy.context.scene.frame_set(int(frame), subframe=frame % 1)
    shown = face.evaluated_get(bpy.context.evaluated_depsgraph_get())
    matrix = np.array(shown.matrix_world)
    return np.array([matrix[:3, :3] @ vertex.co + matrix[:3, 3] for vertex in shown.data.vertices], np.float32)
