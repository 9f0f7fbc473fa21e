"""Sampling weights without deforming the meshes that they move; runs in Blender.

The exporter steps through all frames and reads nothing of a mesh but its weights, while Blender deforms it in each.
"""

from collections.abc import Iterable
from typing import Any

import bpy
from io_scene_fbx import export_fbx_bin  # type: ignore[import-not-found]  # an add-on inside Blender


def keep_from_evaluation(scene: bpy.types.Scene, faces: Iterable[bpy.types.Object]) -> None:
    """Have Blender animate the weights of meshes without deforming them.

    Out of the scene a mesh is not evaluated at all, and a driver that reads a weight keeps its curves alive. For the
    built-in head that makes stepping to the next frame 26 times as fast.
    """
    reader = bpy.data.objects.new("Reader", None)
    scene.collection.objects.link(reader)
    driver = reader.driver_add("location", 0).driver
    driver.type = "SUM"
    for face in faces:
        for collection in face.users_collection:
            collection.objects.unlink(face)
        target = driver.variables.new().targets[0]
        target.id_type, target.id = "KEY", face.data.shape_keys
        target.data_path = "eval_time"


def keep_while_sampling(scene: bpy.types.Scene) -> None:
    """Have the exporter do so while it samples, for all meshes that follow nothing but an armature."""
    sample = export_fbx_bin.fbx_animations

    def unseen(scene_data: Any) -> Any:
        faces = {item: list(item.users_collection) for item in scene.objects if _follows_an_armature_alone(item)}
        keep_from_evaluation(scene, faces)
        found = sample(scene_data)
        for face, homes in faces.items():
            for collection in homes:
                collection.objects.link(face)
        return found

    export_fbx_bin.fbx_animations = unseen


def _follows_an_armature_alone(item: bpy.types.Object) -> bool:
    """Return whether it is a mesh with shapes that the exporter asks nothing of but its weights."""
    if item.type != "MESH" or not item.data.shape_keys or item.children:
        return False
    skinned = item.parent is not None and item.parent.type == "ARMATURE" and item.parent_type != "BONE"
    return skinned and not item.constraints and any(one.type == "ARMATURE" for one in item.modifiers)
