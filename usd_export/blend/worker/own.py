"""A clip on the shape keys and bones that a scene in Blender has already."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

import bpy
import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from rigs import Rig
from rigs.skeleton import in_own_axes, motions_of
from rigs.worker.read import bone_names
from rigs.worker.scene import fill
from rigs.worker.turns import in_mode

OURS: Final = "audio2blend"
"""The property of an Action that tells which are ours."""


class Curve(NamedTuple):
    """How one property of a data-block moves."""

    path: str
    axis: int
    values: NDArray[np.floating[Any]]
    """Shape (n_frames,)."""


class Moved(NamedTuple):
    """What a clip moves of one data-block."""

    owner: Any
    curves: list[Curve]
    on_top: bool
    """Whether it comes on top of what moves it already, or takes its place."""


def rate_of(scene: bpy.types.Scene) -> Fraction:
    """Return the frame rate of a scene; 24 frames in 1.001 s is 24000/1001."""
    return Fraction(scene.render.fps) / Fraction(scene.render.fps_base).limit_denominator(10000)


def value_path(name: str) -> str:
    """Return where a block of shape keys has the value of one."""
    return f'key_blocks["{bpy.utils.escape_identifier(name)}"].value'


def key_blocks(scene: bpy.types.Scene) -> Iterator[bpy.types.Key]:
    """Yield the shape keys of every mesh of a scene, each once."""
    meshes = (item.data.shape_keys for item in scene.objects if item.type == "MESH")
    yield from dict.fromkeys(keys for keys in meshes if keys)


def shapes_of(keys: bpy.types.Key) -> tuple[list[str], list[str]]:
    """Return the shape keys of a block that can be moved, and those that cannot: drivers hold them, or another file."""
    names = [block.name for block in keys.key_blocks if block != keys.reference_key]
    if not keys.is_editable:
        return [], names
    drivers = {curve.data_path for curve in keys.animation_data.drivers} if keys.animation_data else set()
    return [name for name in names if value_path(name) not in drivers], [
        name for name in names if value_path(name) in drivers
    ]


def moved_by(scene: bpy.types.Scene, clip: Clip, rig: Rig) -> list[Moved]:
    """Return what a clip at the scene's rate moves of it: shape keys by their names, and bones about their own axes."""
    found = []
    for keys in key_blocks(scene):
        curves = [Curve(value_path(name), 0, clip[name]) for name in shapes_of(keys)[0] if name in clip]
        found.append(Moved(keys, curves, on_top=False))
    for armature, names in bone_names(scene.objects):
        if armature.is_editable:
            found.append(Moved(armature, _turns(armature, names, clip, rig), on_top=True))
    return [one for one in found if one.curves]


def _turns(armature: bpy.types.Object, names: dict[str, str], clip: Clip, rig: Rig) -> list[Curve]:
    assert rig.asset is not None
    joints, motions = {joint.name: joint for joint in rig.joints}, motions_of(rig, clip)
    metre = abs(np.linalg.det(rig.asset.space)) ** (1 / 3) * float(np.mean(np.abs(armature.matrix_world.to_scale())))
    curves = []
    for bone in armature.pose.bones:
        name = names[bone.name]
        if name not in motions:
            continue
        place = in_own_axes(joints[name], motions[name])
        where = f'pose.bones["{bpy.utils.escape_identifier(bone.name)}"]'
        way, turns = in_mode(bone.rotation_mode, np.asarray(place.rotation))
        curves += [Curve(f"{where}.{way}", axis, values) for axis, values in enumerate(turns.T)]
        if place.translation.any():
            shifts = place.translation.T / metre
            curves += [Curve(f"{where}.location", axis, values) for axis, values in enumerate(shifts)]
    return curves


def add_action(name: str, moved: Sequence[Moved], first: int, *, about: str) -> bpy.types.Action:
    """Return a new Action with a slot for every data-block and a linear key on every frame from `first`."""
    action = bpy.data.actions.new(name)
    action[OURS] = about
    strip = action.layers.new("Lip sync").strips.new(type="KEYFRAME")
    for one in moved:
        slot = action.slots.new(id_type=one.owner.id_type, name=one.owner.name)
        curves = strip.channelbag(slot, ensure=True).fcurves
        for curve in one.curves:
            frames = first + np.arange(len(curve.values))
            fill(curves.new(curve.path, index=curve.axis), frames, np.asarray(curve.values, np.float32))
    return action


def show(action: bpy.types.Action, moved: Sequence[Moved], first: int, last: int, *, mute: bool) -> None:
    """Show an Action on NLA tracks of its own, above those that are there.

    An Action that moves the same and is played directly, which goes before all tracks, becomes a track beneath.
    """
    for one, slot in zip(moved, action.slots, strict=True):
        animation = one.owner.animation_data_create()
        animation.use_tweak_mode = False
        if animation.action is not None and {curve.path for curve in one.curves} & _paths(animation):
            _push_down(animation)
        track = animation.nla_tracks.new()
        track.name, track.mute = action.name, mute
        strip = track.strips.new(action.name, first, action)
        strip.action_slot = slot
        strip.action_frame_start, strip.action_frame_end = first, max(last, first + 1)
        strip.frame_end = max(last, first + 1)
        strip.blend_type = "COMBINE" if one.on_top else "REPLACE"


def forget(action: bpy.types.Action) -> None:
    """Remove an Action and the tracks that show it."""
    for owner in (*bpy.data.shape_keys, *bpy.data.objects):
        for track in list(owner.animation_data.nla_tracks) if owner.animation_data else ():
            if any(strip.action == action for strip in track.strips):
                owner.animation_data.nla_tracks.remove(track)
    bpy.data.actions.remove(action)


def curves_of(action: bpy.types.Action, slot: Any) -> list[bpy.types.FCurve]:
    """Return the curves of a slot of an Action."""
    bags = (strip.channelbag(slot) for layer in action.layers for strip in layer.strips)
    return [curve for bag in bags if bag for curve in bag.fcurves]


def _paths(animation: bpy.types.AnimData) -> set[str]:
    slot = animation.action_slot
    return {curve.data_path for curve in curves_of(animation.action, slot)} if slot else set()


def _push_down(animation: bpy.types.AnimData) -> None:
    action, slot = animation.action, animation.action_slot
    way, part, beyond = animation.action_blend_type, animation.action_influence, animation.action_extrapolation
    animation.action = None
    track = animation.nla_tracks.new()
    track.name = action.name
    strip = track.strips.new(action.name, int(action.frame_range[0]), action)
    strip.action_slot = slot
    strip.blend_type, strip.influence, strip.extrapolation = way, part, beyond
