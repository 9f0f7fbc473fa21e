"""What panels share: a place in both editors, sentences that wrap, and buttons that say why they are off."""

import textwrap
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as said

from ..state.properties import active_speaker, active_take

_EDITORS = {"": "VIEW_3D", "sequencer_": "SEQUENCE_EDITOR"}
_PIXELS_A_LETTER = 6.4
"""How wide a letter of Blender's font is on average, at a resolution scale of 1."""


class Body:
    """What a panel shows, wherever it stands; `in_both_editors` makes panels of it."""

    bl_region_type = "UI"
    bl_category = "Lip Sync"
    parent: "type[Body] | None" = None
    """The panel that this one lies in."""
    closed = True
    """Whether it is until somebody opens it."""
    layout: Any


class OfSpeaker(Body):
    """What is shown only where somebody speaks."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Return whether there is an active speaker."""
        return active_speaker(context) is not None


class OfTake(Body):
    """What is shown only where there is a take."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Return whether the active speaker has a take that is shown."""
        speaker = active_speaker(context)
        return speaker is not None and active_take(speaker) is not None


def in_both_editors(*bodies: type[Body]) -> tuple[type, ...]:
    """Return two panels for each body: one in the 3D view's sidebar, one in the sequencer's."""
    return tuple(_panel(body, prefix) for prefix in _EDITORS for body in bodies)


def _panel(body: type[Body], prefix: str) -> type:
    placed: dict[str, Any] = {"bl_space_type": _EDITORS[prefix], "__doc__": body.__doc__}
    if body.parent is not None:
        placed["bl_parent_id"] = _name(body.parent, prefix)
    if body.closed:
        placed["bl_options"] = {"DEFAULT_CLOSED"}
    return type(_name(body, prefix), (body, bpy.types.Panel), placed)


def _name(body: type[Body], prefix: str) -> str:
    return f"A2B_PT_{prefix}{body.__name__.removesuffix('Panel').lower()}"


def split(layout: Any) -> Any:
    """Return a column whose properties stand as in Blender's own panels: names left, values right, no key dots."""
    column = layout.column()
    column.use_property_split = True
    column.use_property_decorate = False
    return column


def flags(layout: Any, data: Any, name: str) -> None:
    """Show the choices of which any number may be on, in two columns of buttons."""
    grid = layout.grid_flow(columns=2, even_columns=True, row_major=True, align=True)
    for choice in data.bl_rna.properties[name].enum_items:
        grid.prop_enum(data, name, choice.identifier)


def sentence(layout: Any, context: Any, text: str, *, icon: str = "NONE", alert: bool = False) -> None:
    """Show a sentence in as many lines as the sidebar needs for it."""
    column = layout.column(align=True)
    column.alert = alert
    column.scale_y = 0.8
    letters = context.region.width / (_PIXELS_A_LETTER * context.preferences.system.ui_scale)
    for number, line in enumerate(textwrap.wrap(said(text), max(int(letters) - 8, 16))):
        column.label(text=line, icon="BLANK1" if number and icon != "NONE" else icon, translate=False)


def button(layout: Any, context: Any, operator: str, why_not: str, **looks: Any) -> Any:
    """Show an operator as a button, with what is in its way below it, and return its properties."""
    row = layout.row(align=True)
    row.scale_y = 1.4
    row.enabled = not why_not
    properties = row.operator(operator, **looks)
    if why_not:
        sentence(layout, context, why_not, icon="INFO")
    return properties


def working(layout: Any, context: Any) -> bool:
    """Show what is running, with a button that stops it; return whether anything is."""
    state = context.window_manager.audio2blend
    if state.running:
        row = layout.row(align=True)
        row.scale_y = 1.4
        doing = said(state.message) if state.message else said("Working")
        row.progress(factor=state.progress, text=f"{doing} {state.progress:.0%}", translate=False)
        row.operator("audio2blend.cancel", text="", icon="CANCEL")
    return bool(state.running)
