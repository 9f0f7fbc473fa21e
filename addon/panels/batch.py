"""The panel *Batch*: a table of lines and who says them."""

from pathlib import Path
from typing import Any

import bpy

from ..operators.batch import why_not_batch
from .base import Body, button, flags, in_both_editors, sentence, split, working

_ICONS = {"": "DOT", "waiting": "SORTTIME", "done": "CHECKMARK", "failed": "ERROR"}


class A2B_UL_lines(bpy.types.UIList):
    """The lines of a batch"""

    def draw_item(
        self, _context: Any, layout: Any, _data: Any, line: Any, _icon: int, _holder: Any, _name: str, index: int
    ) -> None:
        """Draw a line's sound, who says it, and how far it is."""
        row = layout.row(align=True)
        row.label(text=Path(line.sound).name, icon=_ICONS.get(line.status, "DOT"), translate=False)
        if line.character is not None:
            row.label(text=line.character.name, translate=False)


class Batch(Body):
    """Many lines at once"""

    bl_label = "Batch"

    def draw(self, context: Any) -> None:
        """Draw the table, what is made of it, and the button."""
        layout, settings = self.layout, context.scene.audio2blend
        layout.operator("audio2blend.batch_fill", icon="FILE_FOLDER")
        row = layout.row()
        row.template_list("A2B_UL_lines", "", settings, "lines", settings, "active_line", rows=4)
        column = row.column(align=True)
        column.operator("audio2blend.line_add", text="", icon="ADD")
        column.operator("audio2blend.line_remove", text="", icon="REMOVE")
        if 0 <= settings.active_line < len(settings.lines):
            line = settings.lines[settings.active_line]
            column = split(layout)
            column.prop(line, "sound")
            column.prop(line, "character")
            if line.message:
                sentence(layout, context, line.message, icon="INFO", alert=line.status == "failed")
        files = context.scene.audio2blend_files
        layout.prop(files, "batch_takes")
        flags(layout, files, "batch_formats")
        if files.batch_formats:
            layout.prop(files, "folder", text="")
            split(layout).prop(files, "batch_name")
        if not working(layout, context):
            button(layout, context, "audio2blend.batch", why_not_batch(context), icon="PLAY")


CLASSES = (A2B_UL_lines, *in_both_editors(Batch))
