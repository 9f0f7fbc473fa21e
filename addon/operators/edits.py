"""Keyframes that an artist edited: kept apart from those that are made, so that they survive making them again."""

import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy

from audio2blend.edits import Edits
from audio2blend.errors import InputError
from audio2blend.prediction import Prediction

from ..client.reports import allows, guarded
from ..keys import actions, plan
from ..keys.timing import Timing
from ..scene import motion
from ..state.properties import active_speaker, active_take
from . import takes


def why_not_keep(context: Any) -> str:
    """Return why there is nothing to keep, or ""."""
    speaker = active_speaker(context)
    take = active_take(speaker) if speaker else None
    if take is None:
        return "There is no take yet; press Animate first"
    if take.action is None:
        return "The Action of the take was deleted; animate the line again"
    if reason := actions.why_locked(take.action):
        return reason
    return "" if plan.why_edited(take.action) else "No keyframe of the take was edited"


def keep(context: Any, speaker: Any, take: Any) -> None:
    """Write what the keys of a take differ by from those that were made, and let the take have it from now on.

    The keys are ours again: whatever makes them anew does the edits on top.
    """
    how = plan.Plan.of(speaker, take, Timing.of_take(context.scene, take))
    edited = motion.keys_of(how, take.action, take.duration_s)
    path = Path(bpy.path.abspath(take.clip_path))
    made = _made(replace(how, edits=None), path, take.duration_s).select(edited.channels)
    edits = Edits.between(made, edited, of="character")
    # A file for each state of the keys: undoing brings back the name of one that is still there.
    key = zlib.crc32(f"{take.action.name}{plan.state(take.action)}".encode())
    target = path.with_name(f"{path.stem}-{key:08x}.edits.json")
    edits.write(target)
    take.edits_path = str(target)
    actions.remember(take.action, plan.state(take.action))


def ready(context: Any, speaker: Any, take: Any) -> None:
    """Make a take ready for other keys, with what an artist did to them kept. Raises InputError if it is locked."""
    if take.action is not None and plan.why_edited(take.action) and not actions.why_locked(take.action):
        keep(context, speaker, take)
    if reason := takes.why_not_weigh(take):
        raise InputError(reason)


def _made(how: plan.Plan, prediction: Path, duration_s: float) -> Any:
    """Return the values of the keys as we make them: of an Action that is there for a moment."""
    keys, action = how.keys(Prediction.read(prediction)), actions.new_action("made")
    try:
        for _ in plan.write_all(action.name, action.session_uid, keys):
            pass
        return motion.keys_of(how, action, duration_s)
    finally:
        bpy.data.actions.remove(action)


class A2B_OT_edits_keep(bpy.types.Operator):
    """Keep your edits of the take's keyframes in a file, and let its settings change it again with the edits on top"""

    bl_idname, bl_label, bl_options = "audio2blend.edits_keep", "Keep Edits", {"UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_keep(context))

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Keep them, and write the keys with them."""
        speaker = active_speaker(context)
        take = active_take(speaker)
        keep(context, speaker, take)
        takes.reweigh(speaker, speaker.active_take)
        self.report({"INFO"}, f"{take.edits_path}")
        return {"FINISHED"}


CLASSES = (A2B_OT_edits_keep,)
