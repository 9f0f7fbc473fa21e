"""The panel *Character*: who speaks, and what of the face was understood."""

from typing import Any

from bpy.app.translations import pgettext_rpt as said

from ..operators.speech import why_not_use_object
from ..scene import character
from ..state.properties import active_speaker
from .base import Body, OfSpeaker, button, in_both_editors, sentence, split


class CharacterPanel(Body):
    """The face that speaks"""

    bl_label = "Character"
    closed = False

    def draw(self, context: Any) -> None:
        """Draw whose face it is and what was matched, in words."""
        layout = self.layout
        speaker = active_speaker(context)
        if speaker is None:
            button(layout, context, "audio2blend.character_use", why_not_use_object(context), icon="OUTLINER_OB_MESH")
            layout.operator("audio2blend.add_head", icon="USER")
            return
        row = layout.row(align=True)
        row.prop(speaker, "character", text="")
        row.operator("audio2blend.character_use", text="", icon="EYEDROPPER")
        if speaker.character is None and speaker.collection is None:
            layout.prop(speaker, "collection", text="")
            return
        if reason := character.why_not(speaker):
            sentence(layout, context, reason, icon="ERROR", alert=True)
            _cures(layout, speaker)
            return
        first, *others = character.words(speaker)
        sentence(layout, context, first, icon="CHECKMARK")
        for line in others:
            sentence(layout, context, line, icon="BLANK1")
        layout.operator("audio2blend.map_edit", icon="TEXT")
        if loose := character.loose(speaker, context.scene):
            names = ", ".join(thing.name for thing in loose)
            message = said("Meshes near the face that share its shapes but are not animated: {}").format(names)
            sentence(layout, context, message, icon="ERROR", alert=True)
            layout.operator("audio2blend.take_along", icon="ADD")


def _cures(layout: Any, speaker: Any) -> None:
    """Show the buttons that help a character that cannot speak yet."""
    who = character.of(speaker)
    column = layout.column(align=True)
    column.scale_y = 1.4
    if character.why_linked(speaker):
        column.operator("audio2blend.make_override", icon="LIBRARY_DATA_OVERRIDE")
    elif who.shapes:
        column.operator("audio2blend.map_match", icon="VIEWZOOM")
        column.operator_menu_enum("audio2blend.map_preset", "preset", icon="PRESET")
    elif who.meshes:
        column.operator("audio2blend.make_shapes", icon="SHAPEKEY_DATA")


class Parts(OfSpeaker):
    """Which objects belong to the face, and the map onto their shapes"""

    bl_label = "Meshes and Map"
    parent = CharacterPanel

    def draw(self, context: Any) -> None:
        """Draw the collection, the map and where else one comes from, and the meshes that move."""
        layout, speaker = self.layout, active_speaker(context)
        column = split(layout)
        column.prop(speaker, "collection")
        row = column.row(align=True)
        row.prop(speaker, "map")
        row.operator("audio2blend.map_forget", text="", icon="X")
        column = layout.column(align=True)
        column.operator_menu_enum("audio2blend.map_preset", "preset", icon="PRESET")
        column.operator("audio2blend.map_match", icon="VIEWZOOM")
        if faces := character.of(speaker).faces:
            column = layout.column(align=True)
            for face in faces:
                column.label(text=face.name, icon="MESH_DATA", translate=False)
        if speaker.parts:
            layout.operator("audio2blend.leave_behind", icon="REMOVE")


CLASSES = in_both_editors(CharacterPanel, Parts)
