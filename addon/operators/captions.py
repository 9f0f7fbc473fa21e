"""Captions of a take as text strips in the sequencer."""

from fractions import Fraction
from typing import Any

import bpy
from bpy.props import EnumProperty

from audio2blend import captions
from audio2blend.align import AlignedWord, Alignment
from audio2blend.errors import InputError

from ..client.reports import allows, guarded
from ..keys.placing import Placing
from ..scene import sequencer
from ..state.properties import active_speaker, active_take, spoken_text
from .words import why_not_choose

_BY_LANGUAGE = "AUTOMATIC"


def why_not_add(context: Any) -> str:
    """Return why there is nothing to make captions of, or ""."""
    speaker = active_speaker(context)
    take = active_take(speaker) if speaker else None
    if take is None:
        return why_not_choose(context)
    return "" if any(word.end_s > word.start_s for word in take.words) else "The take has no words with times"


class A2B_OT_captions_add(bpy.types.Operator):
    """Add the words of the take to the sequencer as captions, text strips that begin and end with them; those added before are replaced"""  # noqa: E501

    bl_idname, bl_label, bl_options = "audio2blend.captions_add", "Add Captions", {"REGISTER", "UNDO"}

    rules: EnumProperty(
        name="Rules",
        description="How long captions stay and how wide they are",
        items=[
            (_BY_LANGUAGE, "By Language", "Those of Netflix for the language of the transcript"),
            *((name, name, "") for name in captions.names()),
        ],
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_add(context))

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Replace the strips of the take."""
        speaker = active_speaker(context)
        take = active_take(speaker)
        scene = sequencer.edited_scene(context)
        rules = captions.rules(_rules(take.language) if self.rules == _BY_LANGUAGE else self.rules)
        alignment = Alignment(
            words=tuple(AlignedWord(text=word.text, start_s=word.start_s, end_s=word.end_s) for word in take.words),
            duration_s=take.duration_s,
            aligner="",
            language=take.language or rules.language,
        )
        rate = Fraction(scene.render.fps) / Fraction(scene.render.fps_base).limit_denominator(1001)
        try:
            shown = captions.captions(alignment, rules, text=spoken_text(speaker) or None, frame_rate=rate)
        except ValueError as error:
            raise InputError(f"no captions can be made ({error}); correct the words") from None
        placing = Placing.of(take.id_data, take)
        sequencer.replace_captions(
            scene,
            take.name,
            [(caption.text, placing.frame(caption.start_s), placing.frame(caption.end_s)) for caption in shown],
        )
        for problem in captions.violations(shown, rules):
            self.report({"WARNING"}, str(problem))
        self.report({"INFO"}, f"{len(shown)} captions were added to the sequencer")
        return {"FINISHED"}


def _rules(language: str) -> str:
    """Return the rules for a language, Netflix's for any language where it has none of its own."""
    name = f"netflix-{language.partition('-')[0].lower()}"
    return name if name in captions.names() else "netflix"


CLASSES = (A2B_OT_captions_add,)
