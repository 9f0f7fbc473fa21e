"""Playing a take with its sound in sync, hearing it while the playhead is dragged, and room for it in the scene."""

from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as said

from ..client.reports import allows, guarded
from ..keys.diagnose import why_not_playing
from ..keys.placing import Placing
from ..scene import sequencer
from ..state.properties import active_speaker, active_take
from . import following

_before: tuple[Any, bool, int, int] | None = None
"""The scene that is playing a take, and its preview range as it was: used or not, from, to."""


def range_of(scene: Any, take: Any) -> tuple[int, int]:
    """Return the first and the last frame of a take in a scene: where its NLA strip plays it and its sound sounds."""
    placing = Placing.of(scene, take)
    first = round(max(placing.start, placing.first))
    end = round(min(placing.frame(take.duration_s), placing.last + 1))
    return first, max(first, end - 1)


def missing_range(scene: Any) -> tuple[int, int] | None:
    """Return from where to where the scene would have to go for all takes to be in it; None if they are."""
    ranges = [range_of(scene, take) for speaker in scene.audio2blend.speakers for take in speaker.takes]
    first = min([scene.frame_start, *(max(0, first) for first, _ in ranges)])
    last = max([scene.frame_end, *(last for _, last in ranges)])
    return None if (first, last) == (scene.frame_start, scene.frame_end) else (first, last)


class A2B_OT_fit_scene(bpy.types.Operator):
    """Extend the scene's frame range to include all takes"""

    bl_idname, bl_label, bl_options = "audio2blend.fit_scene", "Fit Scene to Takes", {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, "" if missing_range(context.scene) else "All takes lie within the frame range of the scene")

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Lengthen it."""
        found = missing_range(context.scene)
        if found is not None:
            context.scene.frame_start, context.scene.frame_end = found
            self.report({"INFO"}, said("The scene now has frames {} to {}").format(*found))
        return {"FINISHED"}


def why_not_play(context: Any) -> str:
    """Return what is in the way of playing the take, or ""."""
    speaker = active_speaker(context)
    if speaker is None or active_take(speaker) is None:
        return "There is no take yet; press Animate first"
    return "Playing needs a window" if bpy.app.background else ""


class A2B_OT_play(bpy.types.Operator):
    """Play or stop the take in sync with its sound; adds a sound strip to the sequencer if there is none"""

    bl_idname, bl_label, bl_options = "audio2blend.play", "Play", {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_play(context))

    def execute(self, context: Any) -> set[str]:
        """Stop what plays, or else prepare the scene and play."""
        if context.screen.is_animation_playing:
            bpy.ops.screen.animation_cancel(restore_frame=False)
            return {"FINISHED"}
        take = active_take(active_speaker(context))
        try:
            message = prepare(context.scene, take)
        except RuntimeError as error:
            message = f"{Path(take.sound).name} plays without sound: {error}"
        take.unheard = why_not_playing(take.action) if take.action is not None else ""
        for reason in filter(None, (message, take.unheard or take.blocked)):
            self.report({"WARNING"}, reason)
        first, last = range_of(context.scene, take)
        _play_only(context.scene, first, last)
        context.scene.frame_set(first)
        bpy.ops.screen.animation_play()
        return {"FINISHED"}


def prepare(scene: Any, take: Any) -> str:
    """Have a scene keep picture and sound together, sound while it is scrubbed, and hold the take's sound in a strip.

    Return why they are not together even so; "" when they are. A strip that we added goes along with the take; one of
    the artist's is left where it is. Raises RuntimeError if the sound cannot be read.
    """
    scene.sync_mode = "AUDIO_SYNC"
    scene.use_audio_scrub = True
    scene.use_audio = True
    strip = following.strip_of(scene, take)
    if strip is None:
        start = round(Placing.of(scene, take).start)
        part = sequencer.Part(start, take.from_s, take.until_s)
        take.strip = sequencer.add_sound(scene, Path(bpy.path.abspath(take.sound)), part).name
    elif sequencer.ours(strip) and not len(strip.retiming_keys):
        following.move_sound(scene, take, strip)
    return following.why_apart(scene, take)


def _play_only(scene: Any, first: int, last: int) -> None:
    """Limit playing to some frames, until it stops."""
    global _before
    _before = scene, scene.use_preview_range, scene.frame_preview_start, scene.frame_preview_end
    scene.use_preview_range = True
    scene.frame_preview_start, scene.frame_preview_end = first, last


@bpy.app.handlers.persistent
def _stopped(*_scene: Any) -> None:
    """Give the scene its preview range back."""
    global _before
    if _before is None:
        return
    (scene, used, first, last), _before = _before, None
    try:
        scene.frame_preview_start, scene.frame_preview_end = first, last
        scene.use_preview_range = used
    except ReferenceError:  # the scene is gone
        pass


CLASSES = (A2B_OT_play, A2B_OT_fit_scene)


def register() -> None:
    """Begin to listen for the end of playing."""
    bpy.app.handlers.animation_playback_post.append(_stopped)


def unregister() -> None:
    """Stop listening."""
    _stopped()
    bpy.app.handlers.animation_playback_post.remove(_stopped)
