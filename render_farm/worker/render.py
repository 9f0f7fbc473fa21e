"""Rendering a character: single poses, or an animation frame by frame."""

from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray

from render_farm.look import Look
from rigs import Rig
from rigs.worker import scene as stage

from . import studio


def stills(
    *, rig: Rig, weights: NDArray[np.float32], folder: Path, look: Look, progress: Callable[[int, int], None]
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
