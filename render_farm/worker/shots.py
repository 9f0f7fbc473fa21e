"""A character with its animation in a small portrait studio, saved as a scene."""

from collections.abc import Callable
from pathlib import Path

import bpy

from audio2blend.clip import Clip
from render_farm.look import FarmLook
from render_farm.settings import RenderSettings
from rigs import Rig
from rigs.worker import scene as stage

from . import studio
from .frames import STUDIO


def build(
    *, rig: Rig, clip: Clip, look: FarmLook, n_frames: int, path: Path, progress: Callable[[int, int], None]
) -> None:
    """Save a scene whose frame 0 is time 0 of the clip."""
    scene = bpy.context.scene
    character = stage.build(scene, rig)
    stage.animate(scene, character, clip)
    settings = RenderSettings(engine=look.engine, width=look.width, height=look.height, samples=look.samples)
    studio.set_up(scene, character, settings)
    scene[STUDIO] = True
    scene.frame_start, scene.frame_end = 0, n_frames - 1
    bpy.ops.wm.save_as_mainfile(filepath=str(path), compress=True, copy=True)
    progress(1, 1)
