"""An Action that holds what a take moves: it goes below the take, where it plays on and keeps every key."""

from collections.abc import Iterator
from typing import Any

import bpy

from audio2blend.errors import InputError

from ..client import modal
from ..client.reports import allows, guarded
from ..keys import actions
from ..keys.covered import covered
from ..keys.diagnose import why_not_playing
from ..keys.rest import TAKE, curves_of
from ..scene import character
from ..state.properties import active_speaker, active_take


def holding(take: Any) -> Iterator[Any]:
    """Yield the data-blocks whose own Action moves what a take moves too, and so lies over it."""
    if take.action is None:
        return
    for place in actions.places(take.action):
        own = place.owner.animation_data
        theirs = {curve.data_path for curve in curves_of(own.action, own.action_slot)}
        if theirs & {curve.data_path for curve in curves_of(take.action, place.strip.action_slot)}:
            yield place.owner


def why_not_unlink(context: Any) -> str:
    """Return why there is no Action to unlink; "" when there is."""
    speaker = active_speaker(context)
    take = active_take(speaker) if speaker is not None else None
    if take is None or next(holding(take), None) is None:
        return "No Action overrides the take"
    return modal.why_not(context) or actions.why_locked(take.action)


class A2B_OT_unlink(bpy.types.Operator):
    """Push down the Action that overrides the take to an NLA track below it; all its keyframes are kept"""

    bl_idname, bl_label, bl_options = "audio2blend.unlink", "Unlink the Action, Keep It", {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_unlink(context))

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Move it down."""
        speaker = active_speaker(context)
        assert speaker is not None
        take = active_take(speaker)
        for owner in list(holding(take)):
            own = owner.animation_data
            action, slot, blend, influence = own.action, own.action_slot, own.action_blend_type, own.action_influence
            if own.use_tweak_mode:
                raise InputError(f"a strip of '{owner.name}' is being edited in the NLA; leave it (Tab) first")
            track = _track_below_takes(owner)
            own.action = None
            track.name = action.name
            scene = context.scene
            strip = track.strips.new(action.name, round(action.frame_range[0]), action)
            strip.action_slot = slot
            first = min(action.frame_range[0], scene.frame_start)  # what is cyclic goes on over all of the scene
            actions.put(strip, first, max(action.frame_range[1], scene.frame_end, first + 1), first)
            strip.extrapolation, strip.blend_type = "HOLD", blend
            if influence < 1:
                strip.use_animated_influence, strip.influence = True, influence
            self.report({"INFO"}, f"'{action.name}' plays on in the NLA of '{owner.name}', below the take")
        take.blocked, take.unheard = "", why_not_playing(take.action)
        take.covered = covered(take.action, character.retarget(speaker))
        return {"FINISHED"}


def _track_below_takes(owner: Any) -> Any:
    """Return a new NLA track above all others but the takes."""
    tracks = owner.animation_data.nla_tracks
    lowest = next(at for at, track in enumerate(tracks) if any(_is_take(strip) for strip in track.strips))
    if lowest:
        return tracks.new(prev=tracks[lowest - 1])
    made = tracks.new()  # a track can be added after another, and never before the first: the takes move up
    for track in [track for track in tracks if any(_is_take(strip) for strip in track.strips)]:
        _moved_up(tracks, track)
    return made


def _is_take(strip: Any) -> bool:
    return strip.action is not None and TAKE in strip.action


def _moved_up(tracks: Any, track: Any) -> None:
    """Make a track again above all others, with its strips."""
    made, name, mute, lock = tracks.new(), track.name, track.mute, track.lock
    for strip in track.strips:
        copy = made.strips.new(strip.name, round(strip.frame_start), strip.action)
        copy.action_slot, copy.blend_type, copy.extrapolation = strip.action_slot, strip.blend_type, strip.extrapolation
        actions.put(copy, strip.action_frame_start, strip.action_frame_end, strip.frame_start)
        copy.scale, copy.repeat = strip.scale, strip.repeat
        copy.frame_start_raw, copy.frame_end_raw = strip.frame_start, strip.frame_end
        copy.mute, copy.use_reverse = strip.mute, strip.use_reverse
    tracks.remove(track)
    made.name, made.mute, made.lock = name, mute, lock


CLASSES = (A2B_OT_unlink,)
