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


def linked(rig: Rig, folder: Path) -> Any:
    """Return a rig called "Hero" that is linked into an empty scene from a file in `folder`."""
    hero = put(rig, name="Hero")
    group = bpy.data.collections.new("Heroes")
    for thing in (hero, hero.parent):
        bpy.context.scene.collection.objects.unlink(thing)
        group.objects.link(thing)
    bpy.context.scene.collection.children.link(group)
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "hero.blend"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(folder / "hero.blend"), link=True) as (there, here):
        here.collections = there.collections
    bpy.context.scene.collection.children.link(here.collections[0])
    return here.collections[0].objects["Hero"]
