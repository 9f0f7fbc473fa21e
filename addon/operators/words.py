"""The words of a take: going to them, correcting them, and regenerating the corrected part."""

import zlib
from pathlib import Path
from typing import Any

import bpy
from bpy.props import IntProperty

from audio2blend.align.problems import DOUBTFUL
from audio2blend.errors import InputError

from ..client import modal
from ..client.modal import Request, ServiceOperator
from ..client.reports import allows
from ..keys.placing import Placing
from ..state import events
from ..state.listed import quietly
from ..state.properties import active_speaker, active_take, part_of, place_of, speaker_at
from . import edits, refine, takes


def fill(take: Any, reply: Any) -> None:
    """Put what the child process replies about words into a take's list; nothing where the take goes by none."""
    with quietly():
        take.words.clear()
        for number, (text, start_s, end_s, confidence) in enumerate(reply.get("words", ())):
            word = take.words.add()
            word.text, word.start_s, word.end_s, word.number = text, start_s, end_s, number
            word.confidence = confidence
            if end_s <= start_s:
                word.problem = "This word was not found in the sound"
            elif confidence < DOUBTFUL:
                word.problem = "This word does not fit the sound here; the lips do not go by it"
        take.text_problems = "\n".join(sentence for _, sentence in reply.get("problems", ()))
        take.alignment_path = reply.get("alignment", "")


@events.word_changed.connect
def corrected(word: Any) -> None:
    """Mark a word as changed, and keep its times in order."""
    with quietly():
        word.number = -1
        word.end_s = max(word.end_s, word.start_s)


def _take(context: Any) -> Any:
    speaker = active_speaker(context)
    return active_take(speaker) if speaker else None


def why_not_choose(context: Any) -> str:
    """Return what is in the way of changing the word that is selected, or ""."""
    take = _take(context)
    if take is None:
        return "There is no take yet; press Animate first"
    return "" if 0 <= take.active_word < len(take.words) else "Select a word in the list first"


def why_not_rerun(context: Any) -> str:
    """Return what is in the way of regenerating the corrected words, or ""."""
    take = _take(context)
    if take is None:
        return "There is no take yet; press Animate first"
    if reason := modal.why_not(context):
        return reason
    if any(word.number < 0 for word in take.words) or take.words_removed:
        return ""
    return "No word was changed; edit a word or a time in the list"


class A2B_OT_word_jump(bpy.types.Operator):
    """Go to the frame where the word starts"""

    bl_idname, bl_label, bl_options = "audio2blend.word_jump", "Jump to Word", {"UNDO", "INTERNAL"}

    index: IntProperty(name="Word", description="Its index in the list, counted from 0", min=0)

    def execute(self, context: Any) -> set[str]:
        """Select it and go there."""
        take = _take(context)
        if take is None or self.index >= len(take.words):
            self.report({"ERROR"}, f"There is no word {self.index} in the list")
            return {"CANCELLED"}
        take.active_word = self.index
        frame = Placing.of(context.scene, take).frame(take.words[self.index].start_s)
        context.scene.frame_set(int(frame // 1), subframe=frame % 1)
        return {"FINISHED"}


class _ChangesWord:
    """What operators on the selected word share."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_choose(context))


class A2B_OT_word_add(_ChangesWord, bpy.types.Operator):
    """Split the selected word in two, so that its second half can be another word"""

    bl_idname, bl_label, bl_options = "audio2blend.word_add", "Add Word", {"UNDO", "INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Divide it in the middle."""
        take = _take(context)
        index = take.active_word
        second = take.words.add()
        first = take.words[index]  # not before: adding may move it
        with quietly():
            middle = (first.start_s + first.end_s) / 2
            second.text, second.start_s, second.end_s, second.number = first.text, middle, first.end_s, -1
            first.end_s, first.number = middle, -1
            take.words.move(len(take.words) - 1, index + 1)
            take.active_word = index + 1
        return {"FINISHED"}


class A2B_OT_word_remove(_ChangesWord, bpy.types.Operator):
    """Remove the selected word; the network alone moves the lips there"""

    bl_idname, bl_label, bl_options = "audio2blend.word_remove", "Remove Word", {"UNDO", "INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Remove it."""
        take = _take(context)
        with quietly():
            take.words.remove(take.active_word)
            take.active_word = min(take.active_word, len(take.words) - 1)
            take.words_removed = True
        return {"FINISHED"}


class A2B_OT_words_rerun(ServiceOperator, bpy.types.Operator):
    """Regenerate the animation of the corrected words; the rest of the take is kept"""

    bl_idname, bl_label = "audio2blend.words_rerun", "Regenerate Corrected Words"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_rerun(context))

    def request(self, context: Any) -> list[Request]:
        """Ask for the take by its words as they are now."""
        speaker = active_speaker(context)
        take = active_take(speaker)
        edits.ready(context, speaker, take)  # or else the list would say what the face does not
        self._place, self._take = place_of(speaker), take.action.session_uid
        words = [[word.number, word.text, word.start_s, word.end_s] for word in take.words]
        original = Path(take.without_text_path)
        # A file for each list of words: undoing brings back the name of one that is still there.
        key = zlib.crc32(repr((words, take.mode, take.alignment_path)).encode())
        asked = {
            "speech": bpy.path.abspath(take.sound),
            "part": part_of(take),
            "without_text": str(original),
            "alignment": take.alignment_path,
            "words": words,
            "language": take.language,
            "mode": take.mode.lower(),
            "output": str(original.with_stem(f"{original.stem}-words-{key:08x}")),
        }
        return [("words", asked)]

    def finish(self, context: Any, results: list[Any]) -> set[str]:
        """Show what came back."""
        speaker = speaker_at(*self._place)
        index = next((at for at, one in enumerate(speaker.takes) if _is(one, self._take)), None)
        if index is None:
            raise InputError("the take no longer exists; animate again")
        take, (reply,) = speaker.takes[index], results
        if take.heard_path:
            self.report({"WARNING"}, "The phones that were corrected are those of the words again")
        with quietly():
            take.clip_path, take.heard_path, take.words_removed = reply["clip"], "", False
        fill(take, reply)
        refine.fill(take, reply["phones"])
        takes.reweigh(speaker, index)
        if take.blocked:
            self.report({"WARNING"}, take.blocked)
        return {"FINISHED"}


def _is(take: Any, uid: int) -> bool:
    return take.action is not None and take.action.session_uid == uid


CLASSES = (A2B_OT_word_jump, A2B_OT_word_add, A2B_OT_word_remove, A2B_OT_words_rerun)
