"""Runs in Blender: where a new head stands."""

from typing import Any

import bpy
from mathutils import Vector

from tests.support.worker.scenes import extension


def _empty(*things: tuple[str, float, tuple[float, float, float]]) -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    for kind, size, place in things:
        getattr(bpy.ops.mesh, f"primitive_{kind}_add")(size=size, location=place)


def placed(*, progress: Any) -> dict[str, Any]:
    """Return where new heads stand, and which of them is within a solid cube beside it."""
    found: dict[str, Any] = {}
    with extension():
        for name, things, cursor in (
            ("alone", (), (0, 0, 0)),
            ("cursor", (("cube", 2.0, (0, 0, 0)),), (3, 4, 5)),
            ("cube", (("cube", 2.0, (0, 0, 0)),), (0, 0, 0)),
            ("row", (("cube", 2.0, (0, 0, 0)), ("cube", 2.0, (1.5, 0, 0))), (0, 0, 0)),
            ("room", (("cube", 8.0, (0, 0, 2)),), (0, 0, 0)),
            ("floor", (("plane", 2.0, (0, 0, 0)),), (0, 0, 0)),
        ):
            _empty(*things)
            bpy.context.scene.cursor.location = cursor
            bpy.ops.audio2blend.add_head()
            found[name] = tuple(bpy.context.object.parent.location)
        _empty()
        for _ in range(3):
            bpy.ops.audio2blend.add_head()
        bpy.context.view_layer.update()
        heads = [thing for thing in bpy.data.objects if thing.type == "MESH"]
        sides = [sorted((head.matrix_world @ Vector(corner)).x for corner in head.bound_box) for head in heads]
        found["sides"] = sorted((side[0], side[-1]) for side in sides)
        found["values"] = [key.value for head in heads for key in head.data.shape_keys.key_blocks[1:]]
    return found
