"""The panel *Refine*: takes to compare, settings that work at once, and the detected phones."""

from typing import Any, Final

import bpy

from ..operators.bake import why_not_bake
from ..operators.captions import why_not_add as why_no_captions
from ..operators.edits import why_not_keep
from ..operators.following import apart_from_sound, why_not_move_sound
from ..operators.playback import why_not_play
from ..operators.refine import why_not_rerun
from ..operators.words import why_not_rerun as why_not_rerun_words
from ..state.properties import active_speaker, active_take
from .animate import controls
from .base import Body, OfTake, button, in_both_editors, sentence, split
from .clock import clock

_PROBLEMS: Final = 3
"""How many disagreements of text and sound are shown."""


class A2B_UL_takes(bpy.types.UIList):
    """The takes of a speaker"""

    def draw_item(
        self, _context: Any, layout: Any, speaker: Any, take: Any, _icon: int, _holder: Any, _name: str, index: int
    ) -> None:
        """Draw a take's name, how long it is, and whether something blocks it."""
        row = layout.row(align=True)
        shown = index == speaker.active_take
        row.prop(take, "name", text="", emboss=False, icon="RADIOBUT_ON" if shown else "RADIOBUT_OFF")
        if take.unheard or take.blocked:
            row.label(text="", icon="ERROR")
        length = row.row()
        length.alignment = "RIGHT"
        length.label(text=clock(take.duration_s), translate=False)


class A2B_UL_phones(bpy.types.UIList):
    """The phones of a take"""

    def draw_item(
        self, _context: Any, layout: Any, _take: Any, phone: Any, _icon: int, _holder: Any, _name: str, index: int
    ) -> None:
        """Draw a button that goes there, the phone, whether it was corrected, and its times."""
        row = layout.row(align=True)
        row.operator("audio2blend.phone_jump", text="", icon="TIME", emboss=False).index = index
        row.label(text=phone.label, translate=False)
        row.label(text="", icon="GREASEPENCIL" if phone.edited else "BLANK1")
        times = row.row()
        times.alignment = "RIGHT"
        times.active = False
        begin, end = clock(phone.start_s, 2).removesuffix(" s"), clock(phone.end_s, 2)
        times.label(text=f"{begin} – {end}", translate=False)

    def filter_items(self, _context: Any, take: Any, name: str) -> tuple[list[int], list[int]]:
        """Filter by the phone, since phones have no names."""
        phones = getattr(take, name)
        wanted = self.filter_name
        shown = [self.bitflag_filter_item if wanted in phone.label else 0 for phone in phones] if wanted else []
        return shown, []


class A2B_UL_words(bpy.types.UIList):
    """The words of a take"""

    def draw_item(
        self, _context: Any, layout: Any, _take: Any, word: Any, _icon: int, _holder: Any, _name: str, index: int
    ) -> None:
        """Draw a button that goes there, the word, whether it was corrected or does not fit, and its times."""
        row = layout.row(align=True)
        row.operator("audio2blend.word_jump", text="", icon="TIME", emboss=False).index = index
        row.label(text=word.text, translate=False)
        row.label(text="", icon="GREASEPENCIL" if word.number < 0 else "ERROR" if word.problem else "BLANK1")
        times = row.row()
        times.alignment = "RIGHT"
        times.active = False
        begin, end = clock(word.start_s, 2).removesuffix(" s"), clock(word.end_s, 2)
        times.label(text=f"{begin} – {end}", translate=False)

    def filter_items(self, _context: Any, take: Any, name: str) -> tuple[list[int], list[int]]:
        """Filter by the text of the words."""
        wanted = self.filter_name.casefold()
        words = getattr(take, name)
        shown = [self.bitflag_filter_item if wanted in word.text.casefold() else 0 for word in words] if wanted else []
        return shown, []


