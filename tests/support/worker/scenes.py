"""Runs in Blender: scenes for the tests of the extension, with the extension switched on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

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


def refusal(operator: Callable[..., Any], **arguments: Any) -> str:
    """Return what an operator says when it refuses, or nothing when it does not."""
    try:
        operator(**arguments)
    except RuntimeError as error:
        return str(error).removeprefix("Error: ").strip()
    return ""


def fcurves(action: Any) -> list[Any]:
    """Return all F-curves of an Action with one layer."""
    return [curve for bag in action.layers[0].strips[0].channelbags for curve in bag.fcurves]


def curves_of_shapes(action: Any) -> dict[str, Any]:
    """Return the F-curves of shape keys, by shape."""
    return {
        curve.data_path.split('"')[1]: curve for curve in fcurves(action) if curve.data_path.startswith("key_blocks[")
    }


def keyed(curve: Any) -> NDArray[np.float32]:
    """Return the values of an F-curve's keys."""
    flat = np.empty(2 * len(curve.keyframe_points), np.float32)
    curve.keyframe_points.foreach_get("co", flat)
    return flat[1::2]


def played(item: Any, frames: Iterable[int]) -> Iterator[Any]:
    """Yield an object or data-block as Blender evaluates it in each frame."""
    for frame in frames:
        bpy.context.scene.frame_set(frame)
        yield item.evaluated_get(bpy.context.evaluated_depsgraph_get())


def shown(face: Any, names: Sequence[str], frames: Iterable[int]) -> NDArray[np.float32]:
    """Return the values of shape keys as they are seen, shape (n_frames, n_names)."""
    rows = [[keys.key_blocks[name].value for name in names] for keys in played(face.data.shape_keys, frames)]
    return np.array(rows, np.float32)


def animate(**arguments: Any) -> str:
    """Press the button Animate; return what it says if it refuses."""
    return refusal(bpy.ops.audio2blend.animate, **arguments)


def takes() -> list[Any]:
    """Return the takes of the first speaker."""
    return list(bpy.context.scene.audio2blend.speakers[0].takes)


def strip(animation: Any, name: str, shape: str, value: float) -> Any:
    """Return a strip that holds a shape at a value, on an NLA track of its own and of its name."""
    action = bpy.data.actions.new(name)
    slot = action.slots.new(id_type="KEY", name="Key")
    bag = action.layers.new("Layer").strips.new(type="KEYFRAME").channelbag(slot, ensure=True)
    bag.fcurves.new(f'key_blocks["{shape}"].value').keyframe_points.insert(1, value)
    track = animation.nla_tracks.new()
    track.name = name
    placed = track.strips.new(name, 1, action)
    placed.action_slot = slot
    return placed
