"""The phones of a take: going to them, correcting them, and regenerating the corrected part."""

import zlib
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from bpy.props import IntProperty

from audio2blend.clip import FRAME_RATE
from audio2blend.correction import with_phones
from audio2blend.prediction import Prediction

from ..client import modal
from ..client.reports import allows, guarded
from ..keys.placing import Placing
from ..state import events
from ..state.listed import quietly
from ..state.properties import active_speaker, active_take
from . import edits, takes

_SHORTEST_S = float(1 / FRAME_RATE)
"""No phone is shorter than a frame of the network's."""


def fill(take: Any, phones: Any) -> None:
    """Put phones (label, start, end in seconds) into a take's list."""
    with quietly():
        take.phones.clear()
        for label, _, _ in phones:
            take.phones.add().label = label
        for name, times in zip(("start_s", "end_s"), ([phone[at] for phone in phones] for at in (1, 2)), strict=True):
            take.phones.foreach_set(name, np.array(times, np.float32))  # twice as fast as one by one


@events.phone_changed.connect
def corrected(phone: Any, edge: str) -> None:
    """Mark a phone as changed; where `edge`, "start_s" or "end_s", was moved, the phone beside it goes along."""
    path, _, number = phone.path_from_id().rpartition("[")
    phones, index = phone.id_data.path_resolve(path), int(number.rstrip("]"))
    with quietly():
        phone.edited = True
        if edge:
            left, right = (index - 1, index) if edge == "start_s" else (index, index + 1)
            earliest = phones[left].start_s + _SHORTEST_S if left >= 0 else 0.0
            latest = phones[right].end_s - _SHORTEST_S if right < len(phones) else float("inf")
            border = min(max(getattr(phone, edge), earliest), latest)
            if left >= 0:
                phones[left].end_s, phones[left].edited = border, True
            if right < len(phones):
                phones[right].start_s, phones[right].edited = border, True


def _take(context: Any) -> Any:
    speaker = active_speaker(context)
    return active_take(speaker) if speaker else None


def why_not_reset(context: Any) -> str:
    """Return what is in the way of restoring the detected phones, or ""."""
    return "" if _take(context) else "There is no take yet; press Animate first"


def why_not_choose(context: Any) -> str:
    """Return what is in the way of changing the phone that is selected, or ""."""
    take = _take(context)
    if take is None:
        return why_not_reset(context)
    return "" if 0 <= take.active_phone < len(take.phones) else "Select a phone in the list first"


def why_not_rerun(context: Any) -> str:
    """Return what is in the way of regenerating the corrected phones, or ""."""
    take = _take(context)
    if take is None:
        return why_not_reset(context)
    if reason := modal.why_not(context):
        return reason
    if any(phone.edited for phone in take.phones):
        return ""
    return "No phone was changed; edit a name or a time in the list"


class A2B_OT_phone_jump(bpy.types.Operator):
    """Go to the frame where the phone starts"""

    bl_idname, bl_label, bl_options = "audio2blend.phone_jump", "Jump to Phone", {"UNDO", "INTERNAL"}

    index: IntProperty(name="Phone", description="Its index in the list, counted from 0", min=0)

    def execute(self, context: Any) -> set[str]:
        """Select it and go there."""
        take = _take(context)
        if take is None or self.index >= len(take.phones):
            self.report({"ERROR"}, f"There is no phone {self.index} in the list")
            return {"CANCELLED"}
        take.active_phone = self.index
        frame = Placing.of(context.scene, take).frame(take.phones[self.index].start_s)
        context.scene.frame_set(int(frame // 1), subframe=frame % 1)
        return {"FINISHED"}


class _ChangesPhone:
    """What operators on the selected phone share."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_choose(context))


class A2B_OT_phone_add(_ChangesPhone, bpy.types.Operator):
    """Split the selected phone in two, so that its second half can be another phone"""

    bl_idname, bl_label, bl_options = "audio2blend.phone_add", "Add Phone", {"UNDO", "INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Divide it in the middle."""
        take = _take(context)
        index = take.active_phone
        second = take.phones.add()
        first = take.phones[index]  # not before: adding may move it
        with quietly():
            middle = (first.start_s + first.end_s) / 2
            second.label, second.start_s, second.end_s, second.edited = first.label, middle, first.end_s, True
            first.end_s, first.edited = middle, True
            take.phones.move(len(take.phones) - 1, index + 1)
            take.active_phone = index + 1
        return {"FINISHED"}


class A2B_OT_phone_remove(_ChangesPhone, bpy.types.Operator):
    """Remove the selected phone; the one before it is extended to its end"""

    bl_idname, bl_label, bl_options = "audio2blend.phone_remove", "Remove Phone", {"UNDO", "INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Remove it and close the gap."""
        take = _take(context)
        index = take.active_phone
        start_s, end_s = take.phones[index].start_s, take.phones[index].end_s
        take.phones.remove(index)
        with quietly():
            if index > 0:
                take.phones[index - 1].end_s, take.phones[index - 1].edited = end_s, True
            elif take.phones:
                take.phones[0].start_s, take.phones[0].edited = start_s, True
            take.active_phone = min(index, len(take.phones) - 1)
        return {"FINISHED"}


class A2B_OT_phones_reset(bpy.types.Operator):
    """Restore the phones that the network detected"""

    bl_idname, bl_label, bl_options = "audio2blend.phones_reset", "Restore Detected Phones", {"UNDO", "INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_reset(context))

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Read them from the take's file."""
        take = _take(context)
        before = [(phone.label, phone.start_s, phone.end_s) for phone in take.phones]
        original = Prediction.read(Path(take.heard_path or take.clip_path)).phones
        fill(take, original)
        if take.heard_path and before != original:
            for phone in take.phones:
                phone.edited = True
        return {"FINISHED"}


class A2B_OT_rerun(bpy.types.Operator):
    """Regenerate the animation of the corrected phones; the rest of the take is kept"""

    bl_idname, bl_label, bl_options = "audio2blend.rerun", "Regenerate Corrected Phones", {"UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_rerun(context))

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Write the corrected prediction beside the original, and show it."""
        speaker = active_speaker(context)
        take = active_take(speaker)
        edits.ready(context, speaker, take)  # or else the list would say what the face does not
        original = Path(take.heard_path or take.clip_path)
        phones = [(phone.label, phone.start_s, phone.end_s) for phone in take.phones]
        # A file for each list of phones: undoing brings back the name of one that is still there.
        target = original.with_stem(f"{original.stem}-{zlib.crc32(repr(phones).encode()):08x}")
        with_phones(Prediction.read(original), phones).write(target)
        with quietly():
            take.clip_path, take.heard_path = str(target), str(original)
            for phone in take.phones:
                phone.edited = False
        takes.reweigh(speaker, speaker.active_take)
        if take.blocked:
            self.report({"WARNING"}, take.blocked)
        return {"FINISHED"}


CLASSES = (
    A2B_OT_phone_jump,
    A2B_OT_phone_add,
    A2B_OT_phone_remove,
    A2B_OT_phones_reset,
    A2B_OT_rerun,
)
