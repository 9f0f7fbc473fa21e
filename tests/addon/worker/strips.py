"""Runs in Blender: recordings that are cut into strips in the sequencer, and takes of the strips."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import soundfile

from rigs import Rig
from tests.support.worker.scenes import curves_of_shapes, extension, fcurves, keyed, put, refusal, shown

FPS = 24


def _sequencer(sound: Path, frame: int = 25) -> Any:
    """Return a strip of a sound in an empty scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.fps, scene.frame_end = FPS, 240
    return scene.sequence_editor_create().strips.new_sound("line", str(sound), 1, frame)


def _in_meta(strip: Any) -> None:
    meta = bpy.context.scene.sequence_editor.strips.new_meta("meta", 3, 1)
    strip.move_to_meta(meta)
    meta.frame_offset_start, meta.frame_offset_end = 40 - meta.frame_final_start, 0
    meta.frame_final_duration = 60


def _moved_later(strip: Any) -> None:
    strip.frame_offset_start = 24
    strip.frame_start += 30


WAYS: dict[str, Callable[[Any], None]] = {
    "whole": lambda strip: None,
    "cut at the start": lambda strip: setattr(strip, "frame_offset_start", 30),
    "cut at the end": lambda strip: setattr(strip, "frame_offset_end", 50),
    "cut and moved": _moved_later,
    "held before and after": lambda strip: (
        setattr(strip, "frame_offset_start", -12),
        setattr(strip, "frame_offset_end", -40),
    ),
    "content offset": lambda strip: setattr(strip, "animation_offset_start", 36),
    "content cut at the end": lambda strip: setattr(strip, "animation_offset_end", 36),
    "sound offset": lambda strip: setattr(strip, "sound_offset", 0.5),
    "in a meta strip": _in_meta,
}


def parts(*, ramp: Path, folder: Path, progress: Any) -> dict[str, Any]:
    """Return which part of a sound each strip is said to play, and what Blender's own mix of the scene plays of it.

    The sound's level grows evenly from 0 at its start to 1 at 5 s, so that the level of the mix tells the time. Both
    are (first frame, its time in the sound, time in the sound at the end), the last two in seconds.
    """
    found = {}
    with extension():
        from addon.scene import sequencer

        for number, (name, change) in enumerate(WAYS.items()):
            strip = _sequencer(ramp)
            change(strip)
            bpy.context.view_layer.update()
            bpy.context.scene.frame_start = 0
            mix = folder / f"{number}.wav"
            bpy.ops.sound.mixdown(filepath=str(mix), container="WAV", codec="PCM", format="F32")
            found[name] = {"said": tuple(sequencer.part_of(strip)), "played": _played(mix, 0)}
    return found


def _played(mix: Path, first_frame: int) -> tuple[float, float, float]:
    """Return when a mix becomes audible, in frames, and at which times of the ramp it begins and ends."""
    samples, rate = soundfile.read(mix, always_2d=True)
    level = np.abs(samples[:, 0])
    heard = np.flatnonzero(level > 1e-3)
    start, end = heard[0], heard[-1]
    near = round(0.01 * rate)
    levels = [np.median(level[start : start + near]), np.median(level[end - near : end])]
    times = [5 * value / np.sqrt(0.5) for value in levels]  # a mono sound is 3 dB down on each of two loudspeakers
    return first_frame + start * FPS / rate, times[0], times[1]


