"""The panel *Speech*: which recording, how it looks and how long it is."""

from typing import Any

import bpy

from ..client import waveform
from ..operators import animate
from ..scene import consent
from ..state.properties import active_speaker, sound_path, spoken_text
from .base import Body, OfSpeaker, in_both_editors, sentence, split
from .clock import clock
from .translations import OURS


class A2B_UL_speakers(bpy.types.UIList):
    """The speakers of a scene"""

    def draw_item(
        self, _context: Any, layout: Any, _data: Any, speaker: Any, _icon: int, _holder: Any, _name: str, index: int
    ) -> None:
        """Draw a speaker's name, and whether there are a character and a take."""
        row = layout.row(align=True)
        row.prop(speaker, "name", text="", emboss=False, icon="USER")
        if speaker.character is not None:
            row.label(text=speaker.character.name, translate=False)
        row.label(text="", icon="CHECKMARK" if speaker.takes else "BLANK1")


class Speech(Body):
    """The recording of the speech"""

    bl_label = "Speech"
    closed = False

    def draw(self, context: Any) -> None:
        """Draw the sound, its waveform and its length."""
        layout = self.layout
        speaker = active_speaker(context)
        if speaker is None or not speaker.sound:
            column = layout.column(align=True)
            column.scale_y = 1.4
            column.operator("audio2blend.sound_open", icon="FILE_FOLDER")
            column.operator("audio2blend.sound_from_strips", icon="SEQ_SEQUENCER")
            return
        row = layout.row(align=True)
        row.prop(speaker, "sound", text="")
        row.operator("audio2blend.sound_from_strips", text="", icon="SEQ_SEQUENCER")
        agreed = consent.standing(speaker)
        if agreed.required:
            layout.prop(speaker, "voice", icon="ERROR" if agreed.why_not else "CHECKMARK")
        if agreed.why_not:
            sentence(layout, context, agreed.why_not, icon="BLANK1", alert=True)
        path = sound_path(speaker)
        if path is None or not path.is_file():
            sentence(layout, context, "The file is not there; choose it again", icon="ERROR", alert=True)
            return
        wave = waveform.known(path)
        if wave is not None and wave.error:
            sentence(layout, context, wave.error, icon="ERROR", alert=True)
            return
        if wave is not None:
            waveform.draw(layout, context, wave)
        row = layout.row()
        row.label(text=path.name, translate=False)
        right = row.row()
        right.alignment = "RIGHT"
        right.label(text=clock(wave.duration_s) if wave else "…", translate=False)
        if speaker.from_s or speaker.until_s:
            column = split(layout)
            column.prop(speaker, "from_s")
            column.prop(speaker, "until_s")


class Speakers(Body):
    """Everybody who speaks in the scene"""

    bl_label = "Speakers"
    bl_translation_context = OURS
    parent = Speech

    def draw(self, context: Any) -> None:
        """Draw the list, with buttons to add and remove."""
        settings = context.scene.audio2blend
        row = self.layout.row()
        row.template_list("A2B_UL_speakers", "", settings, "speakers", settings, "active", rows=3)
        column = row.column(align=True)
        column.operator("audio2blend.speaker_add", text="", icon="ADD")
        column.operator("audio2blend.speaker_remove", text="", icon="REMOVE")


class Text(OfSpeaker):
    """What is said, and how the mouth goes by it"""

    bl_label = "Text"
    parent = Speech

    def draw(self, context: Any) -> None:
        """Draw the text, and the text of the file that may hold it."""
        speaker = active_speaker(context)
        column = split(self.layout)
        row = column.row()
        row.enabled = speaker.text_block is None and not speaker.text_file
        row.prop(speaker, "text")
        column.prop(speaker, "text_block")
        column.prop(speaker, "text_file")
        if not (spoken_text(speaker) or speaker.text_file):
            return
        column.separator()
        column.prop(speaker, "mode")
        row = column.row()
        row.enabled = speaker.mode != "AUDIO"
        row.prop(speaker, "language")
        row = column.row()
        row.enabled = speaker.mode != "AUDIO"
        row.prop(speaker, "aligner")
        if speaker.mode != "AUDIO" and not speaker.language and not animate.transcript(animate.said_by(speaker)):
            sentence(self.layout, context, "Give the language of the text, and the lips go by its words", icon="INFO")


CLASSES = (A2B_UL_speakers, *in_both_editors(Speech, Speakers, Text))
