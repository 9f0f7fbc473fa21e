"""Runs in Blender: files and folders that the extension reads, writes and sweeps up."""

from pathlib import Path
from typing import Any

import bpy

from rigs import Rig
from tests.support.worker.scenes import extension, put, refusal, speaker


def swept(*, progress: Any) -> list[bool]:
    """Return whether temporary files are there: one that can be deleted, and one that cannot, at first and later."""
    with extension():
        from addon.scene import snapshot

        gone, held = snapshot.scratch(), snapshot.scratch()
        held.unlink()
        held.mkdir()  # what cannot be unlinked stands for what another process holds open on Windows
        snapshot.sweep()
        found = [gone.exists(), held.exists()]
        held.rmdir()
        held.touch()
        snapshot.sweep()
        return [*found, held.exists()]


def unsaved(*, progress: Any) -> dict[str, str]:
    """Return what is said of folders in a file that was never saved."""
    with extension():
        from addon.state import files

        return {text: files.why_not_folder(text) for text in ("", "//", "//out", str(Path(bpy.app.tempdir)))}


def table(*, path: Path, progress: Any) -> dict[str, Any]:
    """Return the names of the recordings that a table or a folder lists, or what is said of it."""
    with extension():
        said = refusal(bpy.ops.audio2blend.batch_fill, filepath=str(path))
        return {"said": said, "lines": [Path(line.sound).name for line in bpy.context.scene.audio2blend.lines]}


def matched(*, rig: Rig, progress: Any) -> list[bool]:
    """Return which of two speakers has a map after the first was matched and the second made active meanwhile."""
    with extension():
        from addon.operators import maps

        first, second = speaker(put(rig, name="Anna")), speaker(put(rig, name="Bert"))
        settings = bpy.context.scene.audio2blend
        settings.active = 0
        begun = maps.A2B_OT_map_match.request

        def request(self: Any, context: Any) -> Any:
            asked = begun(self, context)
            settings.active = 1  # as a user does while the child process is at work
            return asked

        maps.A2B_OT_map_match.request = request
        try:
            bpy.ops.audio2blend.map_match()
        finally:
            maps.A2B_OT_map_match.request = begun
        return [someone.map is not None for someone in (first, second)]


def silent(*, rig: Rig, sound: Path, path: Path, progress: Any) -> str:
    """Return what is said when a take is to be rendered whose sound was deleted."""
    with extension():
        speaker(put(rig))
        bpy.ops.audio2blend.animate(sound=str(sound))
        sound.unlink()
        return refusal(bpy.ops.audio2blend.preview, filepath=str(path))


def packed(*, sounds: list[Path], progress: Any) -> list[str]:
    """Return in hexadecimal the sounds of two speakers that are packed into the file, under one name, and are gone."""
    with extension():
        strips = bpy.context.scene.sequence_editor_create().strips
        for number, sound in enumerate(sounds):
            strip = strips.new_sound("line", str(sound), 1 + number, 1 + 100 * number)
            strip.sound.pack()
            strip.select = True
            sound.unlink()
        bpy.ops.audio2blend.sound_from_strips()
        return [Path(someone.sound).read_bytes().hex() for someone in bpy.context.scene.audio2blend.speakers]


def safe(*, names: list[str], progress: Any) -> list[str]:
    """Return what files are called after takes of these names."""
    with extension():
        from addon.state import files

        return [files.safe(name) for name in names]


def announced(*, rig: Rig, sound: Path, names: list[str], folder: Path, progress: Any) -> list[tuple[str, str]]:
    """Return what is said that each result will be called, and what it is called: recordings of these names in turn."""
    with extension():
        from addon.keys.actions import fresh_name

        speaker(put(rig))
        found = []
        for name in names:
            path = folder / f"{name}.wav"
            path.write_bytes(sound.read_bytes())
            said = fresh_name(path.stem)
            bpy.ops.audio2blend.animate(sound=str(path), quality="live")
            found.append((said, bpy.context.scene.audio2blend.speakers[0].takes[-1].action.name))
        return found
