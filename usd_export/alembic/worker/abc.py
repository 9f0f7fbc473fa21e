"""Alembic by Blender's own exporter; runs in Blender."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from rigs import Rig
from rigs.worker import scene as stage


def write(*, rig: Rig, clip: Clip, path: Path, progress: Callable[[int, int], None]) -> None:
    """Write the mesh with its points at every frame."""
    scene = bpy.context.scene
    character = stage.build(scene, rig)
    stage.animate(scene, character, clip)
    for item in scene.objects:
        item.select_set(item == character.mesh)
    bpy.ops.wm.alembic_export(
        filepath=str(path),
        start=scene.frame_start,
        end=scene.frame_end,
        selected=True,
        flatten=True,
        apply_subdiv=False,
        vcolors=rig.mesh is not None and rig.mesh.colors is not None,
        face_sets=True,
        normals=False,
        as_background_job=False,
    )


def read(
    *, path: Path, frame_rate: Fraction, start_s: float, frames: Sequence[int], progress: Callable[[int, int], None]
) -> list[NDArray[np.float32]]:
    """Return the points of a file in some frames of a clip, in metres, Y up."""
    scene = bpy.context.scene
    stage.set_frame_rate(scene, frame_rate)
    bpy.ops.wm.alembic_import(filepath=str(path), as_background_job=False, set_frame_range=False)
    (mesh,) = [item for item in scene.objects if item.type == "MESH"]
    found = []
    for frame in frames:
        scene.frame_set(round(start_s * float(frame_rate)) + frame)
        shown = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
        points = np.empty(3 * len(shown.data.vertices), np.float32)
        shown.data.vertices.foreach_get("co", points)
        x, y, z = (points.reshape(-1, 3) @ np.array(shown.matrix_world)[:3, :3].T).T
        found.append(np.stack([x, z, -y], axis=1).astype(np.float32))
    return found
