"""Keeping a face as it rests where no take plays.

Where no strip plays, Blender puts what the NLA moves to its default, and since Blender 5.0 the default of a shape key
is 1: between two lines a face would show all its shapes at once. So a track of ours below the takes holds them where
they rested when the first take came, at 0 or in the artist's resting expression, in any Blender, since files travel
between them. A pose of the bones without keys is held in the same way.
"""

import contextlib
from collections.abc import Iterable, Sequence
from typing import Any, Final

import bpy

_NAME: Final = "Lip Sync at Rest"
_MARK: Final = "audio2blend_rest"
"""Custom property of the Action."""
TAKE: Final = "audio2blend"
"""Custom property of the Actions of takes."""
OURS: Final = (TAKE, _MARK)


def hold_at_rest(owner: Any, curves: Iterable[Any]) -> None:
    """Hold what these F-curves move where it rests, wherever nothing else moves it.

    What a track of the artist's moves is left to it, unless it is muted. Bones without a pose rest by themselves.
    """
    animation, strips = owner.animation_data, _strips(owner)
    strip = next((strip for strip in strips if _MARK in strip.action), None)
    others = [other for other in strips if not any(mark in other.action for mark in OURS)]
    audible = _strips(owner, playing=True)
    taken = _places(other for other in others if other in audible)
    muted = _places(other for other in others if other not in audible)
    held: Any = _bag(strip).fcurves if strip is not None else ()
    for curve in [curve for curve in held if _place(curve) in taken]:  # its track was muted before
        held.remove(curve)
    taken |= set(map(_place, held))
    missing = [place for place in map(_place, curves) if place not in taken]
    by_hand = {_place(curve) for curve in curves_of(animation.action, animation.action_slot)} | muted
    by_hand |= {_place(driver) for driver in animation.drivers}
    if owner.id_type != "KEY":
        if any(TAKE in other.action for other in strips):
            return  # it shows a take by now, not how it rests
        posed = {path for path, axis in missing if _value(owner, path, axis) != _default(owner, path, axis)}
        missing = [(path, axis) for path, axis in missing if path in posed and (path, axis) not in by_hand]
    if not missing or (strip is None and (strip := _new_strip(owner)) is None):
        return
    for path, axis in missing:
        value = 0.0 if (path, axis) in by_hand else _value(owner, path, axis)  # what it shows there is no rest
        _bag(strip).fcurves.new(path, index=axis).keyframe_points.insert(0, value)


def holds(action: Any) -> bool:
    """Return whether an Action is the one that holds faces at rest."""
    return _MARK in action


def _places(strips: Iterable[Any]) -> set[tuple[str, int]]:
    """Return what some strips move."""
    return {_place(curve) for strip in strips for curve in curves_of(strip.action, strip.action_slot)}


def _bag(strip: Any) -> Any:
    """Return the curves of our strip's slot."""
    return strip.action.layers[0].strips[0].channelbag(strip.action_slot)


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


def to_rest(owner: Any, curves: Iterable[Any]) -> None:
    """Put what F-curves of ours move to where it rests without them; `let_go` forgets where that is."""
    for path, axis in map(_place, curves):
        with contextlib.suppress(ValueError):  # what it moved is gone
            holder, name = _holder(owner, path)
            value = resting(owner, path, axis)
            if name == "value":
                holder.value = value
            else:
                getattr(holder, name)[axis] = value


def resting(owner: Any, path: str, axis: int) -> float:
    """Return where a shape key or a bone rests without takes."""
    strip = next((strip for strip in _strips(owner) if _MARK in strip.action), None)
    held = curves_of(strip.action, strip.action_slot) if strip else ()
    curve = next((curve for curve in held if _place(curve) == (path, axis)), None)
    if curve is not None:
        return float(curve.evaluate(0))
    return 0.0 if path.endswith(".value") else _default(owner, path, axis)


def _place(curve: Any) -> tuple[str, int]:
    return curve.data_path, curve.array_index


def _holder(owner: Any, path: str) -> tuple[Any, str]:
    """Return what has the property at a path, and the property's name."""
    holder, _, name = path.rpartition(".")
    return owner.path_resolve(holder), name


def _value(owner: Any, path: str, axis: int) -> float:
    holder, name = _holder(owner, path)
    found = getattr(holder, name)
    return float(found if name == "value" else found[axis])


def _default(owner: Any, path: str, axis: int) -> float:
    holder, name = _holder(owner, path)
    about = holder.bl_rna.properties[name]
    return float(about.default_array[axis] if about.is_array else about.default)


def _new_strip(owner: Any) -> Any | None:
    """Return a new strip below all takes; None where Blender has no place for it there."""
    tracks = owner.animation_data.nla_tracks
    takes = (at for at, track in enumerate(tracks) if any(each.action and TAKE in each.action for each in track.strips))
    lowest = next(takes, None)
    if lowest == 0:
        return None  # a track can be added after another, and never before the first
    action = next((action for action in bpy.data.actions if _MARK in action and not action.library), None)
    if action is None:
        action = bpy.data.actions.new(_NAME)
        action[_MARK] = True
        action.layers.new("Rest").strips.new(type="KEYFRAME")
    slot = action.slots.new(id_type=owner.id_type, name=owner.name)
    action.layers[0].strips[0].channelbag(slot, ensure=True)
    track = tracks.new() if lowest is None else tracks.new(prev=tracks[lowest - 1])
    track.name = _NAME
    strip = track.strips.new(_NAME, 0, action)
    strip.action_slot = slot
    strip.blend_type, strip.extrapolation = "REPLACE", "HOLD"
    return strip


def _strips(owner: Any, *, playing: bool = False) -> list[Any]:
    """Return the strips of a data-block that have an Action; if `playing`, only those that are not muted."""
    tracks = [track for track in owner.animation_data.nla_tracks if not (playing and track.mute)]
    return [strip for track in tracks for strip in track.strips if strip.action and not (playing and strip.mute)]


def curves_of(action: Any, slot: Any) -> Sequence[Any]:
    """Return the curves that any Action has for a slot, which may be None."""
    if action is None or slot is None or not action.layers or not action.layers[0].strips:
        return ()
    bag = action.layers[0].strips[0].channelbag(slot)
    return bag.fcurves if bag else ()
