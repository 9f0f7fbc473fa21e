"""The panels *Export* and *Render*: files that others open, and a video to look at."""

from pathlib import Path
from typing import Any

from ..operators.export import why_not_export
from ..operators.farm import why_not_farm
from ..operators.render import why_not_preview
from .base import Body, button, flags, in_both_editors, sentence, split, working


class Export(Body):
    """Write the character with its take for other programs"""

    bl_label = "Export"

    def draw(self, context: Any) -> None:
        """Draw the formats and the folder, the button, and what became of the files."""
        layout, settings = self.layout, context.scene.audio2blend_files
        flags(layout, settings, "formats")
        layout.prop(settings, "folder", text="")
        if not working(layout, context):
            button(layout, context, "audio2blend.export", why_not_export(context), icon="EXPORT")
        for file in settings.written:
            name = Path(file.path).name
            good = f"{file.told}. {file.valid}" if file.valid else file.told
            message = f"{name}: {file.wrong or good}"
            sentence(layout, context, message, icon="ERROR" if file.wrong else "CHECKMARK", alert=bool(file.wrong))


class Render(Body):
    """See the take as a video"""

    bl_label = "Render"

    def draw(self, context: Any) -> None:
        """Draw what renders, how large, and the button."""
        layout, settings = self.layout, context.scene.audio2blend_files
        column = split(layout)
        column.prop(settings, "engine")
        size = column.column(align=True)
        size.prop(settings, "width")
        size.prop(settings, "height")
        column.prop(settings, "folder")
        if not working(layout, context):
            button(layout, context, "audio2blend.preview", why_not_preview(context), icon="RENDER_ANIMATION")
            button(layout, context, "audio2blend.farm", why_not_farm(context), icon="NETWORK_DRIVE")


CLASSES = in_both_editors(Export, Render)
