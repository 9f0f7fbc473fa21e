"""Keeping shape keys at 0 where no take plays.

Where no strip plays, Blender puts what the NLA moves to its default, and since Blender 5.0 the default of a shape key
is 1: between two lines a face would show all its shapes at once. So a track of ours below the takes holds them at 0,
in any Blender, since files travel between them.
"""

from collections.abc import Sequence
from typing import Any, Final

import bpy

_NAME: Final = "Lip Sync at Rest"
_MARK: Final = "audio2blend_rest"
"""Custom property of the Action."""
TAKE: Final = "audio2blend"
"""Custom property of the Actions of takes."""


def hold_at_rest(owner: Any, paths: Sequence[str]) -> None:
    """Hold the shape keys at these paths at 0 wherever nothing else moves them.

    What a track of the artist's moves is left to it, unless it is muted, and so are other data-blocks.
    """
    if owner.id_type != "KEY":
        return
    others = [strip for strip in _strips(owner, heard=True) if TAKE not in strip.action and _MARK not in strip.action]
    taken = {curve.data_path for strip in others for curve in curves_of(strip.action, strip.action_slot)}
    missing = [path for path in paths if path not in taken]
    strip = next((strip for strip in _strips(owner) if _MARK in strip.action), None)
    if strip is None:
        if not missing:
            return
        strip = _new_strip(owner)
    curves = strip.action.layers[0].strips[0].channelbag(strip.action_slot).fcurves
    for curve in [curve for curve in curves if curve.data_path in taken]:  # its track was muted before
        curves.remove(curve)
    for path in missing:
        if curves.find(path) is None:
            curves.new(path).keyframe_points.insert(0, 0.0)


def holds(action: Any) -> bool:
    """Return whether an Action is the one that holds shape keys at rest."""
    return _MARK in action


def let_go(owner: Any) -> None:
    """Take the track away, and its Action with the last of them, if no take of ours is on a data-block any more."""
    tracks = owner.animation_data.nla_tracks
    ours = [(track, strip) for track in tracks for strip in track.strips if strip.action and _MARK in strip.action]
    if not ours or any(TAKE in strip.action for strip in _strips(owner)):
        return
    (track, strip) = ours[0]
    action = strip.action
    action.slots.remove(strip.action_slot)
    tracks.remove(track)
    if not action.slots:
        bpy.data.actions.remove(action)


def to_rest(holder: Any, name: str) -> None:
    """Put a property of a shape key or a bone to where it is without animation."""
    if name == "value":
        holder.value = 0.0
    else:
        holder.property_unset(name)


def _new_strip(owner: Any) -> Any:
    action = next((action for action in bpy.data.actions if _MARK in action and not action.library), None)
    if action is None:
        action = bpy.data.actions.new(_NAME)
        action[_MARK] = True
        action.layers.new("Rest").strips.new(type="KEYFRAME")
    slot = action.slots.new(id_type="KEY", name=owner.name)
    action.layers[0].strips[0].channelbag(slot, ensure=True)
    track = owner.animation_data.nla_tracks.new()
    track.name = _NAME
    strip = track.strips.new(_NAME, 0, action)
    strip.action_slot = slot
    strip.blend_type, strip.extrapolation = "REPLACE", "HOLD"
    return strip


def _strips(owner: Any, *, heard: bool = False) -> list[Any]:
    """Return the strips of a data-block that have an Action, without those that are muted if they are to be `heard`."""
    tracks = [track for track in owner.animation_data.nla_tracks if not (heard and track.mute)]
    return [strip for track in tracks for strip in track.strips if strip.action and not (heard and strip.mute)]


def curves_of(action: Any, slot: Any) -> Sequence[Any]:
    """Return the curves that any Action has for a slot, which may be None."""
    if slot is None or not action.layers or not action.layers[0].strips:
        return ()
    bag = action.layers[0].strips[0].channelbag(slot)
    return bag.fcurves if bag else ()
