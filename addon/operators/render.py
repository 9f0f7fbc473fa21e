"""A preview of the character that speaks: a video with sound."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy
from bpy.props import StringProperty

from ..client.modal import Request, ServiceOperator
from ..client.reports import allows
from ..state import files, preferences
from ..state.properties import active_speaker, active_take
from .export import arguments, sound_of, why_not_export


def why_not_preview(context: Any) -> str:
    """Return why no preview can be rendered; "" when it can."""
    settings = context.scene.audio2blend_files
    if settings.width % 2 or settings.height % 2:
        return "Video needs an even width and height"
    return why_not_export(context)


class A2B_OT_preview(ServiceOperator, bpy.types.Operator):
    """Render the take with its sound to an .mp4 file, showing head and shoulders"""

    bl_idname, bl_label = "audio2blend.preview", "Render Preview"

    filepath: StringProperty(
        name="File",
        description="The .mp4 file to write; if empty, one in the scene's folder, named like the take",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_preview(context))

    def request(self, context: Any) -> Sequence[Request]:
        """Ask for the video."""
        speaker, settings = active_speaker(context), context.scene.audio2blend_files
        take = active_take(speaker)
        path = bpy.path.abspath(self.filepath)
        if not path:
            path = str(files.folder(settings.folder) / f"{files.safe(take.name)}.mp4")
        sound_of(take)  # a video would be silent without it
        asked = {"output": path, "engine": settings.engine, "width": settings.width, "height": settings.height}
        return [("preview", asked | arguments(context, speaker, take, preferences.get(context).preview_rate))]

    def finish(self, context: Any, results: list[Any]) -> set[str]:
        """Report where it is."""
        (result,) = results
        files.report(context.scene, [{**result, "told": "a video", "error": "", "findings": []}])
        self.report({"INFO"}, f"Written: {Path(result['path']).name}")
        return {"FINISHED"}


CLASSES = (A2B_OT_preview,)
