"""The panel *Controls*: sliders for polish by hand, on top of the take."""

from typing import Any

from ..operators.control_rig import controls_of, why_not_connect
from ..scene import character
from ..scene.controls import SLIDERS
from ..state.properties import active_speaker
from .base import Body, button, in_both_editors, split
from .translations import OURS


class Controls(Body):
    """Adjust the take by hand"""

    bl_label = "Controls"

    def draw(self, context: Any) -> None:
        """Draw the sliders, or the button that adds them."""
        speaker = active_speaker(context)
        empty = controls_of(character.of(speaker)) if speaker is not None else None
        if empty is None:
            button(self.layout, context, "audio2blend.controls_connect", why_not_connect(context), icon="EMPTY_AXIS")
            return
        column = split(self.layout)
        column.use_property_decorate = True  # each slider takes keys of its own
        for name, (label, _) in SLIDERS.items():
            column.prop(empty, f'["{name}"]', text=label, text_ctxt=OURS, slider=True)
        row = self.layout.row(align=True)
        row.operator("audio2blend.controls_remove", text="Apply and Remove", icon="CHECKMARK").keep = True
        row.operator("audio2blend.controls_remove", text="", icon="X").keep = False


CLASSES = in_both_editors(Controls)
