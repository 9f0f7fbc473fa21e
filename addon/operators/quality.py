"""How good the take is: measured against its sound and, where it is known, what is said."""

from collections.abc import Sequence
from typing import Any

import bpy
from bpy.props import CollectionProperty, EnumProperty, FloatProperty, PointerProperty, StringProperty

from ..client.modal import Request, ServiceOperator
from ..client.reports import allows
from ..scene import motion
from ..state.properties import active_speaker, active_take, part_of, spoken_text
from .export import sound_of, why_not_export


class A2B_PG_measure(bpy.types.PropertyGroup):
    """The quality measures of a take and their verdict"""

    label: StringProperty(name="Measure", description="Name of the measure")
    value: StringProperty(name="Value", description="The measured value")
    wanted: StringProperty(name="Target", description="The limits of a good take, or why it was not measured")
    verdict: EnumProperty(
        name="Verdict",
        description="Whether the measure passes",
        items=[("pass", "Good", ""), ("fail", "Not good", ""), ("info", "For Information", "")],
    )


class A2B_PG_open(bpy.types.PropertyGroup):
    """A place at which the lips should close and do not"""

    at_s: FloatProperty(name="Time", description="Time from the start of the sound", unit="TIME_ABSOLUTE")
    label: StringProperty(name="Where", description="The letter and its word")


class A2B_PG_quality(bpy.types.PropertyGroup):
    """What was found out about a take; it is not saved"""

    take: StringProperty(name="Take", description="The take that was measured", options={"SKIP_SAVE"})
    measures: CollectionProperty(type=A2B_PG_measure, name="Measures", description="All quality measures of the take")
    still_open: CollectionProperty(type=A2B_PG_open, name="Open", description="Where its lips stay open on p, b or m")


class A2B_OT_quality(ServiceOperator, bpy.types.Operator):
    """Measure the active take: lip closures on p, b and m, timing and jitter"""

    bl_idname, bl_label = "audio2blend.quality", "Check Quality"
    bl_options = {"INTERNAL"}  # noqa: RUF012  # nothing to undo

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_export(context))

    def request(self, context: Any) -> Sequence[Request]:
        """Ask for the measures of the take as it is on the character."""
        speaker = active_speaker(context)
        take = active_take(speaker)
        assert speaker is not None
        assert take is not None
        sound = sound_of(take)
        self._take = take.name
        asked = {
            "take": str(motion.save(context, speaker, take)),
            "clip": bpy.path.abspath(take.clip_path),
            "speech": str(sound),
            "part": part_of(take),
            "text": spoken_text(speaker) if speaker.sound == take.sound and part_of(speaker) == part_of(take) else "",
        }
        return [("qa", asked)]

    def finish(self, context: Any, results: list[Any]) -> set[str]:
        """Keep them for the panel."""
        (result,) = results
        found = context.window_manager.audio2blend_quality
        found.take = self._take
        found.measures.clear()
        found.still_open.clear()
        for measured in result["measures"]:
            measure = found.measures.add()
            for name in ("label", "value", "wanted", "verdict"):
                setattr(measure, name, measured[name])
        for at_s, label in result["open"]:
            place = found.still_open.add()
            place.at_s, place.label = at_s, label
        judged = [measure.verdict for measure in found.measures if measure.verdict != "info"]
        self.report({"INFO"}, f"{judged.count('pass')} of {len(judged)} measures are good")
        return {"FINISHED"}


def forget(take: Any) -> None:
    """Forget what was measured of a take, which is about to move in another way."""
    found = bpy.context.window_manager.audio2blend_quality
    if found.take == take.name:
        found.take = ""


CLASSES = (A2B_PG_measure, A2B_PG_open, A2B_PG_quality, A2B_OT_quality)


def register() -> None:
    """Give the window a place for what was found."""
    bpy.types.WindowManager.audio2blend_quality = PointerProperty(type=A2B_PG_quality)


def unregister() -> None:
    """Take it away."""
    del bpy.types.WindowManager.audio2blend_quality
