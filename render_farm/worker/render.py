"""Rendering a character: single poses, or an animation frame by frame."""

from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from render_farm.settings import RenderSettings
from rigs import Rig
from rigs.worker import scene as stage

from . import studio


def stills(
    *, rig: Rig, weights: NDArray[np.float32], folder: Path, look: RenderSettings, progress: Callable[[int, int], None]
) -> None:
    """Write a PNG file for each row of `weights`, shape (n_pictures, n_shapes)."""
    scene = bpy.context.scene
    character = stage.build(scene, rig)
    studio.set_up(scene, character, look)
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.compression = 15
    for index, row in enumerate(weights):
        stage.pose(character, row)
        scene.render.filepath = str(folder / f"{index:04}.png")
        bpy.ops.render.render(write_still=True)
        progress(index + 1, len(weights))


def animation(
    *,
    rig: Rig,
    clip: Clip,
    count: int,
    folder: Path,
    look: RenderSettings,
    progress: Callable[[int, int], None],
) -> None:
    """Write a BMP file for each of `count` frames from time 0 on: big, but made and read in no time.

    From Workbench they come at twice the size, to be averaged down: smooth edges in half of Blender's own time.
    """
    scene = bpy.context.scene
    character = stage.build(scene, rig)
    stage.animate(scene, character, clip)
    studio.set_up(scene, character, look)
    if look.engine == "workbench":
        scene.display.render_aa = "OFF"
        scene.render.resolution_percentage = 200
    scene.render.image_settings.file_format = "BMP"
    for frame in range(count):
        scene.frame_set(frame)
        scene.render.filepath = str(folder / f"{frame:06}.bmp")
        bpy.ops.render.render(write_still=True)
        progress(frame + 1, count)
