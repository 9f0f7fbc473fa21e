"""The panel *Animate*: one button, and how the result is to be."""

from typing import Any

from bpy.app.translations import pgettext_rpt as said

from ..keys.actions import fresh_name
from ..operators import playback
from ..operators.animate import why_not_animate
from ..operators.animate_all import why_not_animate_all
from ..operators.unlink import why_not_unlink
from ..state.properties import active_speaker, active_take, sound_path
from .base import Body, OfSpeaker, button, in_both_editors, sentence, split, working


class Animate(Body):
    """Make the face say the sound"""

    bl_label = "Animate"
    closed = False

    def draw(self, context: Any) -> None:
        """Draw the button, or how far the work is; then where the result goes, or what blocks it."""
        layout = self.layout
        if not working(layout, context):
            button(layout, context, "audio2blend.animate", why_not_animate(context), icon="SHAPEKEY_DATA")
        speaker = active_speaker(context)
        if speaker is None:
            return
        if len(speaker.strips) > 1 and not context.window_manager.audio2blend.running:
            count = said("Animate All ({} strips)").format(len(speaker.strips))
            button(
                layout, context, "audio2blend.animate_all", why_not_animate_all(context),
                text=count, icon="SEQ_SEQUENCER",
            )  # fmt: skip
        column = split(layout)
        column.prop(speaker, "quality")
        column.prop(speaker, "start_frame")
        take = active_take(speaker)
        if wanted := playback.missing_range(context.scene):
            scene = context.scene
            message = said("The scene has frames {} to {}; its takes need {} to {}")
            sentence(layout, context, message.format(scene.frame_start, scene.frame_end, *wanted), icon="INFO")
            layout.operator("audio2blend.fit_scene", icon="PREVIEW_RANGE")
        if take is not None and (reason := take.unheard or take.blocked):
            sentence(layout, context, reason, icon="ERROR", alert=True)
            if not why_not_unlink(context):
                layout.operator("audio2blend.unlink", icon="UNLINKED")
        elif path := sound_path(speaker):
            row = layout.row()
            row.active = False
            row.label(
                text=said("Result: a new Action “{}”").format(fresh_name(path.stem)), translate=False, icon="ACTION"
            )
        if take is not None and take.covered:
            sentence(layout, context, f"{take.name} {take.covered}", icon="INFO")


class MotionPanel(OfSpeaker):
    """How the next take moves"""

    bl_label = "Motion"
    parent = Animate

    def draw(self, context: Any) -> None:
        """Draw the settings."""
        speaker = active_speaker(context)
        column = controls(self.layout, speaker)
        row = column.row()
        row.enabled = speaker.performance and not speaker.mouth_only
        row.prop(speaker, "seed")


class KeysPanel(OfSpeaker):
    """Which keyframes are written"""

    bl_label = "Keys"
    parent = Animate

    def draw(self, context: Any) -> None:
        """Draw the choice, and the tolerance where it matters."""
        speaker = active_speaker(context)
        column = split(self.layout)
        column.prop(speaker, "keys")
        if speaker.keys == "STEPPED":
            column.prop(speaker, "step")
            return
        row = column.row()
        row.enabled = speaker.keys == "REDUCED"
        row.prop(speaker, "tolerance")


def controls(layout: Any, holder: Any) -> Any:
    """Show the controls of a speaker or of a take, and return the column that they stand in."""
    column = split(layout)
    for name in ("strength", "jaw", "lips"):
        column.prop(holder, name, slider=True)
    column.separator()
    for name in ("smooth_ms", "lead_ms"):
        column.prop(holder, name, slider=True)
    column.separator()
    column.prop(holder, "emotion")
    row = column.row()
    row.enabled = holder.emotion not in ("neutral", "auto")
    row.prop(holder, "emotion_amount", slider=True)
    column.separator()
    column.prop(holder, "mouth_only")
    row = column.row()
    row.enabled = not holder.mouth_only
    row.prop(holder, "performance")
    parts = column.column()
    parts.enabled = holder.performance and not holder.mouth_only
    for name in ("blinks", "gaze", "head", "brows"):
        parts.prop(holder, name, slider=True)
    return column


CLASSES = in_both_editors(Animate, MotionPanel, KeysPanel)
