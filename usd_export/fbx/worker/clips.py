"""The clips that somebody's own FBX scene has already, kept beside ours; runs in Blender.

Blender's exporter knows one clip, that which plays, and its importer poses what it animates. So the scene is read at
rest, then once more for its clips alone, and each plays in turn while the exporter samples it.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any, NamedTuple

import bpy
from io_scene_fbx import export_fbx_bin  # type: ignore[import-not-found]  # an add-on inside Blender

from rigs.worker.scene import set_frame_rate

from ...blend.worker import own


class OwnClip(NamedTuple):
    """A clip of the file's own."""

    action: bpy.types.Action
    """Called as the file calls it."""
    rate: Fraction
    """Frames per second of its keys."""
    parts: list[tuple[Any, Any]]
    """What moves, and the slot that moves it."""


def read(source: Path, scene: bpy.types.Scene) -> list[OwnClip]:
    """Return the clips of a file that the scene was read from at rest; none where Blender finds none it knows."""
    known, rate = {*bpy.data.actions}, own.rate_of(scene)
    before = {item.name: item for item in scene.objects}
    for number, item in enumerate(before.values()):
        item.name = f"@{number}@"  # so that their twins are called as they were
    with suppress(RuntimeError, AttributeError):  # a Blender without the importer that reads them
        bpy.ops.wm.fbx_import(filepath=str(source), use_anim=True, anim_offset=0.0)
    again = [item for item in scene.objects if item not in before.values()]
    twins: dict[tuple[str, str], Any] = {}
    for twin in again:
        item = before.get(twin.name)
        if item is not None:
            twins["OBJECT", twin.name] = item
            if twin.type == item.type == "MESH" and twin.data.shape_keys and item.data.shape_keys:
                twins["KEY", twin.data.shape_keys.name] = item.data.shape_keys
    found = []
    for action in bpy.data.actions:
        if action not in known:
            slots = [(twins.get((slot.target_id_type, slot.name_display)), slot) for slot in action.slots]
            parts = [(owner, slot) for owner, slot in slots if owner is not None]
            found.append(OwnClip(action, own.rate_of(scene), parts))
    for twin in again:
        bpy.data.objects.remove(twin)
    for name, item in before.items():
        item.name = name
    set_frame_rate(scene, rate)
    return [clip for clip in found if clip.parts]


def keep(clips: Sequence[OwnClip], scene: bpy.types.Scene) -> None:
    """Have the exporter write these clips behind the one that plays."""
    ours: Callable[[Any], tuple[list[Any], set[Any], float, float]] = export_fbx_bin.fbx_animations
    rest = _Rest(scene)

    def all_of(scene_data: Any) -> tuple[list[Any], set[Any], float, float]:
        animations, animated, first, last = ours(scene_data)
        shown, rate = scene.frame_current, own.rate_of(scene)
        for clip in clips:
            set_frame_rate(scene, clip.rate)
            start, end = map(float, (floor(clip.action.frame_range[0]), ceil(clip.action.frame_range[1])))
            rest.restore(muted=True)
            for owner, slot in clip.parts:
                owner.animation_data_create()
                owner.animation_data.action, owner.animation_data.action_slot = clip.action, slot
            made = export_fbx_bin.fbx_animations_do(scene_data, clip.action, start, end, False, force_keep=True)
            for owner, _ in clip.parts:
                owner.animation_data.action = None
            if made is not None:
                start, end = (frame * float(rate / clip.rate) for frame in (start, end))
                animations.append((*made[:4], start, end))
                animated |= {(key, prop) for key, (_, curves) in made[1].items() for prop in curves}
                first, last = min(first, start), max(last, end)
        set_frame_rate(scene, rate)
        rest.restore(muted=False)
        scene.frame_set(shown)
        return animations, animated, first, last

    export_fbx_bin.fbx_animations = all_of


class _Rest:
    """How a scene stands before anything moves, to come back to between two clips."""

    def __init__(self, scene: bpy.types.Scene) -> None:
        self._objects = [(item, item.matrix_basis.copy()) for item in scene.objects]
        bones = [bone for item in scene.objects if item.pose for bone in item.pose.bones]
        self._bones = [(bone, bone.matrix_basis.copy()) for bone in bones]
        self._keys = {item.data.shape_keys for item in scene.objects if item.type == "MESH"} - {None}
        self._values = [(block, block.value) for keys in self._keys for block in keys.key_blocks]

    def restore(self, *, muted: bool) -> None:
        """Put all at rest, with our own tracks shown or muted."""
        for owner in (*(item for item, _ in self._objects), *self._keys):
            for track in owner.animation_data.nla_tracks if owner.animation_data else ():
                track.mute = muted
        for thing, matrix in (*self._objects, *self._bones):
            thing.matrix_basis = matrix
        for block, value in self._values:
            block.value = value
