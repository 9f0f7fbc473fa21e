"""Writing the character with its take to files, and telling whether they hold what they should."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from audio2blend.errors import InputError

from ..client import modal
from ..client.modal import Request, ServiceOperator
from ..client.reports import allows
from ..scene import character, consent, motion, snapshot
from ..state import files, preferences
from ..state.properties import active_speaker, active_take, part_of


def why_not_export(context: Any) -> str:
    """Return why there is nothing to export; "" when there is."""
    speaker = active_speaker(context)
    if speaker is None or active_take(speaker) is None:
        return "There is no take yet; press Animate first"
    return character.why_not(speaker) or modal.why_not(context)


def sound_of(take: Any) -> Path:
    """Return the recording that a take was made from. Raises InputError if it is gone."""
    sound = Path(bpy.path.abspath(take.sound))
    if not sound.is_file():
        raise InputError(f"the sound of the take '{take.name}' is gone ({sound}); put it back, or animate again")
    return sound


def arguments(context: Any, speaker: Any, take: Any, rate: str) -> dict[str, Any]:
    """Return what the child process needs to write a take: motion, character, sound and frame rate."""
    who = character.of(speaker)
    sound = Path(bpy.path.abspath(take.sound))
    return {
        "take": str(motion.save(context, speaker, take)),
        "character": str(snapshot.save(context, who)),
        "name": who.name,
        "speech": str(sound) if sound.is_file() else "",
        "part": part_of(take),
        "frame_rate": frame_rate(context.scene, rate),
        "blender": bpy.app.binary_path,
        "consent": consent.asked(speaker),
    }


def frame_rate(scene: Any, rate: str) -> str:
    """Return a rate of the preferences as a fraction in text."""
    return str(motion.scene_rate(scene)) if rate == "SCENE" else rate


class A2B_OT_export(ServiceOperator, bpy.types.Operator):
    """Export the character with the active take, and verify each file by reading it back"""

    bl_idname, bl_label = "audio2blend.export", "Export"

    filepath: StringProperty(
        name="File",
        description="The file to write, in the format of its suffix; if empty, one file per format in the folder",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    folder: StringProperty(
        name="Folder",
        description="The folder to write to; if empty, the scene's",
        subtype="DIR_PATH",
        options={"SKIP_SAVE"},
    )
    formats: EnumProperty(
        name="Formats",
        description="Formats to write; if none, those chosen in the scene",
        items=[item for item in files.FORMATS if item[0] != "mp4"],
        options={"ENUM_FLAG", "SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_export(context))

    def request(self, context: Any) -> Sequence[Request]:
        """Ask for the files."""
        speaker = active_speaker(context)
        take = active_take(speaker)
        rate = preferences.get(context).export_rate
        asked = {"outputs": self._outputs(context, take), **arguments(context, speaker, take, rate)}
        return [("export", asked)]

    def _outputs(self, context: Any, take: Any) -> list[str]:
        if self.filepath:
            return [bpy.path.abspath(self.filepath)]
        settings = context.scene.audio2blend_files
        folder = files.folder(self.folder or settings.folder)
        formats = self.formats or settings.formats
        if not formats:
            raise InputError("no format is chosen; choose one or more")
        return [str(folder / f"{files.safe(take.name)}.{suffix}") for suffix, *_ in files.FORMATS if suffix in formats]

    def finish(self, context: Any, results: list[Any]) -> set[str]:
        """Report what became of the files."""
        (result,) = results
        well = files.report(context.scene, result["files"])
        for entry in context.scene.audio2blend_files.written:
            if entry.wrong:
                self.report({"ERROR"}, f"{Path(entry.path).name}: {entry.wrong}")
        if well == len(result["files"]):
            names = ", ".join(Path(file["path"]).name for file in result["files"])
            self.report({"INFO"}, f"Written and read back: {names}")
        return {"FINISHED"} if well else {"CANCELLED"}


CLASSES = (A2B_OT_export,)
