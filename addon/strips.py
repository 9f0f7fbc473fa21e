"""Sound strips in the sequencer."""

from pathlib import Path
from typing import Any

import bpy


def edited_scene(context: Any) -> Any:
    """Return the scene whose strips the sequencer shows; since Blender 5.0 it may be another than the window's."""
    return getattr(context, "sequencer_scene", None) or context.scene


def sound_strips(scene: Any) -> list[Any]:
    """Return all sound strips of a scene that name a file, those in meta strips too, from the first to the last."""
    editor = scene.sequence_editor
    if editor is None:
        return []
    sounds = [strip for strip in editor.strips_all if strip.type == "SOUND" and strip.sound is not None]
    return sorted(sounds, key=lambda strip: (strip.frame_start, strip.channel))


def picked_strips(scene: Any) -> list[Any]:
    """Return the sound strips that are selected, or else the one that is active, or else the only one there is."""
    sounds = sound_strips(scene)
    if selected := [strip for strip in sounds if strip.select]:
        return selected
    active = scene.sequence_editor.active_strip if scene.sequence_editor else None
    return [strip for strip in sounds if strip == active] or (sounds if len(sounds) == 1 else [])


def file_of(strip: Any) -> Path:
    """Return where a strip's sound lies."""
    return Path(bpy.path.abspath(strip.sound.filepath, library=strip.sound.library))


def strips_playing(scene: Any, sound: Path) -> list[Any]:
    """Return the strips that play this file."""
    return [strip for strip in sound_strips(scene) if file_of(strip).resolve() == sound.resolve()]


def add_sound(scene: Any, sound: Path, frame: int) -> Any:
    """Add a strip that plays a file from a frame on, in the lowest channel that is free there, and return it.

    Raises RuntimeError, with Blender's reason, if the file cannot be read.
    """
    strip = scene.sequence_editor_create().strips.new_sound(sound.stem, str(sound), 1, frame)
    strip.channel = 1  # only when it is set does Blender look for one that is free
    return strip
