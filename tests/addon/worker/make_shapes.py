"""Runs in Blender: shapes that the extension makes."""

from types import SimpleNamespace
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from rigs import Rig
from rigs.worker import scene as stage
from tests.support.worker.scenes import extension, put, refusal, speaker


def made(*, rig: Rig, own: NDArray[np.float32], progress: Any) -> dict[str, Any]:
    """Return what *Make Shapes* makes of a head that stands turned and scaled, with one shape of its own, "jawOpen".

    `own` is that shape, float32 [vertex, 3], in Blender's axes; "deltas" are what every shape adds, in the mesh's own.
    """
    with extension():
        from addon.operators import make_shapes
        from addon.scene import character

        face = put(rig, name="Stranger")
        face.location, face.rotation_euler, face.scale = (0.2, 0.1, 0.5), (0, 0, 0.3), (2, 2, 2)
        bpy.context.view_layer.update()
        who = speaker(face)
        out: dict[str, Any] = {"before": character.why_not(who)}
        stage.add_shape(face, "Basis")
        stage.add_shape(face, "jawOpen", own)
        bpy.ops.audio2blend.make_shapes()
        out["words"], out["again"] = character.words(who), make_shapes.why_not_make_shapes(bpy.context)
        keys = face.data.shape_keys
        points = np.empty((len(keys.key_blocks), 3 * len(face.data.vertices)), np.float32)
        for row, block in zip(points, keys.key_blocks, strict=True):
            block.data.foreach_get("co", row)
        out["names"] = [block.name for block in keys.key_blocks[1:]]
        out["deltas"] = (points[1:] - points[0]).reshape(len(points) - 1, -1, 3)
        out["values"] = [block.value for block in keys.key_blocks[1:]]
        return out


def no_face(*, progress: Any) -> dict[str, Any]:
    """Return what is said of a cube."""
    with extension():
        bpy.ops.mesh.primitive_cube_add()
        cube = bpy.context.object
        speaker(cube)
        return {"said": refusal(bpy.ops.audio2blend.make_shapes), "keys": cube.data.shape_keys}


def being_edited(*, progress: Any) -> tuple[str, Any]:
    """Return what is said of a mesh that the user began to edit meanwhile, and the shapes it has then."""
    with extension():
        from addon.operators.make_shapes import A2B_OT_make_shapes
        from audio2blend.errors import InputError

        bpy.ops.mesh.primitive_cube_add()
        cube = bpy.context.object
        bpy.ops.object.mode_set(mode="EDIT")
        try:
            A2B_OT_make_shapes._add(SimpleNamespace(_added=[]), cube.name, "jawOpen", np.zeros((8, 3), np.float32))
        except InputError as error:
            return str(error), cube.data.shape_keys
        return "", cube.data.shape_keys
