"""The head that comes with the project, to try things on: *Add > Mesh > Talking Head*."""

from typing import Any

import bpy
from bpy.props import EnumProperty

import rigs
from rigs.builtin.looks import LOOKS
from rigs.worker import scene as stage

from .properties import ensure_speaker
from .reports import allows, guarded


class A2B_OT_add_head(bpy.types.Operator):
    """Add a head that can speak, with the 52 ARKit shapes, and make it the character of the speaker if he has none"""

    bl_idname, bl_label, bl_options = "audio2blend.add_head", "Talking Head", {"REGISTER", "UNDO"}

    look: EnumProperty(
        name="Look", description="Who it is", items=[(name, name.title(), look.about) for name, look in LOOKS.items()]
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Objects can be added in object mode alone."""
        return allows(cls, "" if context.mode == "OBJECT" else "Leave the mode that you edit in first")

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Add it at the 3D cursor."""
        character = stage.build(context.scene, rigs.builtin(self.look))
        character.mesh.name = self.look.title()
        stands = character.armature or character.mesh
        stands.location = context.scene.cursor.location
        for thing in context.selected_objects:
            thing.select_set(False)
        character.mesh.select_set(True)
        context.view_layer.objects.active = character.mesh
        speaker = ensure_speaker(context.scene)
        if speaker.character is None and speaker.collection is None:
            speaker.character = character.mesh
        return {"FINISHED"}


def _entry(menu: Any, _context: Any) -> None:
    menu.layout.operator(A2B_OT_add_head.bl_idname, icon="USER")


CLASSES = (A2B_OT_add_head,)


def register() -> None:
    """Show it in the menu."""
    bpy.types.VIEW3D_MT_mesh_add.append(_entry)


def unregister() -> None:
    """Take it out."""
    bpy.types.VIEW3D_MT_mesh_add.remove(_entry)
