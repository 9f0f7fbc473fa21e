"""Actions of ours: one a take, with a slot for each data-block, shown on NLA tracks of their own."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any, Final, NamedTuple

import bpy

from audio2blend.errors import InputError

from .rest import TAKE, hold_at_rest, let_go, to_rest
from .targets import Target

UNFINISHED: Final = -1
"""What the mark of an Action says while we are writing it; after that, what `plan.state` said."""
_NUMBER: Final = re.compile(r"\.\d{3,}$")
"""What Blender puts behind a name that is taken."""


class Place(NamedTuple):
    """Where an Action is shown."""

    owner: Any
    """The data-block that it moves."""
    track: Any
    strip: Any


def fresh_name(name: str) -> str:
    """Return what a new Action is called: by a name as far as Blender has room for it, with a number if it is taken."""
    room = bpy.types.ID.bl_rna.properties["name"].length_max - 1
    found = name.encode()[:room].decode(errors="ignore")
    base = _NUMBER.sub("", found).encode()[: room - len(".0000")].decode(errors="ignore")
    for number in count(1):
        if found not in bpy.data.actions:
            return found
        found = f"{base}.{number:03}"
    raise AssertionError("numbers end nowhere")


def new_action(name: str) -> Any:
    """Return a fresh Action of ours with one layer and one strip, which nothing uses yet; see `fresh_name`."""
    action = bpy.data.actions.new(fresh_name(name))
    action.use_fake_user = False
    action[TAKE] = UNFINISHED
    action.layers.new("Lip Sync").strips.new(type="KEYFRAME")
    return action


def slot_for(action: Any, target: Target) -> Any:
    """Return the slot of an Action for a data-block, which is made where there is none.

    It is the one that the data-block plays; where it plays none yet, the one that is called like it.
    """
    block = target.block()
    for _, strip in _strips(block, action):
        if strip.action_slot is not None:
            return strip.action_slot
    for slot in action.slots:
        if slot.target_id_type == block.id_type and slot.name_display == target.owner:
            return slot
    return action.slots.new(id_type=block.id_type, name=target.owner)


def bag_for(action: Any, slot: Any) -> Any:
    """Return the curves of a slot."""
    return action.layers[0].strips[0].channelbag(slot, ensure=True)


def places(action: Any) -> Iterator[Place]:
    """Yield where an Action is shown, in every file that is loaded."""
    for owner in (*bpy.data.shape_keys, *bpy.data.objects):
        for track, strip in _strips(owner, action):
            yield Place(owner, track, strip)


def all_places() -> dict[int, list[Place]]:
    """Return where each Action of ours is shown, by its number: for many at once this looks at the file once."""
    found: dict[int, list[Place]] = {}
    for owner in (*bpy.data.shape_keys, *bpy.data.objects):
        if owner.animation_data is not None:
            for track in owner.animation_data.nla_tracks:
                for strip in track.strips:
                    if strip.action is not None and TAKE in strip.action:
                        found.setdefault(strip.action.session_uid, []).append(Place(owner, track, strip))
    return found


def _strips(owner: Any, action: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the NLA strips of a data-block that play an Action, each with its track."""
    if owner.animation_data is not None:
        for track in owner.animation_data.nla_tracks:
            for strip in track.strips:
                if strip.action == action:
                    yield track, strip


def show(action: Any, target: Target, first: float, last: float) -> None:
    """Put an Action on an NLA track of its own, above all others, from one position to another.

    Where the Action is on the data-block already, its strip stays as the artist has put, scaled or trimmed it.
    Raises InputError if the data-block takes no track.
    """
    owner = target.block()
    curves = bag_for(action, slot_for(action, target)).fcurves
    if next((place for place in places(action) if place.owner == owner), None) is None:
        if not len(curves):
            return  # nothing of it moves
        animation = owner.animation_data_create()
        if animation is None:
            raise InputError(f"'{owner.name}' cannot be animated in this file; make a library override of it")
        if animation.use_tweak_mode:
            raise InputError(f"a strip of '{owner.name}' is being edited in the NLA; leave it (Tab) and animate again")
        hold_at_rest(owner, curves)
        track = animation.nla_tracks.new()
        track.name = action.name
        strip = track.strips.new(action.name, round(first), action)
        strip.action_slot = slot_for(action, target)
        strip.blend_type = target.blend
        strip.extrapolation = "NOTHING"  # before and after, what lies below shows again
        put(strip, first, last, first)
    else:
        hold_at_rest(owner, curves)  # a dial may have moved something more


def put(strip: Any, first: float, last: float, at: float) -> None:
    """Have a strip play its Action from one position to another, at its own speed, from a place in the NLA on."""
    strip.use_sync_length = False
    strip.scale, strip.repeat = 1.0, 1.0
    strip.action_frame_start, strip.action_frame_end = first, last
    strip.frame_start_raw, strip.frame_end_raw = at, at + last - first


def set_shown(action: Any, shown: bool) -> None:
    """Let an Action play or rest."""
    for place in places(action):
        place.track.mute = not shown


def why_locked(action: Any) -> str:
    """Return why an Action of ours is not to be changed; "" when it may be."""
    if not action.is_editable:
        return f"Action '{action.name}' is linked from another file"
    for place in places(action):
        if place.track.lock:
            return f"the NLA track '{place.track.name}' of '{place.owner.name}' is locked; unlock it in the NLA editor"
        if place.owner.animation_data.use_tweak_mode:
            return f"a strip of '{place.owner.name}' is being edited in the NLA; leave it (Tab) first"
    return ""


def remove(action: Any) -> None:
    """Take an Action of ours away with its strips, and with its tracks if nothing else lies on them.

    What it moved goes to where it rested before, unless something else moves it: Blender would leave it as it happens
    to be.
    """
    for place in list(places(action)):
        for slot in [slot for slot in action.slots if slot.target_id_type == place.owner.id_type]:
            if slot == place.strip.action_slot or place.strip.action_slot is None:  # which somebody may have cleared
                to_rest(place.owner, bag_for(action, slot).fcurves)
        place.track.strips.remove(place.strip)
        if not place.track.strips:
            place.owner.animation_data.nla_tracks.remove(place.track)
        let_go(place.owner)
    bpy.data.actions.remove(action)


def remember(action: Any, fingerprint: int) -> None:
    """Note what an Action holds as we leave it."""
    action[TAKE] = fingerprint


def remembered(action: Any) -> int:
    """Return what was noted last."""
    return int(action[TAKE])