def cut(*, rig: Rig, sound: Path, at: list[int], gap: int, frames: list[int], progress: Any) -> dict[str, Any]:
    """Cut a recording at some frames and pull its strips apart by a gap; return what *Animate All* makes of them."""
    strip = _sequencer(sound, 1)
    pieces = [strip]
    for frame in at:
        pieces.append(pieces[-1].split(frame=frame, split_method="SOFT"))
    for number, piece in reversed(list(enumerate(pieces))):
        piece.frame_start += number * gap
        piece.select = True
    with extension():
        face = put(rig)
        bpy.context.view_layer.objects.active = face
        told = bpy.ops.audio2blend.sound_from_strips()
        someone = bpy.context.scene.audio2blend.speakers[0]
        assert told == {"FINISHED"}
        bpy.ops.audio2blend.animate_all()
        return {
            "speakers": len(bpy.context.scene.audio2blend.speakers),
            "parts": [(piece.frame_final_start, piece.frame_final_end) for piece in pieces],
            "takes": [(take.strip, take.start_frame, take.from_s, take.until_s) for take in someone.takes],
            "blocked": [take.blocked for take in someone.takes],
            "jaw": shown(face, ["jawOpen"], frames)[:, 0],
        }


def retimed(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return what is said of a strip that is retimed: alone, and beside one that is not."""
    bpy.ops.wm.read_factory_settings()
    scene = bpy.context.scene
    scene.render.fps = FPS
    window = bpy.context.window_manager.windows[0]
    area = window.screen.areas[0]
    area.type = "SEQUENCE_EDITOR"
    kept = scene.sequence_editor_create().strips
    fast = kept.new_sound("fast", str(sound), 1, 25)
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = scene
    fast.select, scene.sequence_editor.active_strip = True, fast
    region = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.sequencer.retiming_key_add(timeline_frame=60)
        bpy.ops.sequencer.retiming_segment_speed_set(speed=50)
    with extension():
        found: dict[str, Any] = {"alone": refusal(bpy.ops.audio2blend.sound_from_strips)}
        plain = kept.new_sound("plain", str(sound), 1, 400)
        plain.select = fast.select = True
        bpy.ops.audio2blend.sound_from_strips()
        someone = scene.audio2blend.speakers[0]
        found["beside"] = [strip.name for strip in someone.strips]
        someone.character = put(rig)
        someone.strips.add().name = "fast"
        found["all"] = sorted(bpy.ops.audio2blend.animate_all())
        found["takes"] = [take.strip for take in someone.takes]
        return found


def groups(*, sounds: list[Path], progress: Any) -> list[list[str]]:
    """Return whose strips are taken to be one speaker's: of a recording in two channels, and two lines in a third."""
    strip = _sequencer(sounds[0])
    kept = bpy.context.scene.sequence_editor.strips
    other = strip.split(frame=60, split_method="SOFT")
    other.channel = 2
    kept.new_sound("one", str(sounds[1]), 3, 1)
    kept.new_sound("two", str(sounds[2]), 3, 300)
    for each in kept:
        each.select = True
    with extension():
        bpy.ops.audio2blend.sound_from_strips()
        return [[each.name for each in someone.strips] for someone in bpy.context.scene.audio2blend.speakers]


def _taken(rig: Rig, sound: Path, change: Callable[[Any], None] = lambda strip: None) -> tuple[Any, Any, Any]:
    """Return a strip, a face and the take that was made of the strip once it was changed."""
    strip = _sequencer(sound)
    change(strip)
    face = put(rig)
    bpy.context.view_layer.objects.active = face
    strip.select = True
    bpy.ops.audio2blend.sound_from_strips()
    bpy.ops.audio2blend.animate()
    return strip, face, bpy.context.scene.audio2blend.speakers[0].takes[0]


def _told() -> list[str]:
    from addon.operators import following

    return following.apart_from_sound(bpy.context)


def _jaw(face: Any, first: int) -> Any:
    """Return how the jaw moves over a hundred frames."""
    return shown(face, ["jawOpen"], range(first, first + 100))[:, 0]


def followed(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return what is told of a take whose strip is moved, then cut, and what the face does once it has followed."""
    with extension():
        strip, face, take = _taken(rig, sound)
        before = _jaw(face, 25)
        found: dict[str, Any] = {"at first": _told(), "can follow": bpy.ops.audio2blend.follow.poll()}
        strip.frame_start += 15
        found["moved"] = _told()
        bpy.ops.audio2blend.follow()
        found["with it"] = np.array_equal(_jaw(face, 40), before)
        found["then"] = _told()
        take.jaw = 0.5
        strip.frame_offset_start = 48
        found["cut"] = _told()
        bpy.ops.audio2blend.follow()
        found["together"] = _told()
        found["part"] = take.start_frame, take.from_s, round(take.duration_s, 2), take.phones[0].start_s
        found["dial"] = take.jaw
        found["jaw"] = _jaw(face, strip.frame_final_start)
        found["before it"] = float(_jaw(face, strip.frame_final_start - 100).max())
        found["takes"] = len(bpy.context.scene.audio2blend.speakers[0].takes)
        return found


def sound_moved(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return what is told of a take that was moved in the NLA, and where its strip is once the sound is moved."""
    with extension():
        from addon.operators import playback

        strip, face, _ = _taken(rig, sound)
        for owner in (face.data.shape_keys, face.parent):
            placed = owner.animation_data.nla_tracks[-1].strips[0]
            placed.frame_start_raw, placed.frame_end_raw = placed.frame_start + 50, placed.frame_end + 50
        take = bpy.context.scene.audio2blend.speakers[0].takes[0]
        found: dict[str, Any] = {"told": _told(), "playing": playback.prepare(bpy.context.scene, take)}
        found["strips"] = len(bpy.context.scene.sequence_editor.strips)
        bpy.ops.audio2blend.move_sound()
        return found | {"start": strip.frame_final_start, "then": _told()}


def edited_and_cut(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return what comes of following a strip that was cut again, by a take whose keys an artist edited."""
    with extension():
        strip, _, take = _taken(rig, sound)
        fcurves(take.action)[0].keyframe_points[3].co.y += 0.2
        before = keyed(curves_of_shapes(take.action)["jawOpen"])
        strip.frame_offset_start = 30
        said = refusal(bpy.ops.audio2blend.follow)
        return {"said": said, "kept": np.array_equal(keyed(curves_of_shapes(take.action)["jawOpen"]), before)}


def _trim(strip: Any) -> None:
    strip.frame_offset_start = strip.frame_offset_end = 24


def part_in_files(*, rig: Rig, sound: Path, path: Path, progress: Any) -> dict[str, Any]:
    """Return the length of a file of a take of a part, and what *Check Quality* says of its time."""
    with extension():
        _taken(rig, sound, _trim)
        take = bpy.context.scene.audio2blend.speakers[0].takes[0]
        bpy.ops.audio2blend.export(filepath=str(path))
        bpy.ops.audio2blend.quality()
        measures = bpy.context.window_manager.audio2blend_quality.measures
        return {"duration_s": take.duration_s, "measures": {each.label: each.value for each in measures}}


def changed_before(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return the take of a strip that was cut between *Use Sound Strip* and *Animate*, and one of a start by hand."""
    strip = _sequencer(sound)
    with extension():
        bpy.context.view_layer.objects.active = put(rig)
        bpy.ops.audio2blend.sound_from_strips()
        strip.frame_offset_start = 24
        strip.frame_start += 100
        bpy.ops.audio2blend.animate()
        someone = bpy.context.scene.audio2blend.speakers[0]
        first = someone.takes[0]
        found: dict[str, Any] = {"take": (first.start_frame, first.from_s, first.strip), "told": _told()}
        someone.start_frame = 300
        bpy.ops.audio2blend.animate()
        second = someone.takes[1]
        return found | {"by hand": (second.start_frame, second.from_s, second.strip)}


def another_sound(*, rig: Rig, sound: Path, other: Path, progress: Any) -> tuple[Any, ...]:
    """Return what is left of a strip's part in a speaker who was given another recording by hand."""
    with extension():
        _taken(rig, sound, lambda strip: setattr(strip, "frame_offset_start", 24))
        someone = bpy.context.scene.audio2blend.speakers[0]
        before = someone.from_s
        someone.sound = str(other)
        return before, someone.from_s, someone.until_s, someone.strip, len(someone.strips)
