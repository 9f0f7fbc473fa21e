"""The panel *Quality*: what was measured of the take."""

from typing import Any

from ..operators.export import why_not_export
from ..state.properties import active_speaker, active_take
from .base import OfSpeaker, button, in_both_editors, split, working
from .clock import clock
from .refine import Refine

_ICONS = {"pass": "CHECKMARK", "fail": "ERROR", "info": "BLANK1"}


class Quality(OfSpeaker):
    """Quality of the take"""

    bl_label = "Quality"
    parent = Refine

    def draw(self, context: Any) -> None:
        """Draw the button, and what was measured of the take that is shown."""
        layout, speaker = self.layout, active_speaker(context)
        split(layout).prop(speaker, "text")
        if not working(layout, context):
            button(layout, context, "audio2blend.quality", why_not_export(context), icon="VIEWZOOM")
        take = active_take(speaker)
        found = context.window_manager.audio2blend_quality
        if take is None or found.take != take.name:
            return
        column = layout.column(align=True)
        for measure in found.measures:
            failed = measure.verdict == "fail"
            row = column.split(factor=0.62)
            row.alert = failed
            row.label(text=measure.label, icon=_ICONS[measure.verdict])
            # What is wanted matters where it was missed; beside each figure it would cut off the names.
            row.label(text=f"{measure.value} ({measure.wanted})" if failed else measure.value, translate=False)
        for place in found.still_open:
            column.label(text=f"{place.label}: {clock(place.at_s, 2)}", icon="MARKER", translate=False)


CLASSES = in_both_editors(Quality)
