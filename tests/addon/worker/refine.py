"""Runs in Blender: takes that are corrected, weighed and played, and sounds that come from strips."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np

from rigs import Rig
from tests.support.worker.scenes import curves_of_shapes, extension, keyed, put, speaker

_SAID = ("jawOpen", "mouthClose", "eyeBlinkLeft")


def _animated(rig: Rig, sound: Path) -> Any:
    """Return a take of a new speaker."""
    someone = speaker(put(rig, name="Hero"))
    someone.sound = str(sound)
    bpy.ops.audio2blend.animate(quality="live")
    return someone.takes[0]


def _curves(action: Any) -> dict[str, Any]:
    """Return the values of some shapes' keys, by shape."""
    curves = curves_of_shapes(action)
    return {name: keyed(curves[name]) for name in _SAID}


def _phones(take: Any) -> list[Any]:
    return [[phone.label, phone.start_s, phone.end_s, phone.edited] for phone in take.phones]


def corrected(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return curves before a vowel is corrected to p, after it, and after it was brought back."""
    with extension():
        take = _animated(rig, sound)
        before, action = _curves(take.action), take.action
        rate = bpy.context.scene.render.fps
        gaps = [
            (before["jawOpen"] - before["mouthClose"])[round(p.start_s * rate) : round(p.end_s * rate)].max(initial=0)
            for p in take.phones
        ]
        phone = take.phones[int(np.argmax(gaps))]
        phone.label = "p"
        heard = take.clip_path
        bpy.ops.audio2blend.rerun()
        after, edited = _curves(take.action), [p.edited for p in take.phones]
        files = [take.clip_path != heard, take.heard_path == heard]
        bpy.ops.audio2blend.phones_reset()
        bpy.ops.audio2blend.rerun()
        return {
            "before": before, "after": after, "back": _curves(take.action), "files": files, "edited": edited,
            "same action": take.action == action, "takes": len(speaker_of(take).takes), "blocked": take.blocked,
            "frames": [phone.start_s * rate, phone.end_s * rate],
        }  # fmt: skip


def speaker_of(take: Any) -> Any:
    """Return whose take it is."""
    from addon.state.properties import owner_of

    return owner_of(take)[0]


def edited(*, progress: Any) -> dict[str, Any]:
    """Return a list of phones after borders were moved, and phones added and removed."""
    with extension():
        from addon.operators import refine
        from addon.state.listed import quietly

        someone = speaker()
        take = someone.takes.add()
        with quietly():
            someone.active_take = 0
        heard = [("sil", 0.0, 0.1), ("p", 0.1, 0.2), ("a", 0.2, 0.4), ("sil", 0.4, 0.5)]
        refine.fill(take, heard)
        found = {"filled": _phones(take)}
        take.phones[2].start_s = 0.3
        found["later"] = _phones(take)
        take.phones[2].end_s = 9.0
        found["too late"] = _phones(take)
        refine.fill(take, heard)
        take.active_phone = 2
        bpy.ops.audio2blend.phone_add()
        found["added"], found["chosen"] = _phones(take), take.active_phone
        bpy.ops.audio2blend.phone_remove()
        found["removed"] = _phones(take)
        take.active_phone = 0
        bpy.ops.audio2blend.phone_remove()
        found["first removed"] = _phones(take)
        return found


def jumped(*, fps: int, base: float, progress: Any) -> dict[str, float]:
    """Return the time of the playhead after going to a phone at 0.5 s, in seconds from the take's start."""
    with extension():
        from addon.operators import refine
        from addon.state.listed import quietly

        scene = bpy.context.scene
        scene.render.fps, scene.render.fps_base = fps, base
        someone = speaker()
        take = someone.takes.add()
        with quietly():
            someone.active_take = 0
            take.start_frame = 101
        refine.fill(take, [("sil", 0.0, 0.5), ("a", 0.5, 1.0)])
        bpy.ops.audio2blend.phone_jump(index=1)
        return {"time_s": (scene.frame_current_final - 101) * base / fps, "chosen": take.active_phone}


def weighed(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return curves as they were, with the jaw at 0, and at 1 again."""
    with extension():
        take = _animated(rig, sound)
        before = _curves(take.action)
        take.jaw = 0
        still = _curves(take.action)
        take.jaw = 1
        return {"before": before, "still": still, "back": _curves(take.action)}


def strips(*, sounds: list[Path], progress: Any) -> dict[str, Any]:
    """Return what is taken from strips: of one, of none that is selected, and of two."""
    with extension():
        scene = bpy.context.scene
        found: dict[str, Any] = {"none": bpy.ops.audio2blend.sound_from_strips.poll()}
        kept = scene.sequence_editor_create().strips
        first = kept.new_sound("first", str(sounds[0]), 1, 25)
        first.select = False
        bpy.ops.audio2blend.sound_from_strips()
        found["only"] = _speakers(scene)
        second = kept.new_sound("second", str(sounds[1]), 2, 100)
        first.select = second.select = True
        scene.audio2blend.speakers.clear()
        bpy.ops.audio2blend.sound_from_strips()
        found["both"] = _speakers(scene)
        first.select = second.select = False
        scene.sequence_editor.active_strip = None
        found["unclear"] = bpy.ops.audio2blend.sound_from_strips.poll()
        return found


def packed(*, sound: Path, progress: Any) -> dict[str, Any]:
    """Return what comes of a strip whose sound is packed into the file and nowhere else."""
    with extension():
        strip = bpy.context.scene.sequence_editor_create().strips.new_sound("packed", str(sound), 1, 1)
        strip.sound.pack()
        held = sound.read_bytes()
        sound.unlink()
        bpy.ops.audio2blend.sound_from_strips()
        taken = Path(bpy.context.scene.audio2blend.speakers[0].sound)
        return {"name": taken.name, "same": taken.read_bytes() == held, "elsewhere": taken.parent != sound.parent}


def _speakers(scene: Any) -> list[Any]:
    return [[someone.name, Path(someone.sound), someone.start_frame] for someone in scene.audio2blend.speakers]


def prepared(*, sound: Path, other: Path, progress: Any) -> dict[str, Any]:
    """Return what a scene with a strip of another sound is like when it is about to play a take, twice."""
    with extension():
        from addon.operators import playback

        scene = bpy.context.scene
        scene.render.fps, scene.render.fps_base = 24, 1.001
        take = speaker().takes.add()
        take.sound, take.start_frame, take.duration_s = str(sound), 30, 10.0
        scene.sequence_editor_create().strips.new_sound("other", str(other), 1, 1)
        playback.prepare(scene, take)
        playback.prepare(scene, take)
        kept = [[strip.name, strip.channel, strip.frame_start] for strip in scene.sequence_editor.strips]
        return {
            "strips": kept,
            "sync": scene.sync_mode,
            "scrub": scene.use_audio_scrub,
            "range": playback.range_of(scene, take),
        }


def bars(*, envelope: list[float], tiles: int, progress: Any) -> Any:
    """Return the alpha of a waveform's pictures."""
    with extension():
        from addon.client import waveform

        return waveform.picture(tuple(envelope), tiles)
