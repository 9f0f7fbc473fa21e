"""Sound strips in the sequencer, and which part of their sound each plays."""

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any, Final, NamedTuple

import bpy

from audio2blend.errors import InputError

_OURS: Final = "audio2blend"
"""Custom property of the strips that we added."""
_CAPTIONS: Final = "audio2blend_captions"
"""Custom property of the text strips that we added: of which take they are the captions."""
_NAME_LETTERS: Final = 40
_SLIGHT_S: Final = 1e-4


class Part(NamedTuple):
    """What a strip plays of its sound."""

    start_frame: int
    """The first frame that plays it."""
    from_s: float
    """Where in the sound that is."""
    until_s: float
    """Where in the sound it ends; 0 for the sound's own end."""


def edited_scene(context: Any) -> Any:
    """Return the scene whose strips the sequencer shows; since Blender 5.0 it may be another than the window's."""
    return getattr(context, "sequencer_scene", None) or context.scene


def sound_strips(scene: Any) -> list[Any]:
    """Return all sound strips of a scene that name a file, those in meta strips too, from the first to the last."""
    editor = scene.sequence_editor
    if editor is None:
        return []
    sounds = [strip for strip in editor.strips_all if strip.type == "SOUND" and strip.sound is not None]
    return sorted(sounds, key=lambda strip: (strip.frame_final_start, strip.channel))


def picked_strips(scene: Any) -> list[Any]:
    """Return the sound strips that are selected, or else the one that is active, or else the only one there is."""
    sounds = sound_strips(scene)
    if selected := [strip for strip in sounds if strip.select]:
        return selected
    active = scene.sequence_editor.active_strip if scene.sequence_editor else None
    return [strip for strip in sounds if strip == active] or (sounds if len(sounds) == 1 else [])


def by_speaker(strips: list[Any]) -> list[list[Any]]:
    """Return strips in groups that one person says: those of one recording, and those in one channel."""
    groups: list[list[Any]] = []
    for strip in strips:
        mine = [group for group in groups if any(_together(strip, other) for other in group)]
        groups = [group for group in groups if group not in mine]
        groups.append([*(other for group in mine for other in group), strip])
    return sorted(groups, key=lambda group: strips.index(group[0]))


def _together(one: Any, other: Any) -> bool:
    return bool(one.channel == other.channel or file_of(one) == file_of(other))


def file_of(strip: Any) -> Path:
    """Return where a strip's sound lies."""
    return Path(bpy.path.abspath(strip.sound.filepath, library=strip.sound.library))


def part_of(strip: Any) -> Part:
    """Return what a strip plays of its sound: cut at both ends, and without the silence that it holds before it.

    Raises InputError, with the cure, if that is nothing, or not at the sound's own speed.
    """
    if len(strip.retiming_keys):
        raise InputError(
            f"the strip '{strip.name}' is retimed, so that it does not play at the speed of its sound; "
            "Strip > Retiming > Reset Retiming, or render the sound to a file of its own"
        )
    first, end = strip.frame_final_start, strip.frame_final_end
    cut = strip.frame_offset_end > 0 or strip.animation_offset_end > 0 or strip.sound_offset > 0
    meta = strip.parent_meta()
    while meta is not None:
        first, cut = max(first, meta.frame_final_start), cut or meta.frame_final_end < end
        end = min(end, meta.frame_final_end)
        meta = meta.parent_meta()
    silent = ceil(frame_at(strip, 0.0) - _SLIGHT_S) - first
    first += max(0, silent)
    if first >= end:
        raise InputError(f"the strip '{strip.name}' plays nothing of its sound; move its ends")
    from_s = max(0.0, _second_at(strip, first))
    return Part(first, from_s if from_s > _SLIGHT_S else 0.0, _second_at(strip, end) if cut else 0.0)


def frame_at(strip: Any, seconds: float) -> float:
    """Return the frame at which a strip plays a time of its sound, whether or not it is cut away there."""
    played_s = seconds + strip.sound_offset
    return float(strip.frame_start - strip.animation_offset_start + played_s * _rate(strip.id_data))


def _second_at(strip: Any, frame: float) -> float:
    return float((frame - frame_at(strip, 0.0)) / _rate(strip.id_data))


def _rate(scene: Any) -> float:
    return float(scene.render.fps / scene.render.fps_base)


def find(name: str, scene: Any) -> Any | None:
    """Return the sound strip of a name: of a scene, or else of another that is edited; None where there is none."""
    for edited in (scene, *(other for other in bpy.data.scenes if other != scene)):
        if found := next((strip for strip in sound_strips(edited) if strip.name == name), None):
            return found
    return None


def strips_playing(scene: Any, sound: Path) -> list[Any]:
    """Return the strips that play this file."""
    return [strip for strip in sound_strips(scene) if file_of(strip).resolve() == sound.resolve()]


def ours(strip: Any) -> bool:
    """Return whether we added a strip, so that we may move it."""
    return _OURS in strip.keys()  # noqa: SIM118  # a strip is no mapping


def add_sound(scene: Any, sound: Path, part: Part) -> Any:
    """Add a strip that plays a part of a file, in the lowest channel that is free there, and return it.

    Raises RuntimeError, with Blender's reason, if the file cannot be read.
    """
    before = round(part.from_s * _rate(scene))
    strip = scene.sequence_editor_create().strips.new_sound(sound.stem, str(sound), 1, part.start_frame - before)
    strip.channel = 1  # only when it is set does Blender look for one that is free; later on it would not end
    strip[_OURS] = True
    strip.frame_offset_start = before
    if part.until_s:
        strip.frame_offset_end = max(0, strip.frame_final_end - round(frame_at(strip, part.until_s)))
    return strip


def replace_captions(scene: Any, owner: str, shown: Sequence[tuple[str, float, float]]) -> list[Any]:
    """Put captions, each a text with its first frame and the one after its last, into the sequencer as text strips.

    They lie in one channel above all sounds and pictures; those that were added for the same owner before are
    replaced, in their channel. Returns the strips.
    """
    strips = scene.sequence_editor_create().strips
    before = [strip for strip in strips if strip.get(_CAPTIONS) == owner]
    for strip in before:
        strips.remove(strip)
    channel = max((strip.channel for strip in strips), default=0) + 1
    made = []
    for text, start, end in shown:
        first, last = round(start), max(round(start) + 1, round(end))
        name = " ".join(text.split())[:_NAME_LETTERS]
        if "length" in bpy.types.StripsTopLevel.bl_rna.functions["new_effect"].parameters:  # since Blender 5.0
            strip = strips.new_effect(name, "TEXT", channel, first, length=last - first)
        else:
            strip = strips.new_effect(name, "TEXT", channel, first, frame_end=last)
        strip.text, strip[_CAPTIONS] = text, owner
        strip.location, strip.anchor_y, strip.alignment_x = (0.5, 0.08), "BOTTOM", "CENTER"
        strip.font_size, strip.use_shadow, strip.wrap_width = 0.045 * scene.render.resolution_y, True, 0.9
        made.append(strip)
    return made
