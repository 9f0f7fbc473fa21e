"""Runs in Blender: scenes for the tests of the extension, with the extension switched on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy

import addon
from rigs import Rig
from rigs.worker import scene as stage


@contextmanager
def extension() -> Iterator[None]:
    """Have the extension switched on for a while."""
    addon.register()
    try:
        yield
    finally:
        addon.unregister()


def speaker(character: Any = None, *, collection: Any = None) -> Any:
    """Return a new speaker of the scene, which is made active."""
    settings = bpy.context.scene.audio2blend
    made = settings.speakers.add()
    settings.active = len(settings.speakers) - 1
    made.name = "Speaker"
    made.character, made.collection = character, collection
    return made


def put(rig: Rig, *, name: str | None = None) -> Any:
    """Return a rig as a mesh object of the scene, with its armature if it has joints."""
    face = stage.build(bpy.context.scene, rig).mesh
    face.name = name or rig.name
    return face


def without_file(path: Path) -> None:
    """Forget all that is in memory and save nothing to `path`'s folder."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