class Refine(Body):
    """Compare takes and change the one that is shown"""

    bl_label = "Refine"
    closed = False

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Return whether there is a take: then it is here, and open."""
        speaker = active_speaker(context)
        return speaker is not None and len(speaker.takes) > 0

    def draw(self, context: Any) -> None:
        """Draw the takes and what can be done with them."""
        layout = self.layout
        speaker = active_speaker(context)
        row = layout.row()
        row.template_list("A2B_UL_takes", "", speaker, "takes", speaker, "active_take", rows=3)
        column = row.column(align=True)
        column.operator("audio2blend.take_delete", text="", icon="TRASH")
        take = active_take(speaker)
        if take is None:
            return
        playing = context.screen is not None and context.screen.is_animation_playing
        button(
            layout, context, "audio2blend.play", why_not_play(context),
            text="Stop" if playing else "Play", icon="PAUSE" if playing else "PLAY",
        )  # fmt: skip
        if take.blocked and not why_not_keep(context):
            layout.operator("audio2blend.edits_keep", icon="FILE_TICK")
        if apart := apart_from_sound(context):
            for reason in apart:
                sentence(layout, context, reason, icon="ERROR", alert=True)
            row = layout.row(align=True)
            row.operator("audio2blend.follow", icon="FILE_REFRESH")
            if not why_not_move_sound(context):
                row.operator("audio2blend.move_sound", icon="SEQ_SEQUENCER")


class MotionOfTake(OfTake):
    """Change the motion of the take at once, without listening to the sound again"""

    bl_label = "Motion of the Take"
    parent = Refine

    def draw(self, context: Any) -> None:
        """Draw the take's settings."""
        controls(self.layout, active_take(active_speaker(context)))


class Bake(OfTake):
    """Bake the take into your own Action"""

    bl_label = "Bake"
    parent = Refine

    def draw(self, context: Any) -> None:
        """Draw where to, and the button."""
        split(self.layout).prop(active_speaker(context), "bake_into")
        button(self.layout, context, "audio2blend.bake", why_not_bake(context), icon="ACTION")


class Words(OfTake):
    """The words of the transcript; correct them and regenerate the animation"""

    bl_label = "Words"
    parent = Refine

    def draw(self, context: Any) -> None:
        """Draw the list, what does not fit, and the buttons."""
        layout = self.layout
        take = active_take(active_speaker(context))
        if not take.words and not take.alignment_path:
            sentence(layout, context, "Give the text and its language under Speech, and animate again", icon="INFO")
            return
        row = layout.row()
        row.template_list("A2B_UL_words", "", take, "words", take, "active_word", rows=6)
        column = row.column(align=True)
        column.operator("audio2blend.word_add", text="", icon="ADD")
        column.operator("audio2blend.word_remove", text="", icon="REMOVE")
        if 0 <= take.active_word < len(take.words):
            word = take.words[take.active_word]
            column = split(layout)
            column.prop(word, "text")
            column.prop(word, "start_s")
            column.prop(word, "end_s")
            row = column.row()
            row.enabled = False
            row.prop(word, "confidence", slider=True)
            if word.problem:
                sentence(layout, context, word.problem, icon="ERROR", alert=True)
        for problem in take.text_problems.splitlines()[:_PROBLEMS]:
            sentence(layout, context, problem, icon="ERROR")
        button(layout, context, "audio2blend.words_rerun", why_not_rerun_words(context), icon="FILE_REFRESH")
        button(layout, context, "audio2blend.captions_add", why_no_captions(context), icon="FONT_DATA")


class Phones(OfTake):
    """The detected phones; correct them and regenerate the animation"""

    bl_label = "Phones"
    parent = Refine

    def draw(self, context: Any) -> None:
        """Draw the list, and the button that says it again."""
        layout = self.layout
        take = active_take(active_speaker(context))
        row = layout.row()
        row.template_list("A2B_UL_phones", "", take, "phones", take, "active_phone", rows=6)
        column = row.column(align=True)
        column.operator("audio2blend.phone_add", text="", icon="ADD")
        column.operator("audio2blend.phone_remove", text="", icon="REMOVE")
        column.separator()
        column.operator("audio2blend.phones_reset", text="", icon="LOOP_BACK")
        if 0 <= take.active_phone < len(take.phones):
            phone = take.phones[take.active_phone]
            column = split(layout)
            column.prop(phone, "label")
            column.prop(phone, "start_s")
            column.prop(phone, "end_s")
        button(layout, context, "audio2blend.rerun", why_not_rerun(context), icon="FILE_REFRESH")


CLASSES = (A2B_UL_takes, A2B_UL_words, A2B_UL_phones, *in_both_editors(Refine, MotionOfTake, Words, Phones, Bake))
