"""The head that comes with the project, to try things on: *Add > Mesh > Talking Head*."""

from math import radians
from typing import Any, Final

import bpy
from bpy.props import EnumProperty
from mathutils import Euler, Vector

import rigs
from rigs.builtin.looks import LOOKS
from rigs.worker import scene as stage

from ..client.reports import allows, guarded
from ..scene.snapshot import LOOK
from ..state.properties import ensure_speaker

_SOLID: Final = {"MESH", "CURVE", "SURFACE", "META", "FONT"}
"""Types of objects that a head can be hidden in."""
_ROOM: Final = 8
"""From how many heights of the head on a thing is taken for what a head stands in, and not for what hides it."""
_ASIDE: Final = radians(40)
"""How far from a face's front a view may be."""
_FROM_FRONT: Final = Euler((radians(84), 0, radians(18)))
"""Where it is seen from then: a little from above, and from its left."""
_GAP: Final = 0.25
"""How far from that a head is put, in widths of its own."""


class A2B_OT_add_head(bpy.types.Operator):
    """Add a head with the 52 ARKit shape keys, and use it as the speaker's character if they have none"""

    bl_idname, bl_label, bl_options = "audio2blend.add_head", "Talking Head", {"REGISTER", "UNDO"}

    look: EnumProperty(
        name="Look",
        description="Which head to add",
        items=[(name, name.title(), look.about) for name, look in LOOKS.items()],
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Objects can be added in object mode alone."""
        return allows(cls, "" if context.mode == "OBJECT" else "Leave the mode that you edit in first")

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Add it where it can be seen, and look at it."""
        character = stage.build(context.scene, rigs.builtin(self.look))
        character.mesh.name = self.look.title()
        character.mesh[LOOK] = self.look
        stands = character.armature or character.mesh
        stands.location = _place(context, character.mesh)
        for thing in context.selected_objects:
            thing.select_set(False)
        character.mesh.select_set(True)
        context.view_layer.objects.active = character.mesh
        speaker = ensure_speaker(context.scene)
        if speaker.character is None and speaker.collection is None:
            speaker.character = character.mesh
        _look_at_head(context)
        return {"FINISHED"}


def _place(context: Any, head: Any) -> Vector:
    """Return where a new head, made around the origin, is to stand: at the 3D cursor, or right of what it would be in.

    What is far larger is no obstacle: it may be a room.
    """
    low, high = _box(head)
    middle, width = (low + high) / 2, high.x - low.x
    place = context.scene.cursor.location.copy()
    context.view_layer.update()
    others = [thing for thing in context.visible_objects if thing.type in _SOLID and thing != head]
    boxes = [box for box in map(_box, others) if max(box[1] - box[0]) < _ROOM * (high.z - low.z)]
    while around := [box for box in boxes if _within(place + middle, *box)]:
        place.x = max(box[1].x for box in around) + _GAP * width - low.x
    return place


def _box(thing: Any) -> tuple[Vector, Vector]:
    """Return the lowest and the highest corner of an object in the scene."""
    corners = [thing.matrix_world @ Vector(corner) for corner in thing.bound_box]
    return Vector(map(min, zip(*corners, strict=True))), Vector(map(max, zip(*corners, strict=True)))


def _within(point: Vector, low: Vector, high: Vector) -> bool:
    return all(least <= value <= most for least, value, most in zip(low, point, high, strict=True))


def _look_at_head(context: Any) -> None:
    """Have the 3D view at hand show a new head, from the front if it sees little of the face.

    A view through the camera is the shot, and stays.
    """
    screen = context.screen
    if bpy.app.background or screen is None:
        return
    views = [area for area in screen.areas if area.type == "VIEW_3D"]
    area = context.area if context.area in views else next(iter(views), None)
    if area is None or area.spaces.active.region_3d.view_perspective == "CAMERA":
        return
    view = area.spaces.active.region_3d
    towards_viewer = view.view_rotation @ Vector((0, 0, 1))
    if towards_viewer.angle(Vector((0, -1, 0))) > _ASIDE:
        view.view_rotation = _FROM_FRONT.to_quaternion()
    region = next(region for region in area.regions if region.type == "WINDOW")
    with context.temp_override(area=area, region=region):
        bpy.ops.view3d.view_selected()


def _entry(menu: Any, _context: Any) -> None:
    menu.layout.operator(A2B_OT_add_head.bl_idname, icon="USER")


CLASSES = (A2B_OT_add_head,)


def register() -> None:
    """Show it in the menu."""
    bpy.types.VIEW3D_MT_mesh_add.append(_entry)


def unregister() -> None:
    """Take it out."""
    bpy.types.VIEW3D_MT_mesh_add.remove(_entry)
