"""The panel *Mouth Shapes*: drawings, sprites and poses that are shown one after another."""

from typing import Any

import bpy

from ..operators.mouth_shapes import why_not_show
from ..state.properties import active_speaker
from .base import OfTake, button, in_both_editors, split
from .refine import Refine


class A2B_UL_mouth_shapes(bpy.types.UIList):
    """The mouth shapes of a set"""

    def draw_item(
        self, _context: Any, layout: Any, _settings: Any, shape: Any, _icon: int, _holder: Any, _name: str, _index: int
    ) -> None:
        """Draw a shape's name and the Action that holds it."""
        parts = layout.split(factor=0.3)
        parts.label(text=shape.name, translate=False)
        parts.prop(shape, "action", text="")


class MouthShapes(OfTake):
    """Drawings, sprites or poses of a 2D character, shown one after another"""

    bl_label = "Mouth Shapes"
    parent = Refine

    def draw(self, context: Any) -> None:
        """Draw what shows them, and the button."""
        layout = self.layout
        settings = active_speaker(context).mouth_shapes
        column = split(layout)
        for name in ("visemes", "kind", "target"):
            column.prop(settings, name)
        if settings.kind == "PROPERTY":
            column.prop(settings, "property")
        if settings.kind == "ACTION":
            layout.template_list("A2B_UL_mouth_shapes", "", settings, "shapes", settings, "active_shape", rows=4)
        column = split(layout)
        column.prop(settings, "step")
        row = column.row()
        row.enabled = settings.kind in {"ACTION", "LAYERS"}
        row.prop(settings, "blend")
        button(layout, context, "audio2blend.mouth_shapes", why_not_show(context), icon="IMAGE_DATA")


CLASSES = (A2B_UL_mouth_shapes, *in_both_editors(MouthShapes))
