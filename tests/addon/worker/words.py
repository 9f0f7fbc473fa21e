"""Runs in Blender: takes that go by a transcript, words that are corrected, captions, and edits that are kept."""

import json
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from rigs import Rig
from tests.support.worker.scenes import curves_of_shapes, extension, keyed, put, refusal, speaker

SAYING = "Hello! Bob and Mary have five big maple muffins, and you may pick one."
_SAID = ("jawOpen", "mouthClose", "eyeBlinkLeft")


def _curves(action: Any) -> dict[str, Any]:
    curves = curves_of_shapes(action)
    return {name: keyed(curves[name]) for name in _SAID}


def _words(take: Any) -> list[Any]:
    return [[word.text, word.start_s, word.end_s, word.confidence, word.number] for word in take.words]


def _speaker(rig: Rig, sound: Path, **settings: Any) -> Any:
    someone = speaker(put(rig, name="Hero"))
    someone.sound = str(sound)
    for name, value in settings.items():
        setattr(someone, name, value)
    return someone


def corrected(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return a take by its words before a word is corrected and after it, and its captions."""
    with extension():
        someone = _speaker(rig, sound, text=SAYING, language="en-US")
        bpy.ops.audio2blend.animate(quality="live")
        take = someone.takes[0]
        before, words, action = _curves(take.action), _words(take), take.action
        nothing = refusal(bpy.ops.audio2blend.words_rerun)
        word = next(word for word in take.words if word.text == "you")
        word.text = "boom"
        rate = bpy.context.scene.render.fps
        span = [word.start_s * rate, word.end_s * rate]
        bpy.ops.audio2blend.words_rerun()
        after = _curves(take.action)
        beside = json.loads(Path(take.alignment_path).read_text("utf-8"))
        bpy.ops.audio2blend.captions_add()
        bpy.ops.audio2blend.captions_add()
        strips = [
            [strip.text, strip.frame_final_start, strip.frame_final_end, strip.channel]
            for strip in bpy.context.scene.sequence_editor.strips
            if strip.type == "TEXT"
        ]
        return {
            "before": before, "after": after, "words": words, "later": _words(take), "nothing": nothing,
            "frames": span, "same action": take.action == action, "blocked": take.blocked, "beside": beside,
            "strips": strips, "problems": take.text_problems,
        }  # fmt: skip


def modes(*, rig: Rig, sound: Path, text: Path, progress: Any) -> dict[str, Any]:
    """Return how many words takes have, by mode and by where the transcript is."""
    with extension():
        someone = _speaker(rig, sound, text=SAYING)
        found: dict[str, Any] = {}

        def animate(name: str) -> None:
            bpy.ops.audio2blend.animate(quality="live")
            take = someone.takes[-1]
            found[name] = [len(take.words), take.mode, _curves(take.action)["jawOpen"]]

        animate("no language")
        someone.language = "en-US"
        animate("hybrid")
        someone.mode = "TEXT"
        animate("text")
        someone.mode = "AUDIO"
        animate("audio")
        someone.mode, someone.text = "HYBRID", "Wombats bring pumpkins to a blue mountain people admire."
        animate("another text")
        found["problems"] = someone.takes[-1].text_problems
        someone.text_file = str(text)
        animate("file")
        block = bpy.data.texts.new("line")
        block.write(SAYING)
        someone.text_block, someone.text_file = block, ""
        animate("block")
        return found


def edited_words(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return a take's words as they are split and removed, and what is said where words overlap."""
    with extension():
        someone = _speaker(rig, sound, text=SAYING, language="en-US")
        bpy.ops.audio2blend.animate(quality="live")
        take = someone.takes[0]
        count = len(take.words)
        take.active_word = 0
        bpy.ops.audio2blend.word_add()
        added = _words(take)[:2]
        take.active_word = 0
        bpy.ops.audio2blend.word_remove()
        bpy.ops.audio2blend.words_rerun()
        removed = len(take.words)
        take.words[1].start_s = 0.0
        overlap = refusal(bpy.ops.audio2blend.words_rerun)
        bpy.ops.audio2blend.word_jump(index=2)
        scene = bpy.context.scene
        at = (scene.frame_float - take.start_frame) / scene.render.fps - take.words[2].start_s
        return {"count": count, "added": added, "removed": removed, "overlap": overlap, "at": at}


def _raise(action: Any, first: int, last: int) -> None:
    curve = curves_of_shapes(action)["eyeBlinkLeft"]
    for point in curve.keyframe_points:
        if first <= point.co.x <= last:
            for place in (point.co, point.handle_left, point.handle_right):
                place.y += 0.25
    curve.update()


def kept(*, rig: Rig, sound: Path, keys: str, progress: Any) -> dict[str, Any]:
    """Return curves before an artist raised some keys, after it, and after a control and a phone changed."""
    with extension():
        someone = _speaker(rig, sound, keys=keys)
        bpy.ops.audio2blend.animate(quality="live")
        take = someone.takes[0]
        nothing = refusal(bpy.ops.audio2blend.edits_keep)
        frames = np.arange(1, 100)

        def sampled() -> Any:
            return np.array([curves_of_shapes(take.action)["eyeBlinkLeft"].evaluate(frame) for frame in frames])

        before = sampled()
        _raise(take.action, 40, 50)
        hand = sampled()
        take.strength = 0.5
        blocked = take.blocked
        bpy.ops.audio2blend.edits_keep()
        strength, weaker = keyed(curves_of_shapes(take.action)["jawOpen"]), sampled()
        take.strength = 1.0
        again = sampled()
        _raise(take.action, 52, 95)
        twice = sampled()
        phone = next(phone for phone in take.phones if phone.label != "sil")
        phone.label = "p"
        bpy.ops.audio2blend.rerun()
        return {
            "before": before, "hand": hand, "weaker": weaker, "again": again, "twice": twice, "rerun": sampled(),
            "jaw": float(np.max(strength)), "blocked": blocked, "after": take.blocked, "nothing": nothing,
            "file": Path(take.edits_path).read_text("utf-8"),
        }  # fmt: skip
