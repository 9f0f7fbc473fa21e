"""Makes .blend files for the tests of their reader; runs inside Blender."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np

from rigs import Rig
from rigs.worker import scene as stage


def head(*, rig: Rig, path: Path, progress: Any) -> None:
    """Save a rig as our own scene builder makes it."""
    stage.build(bpy.context.scene, rig)
    bpy.ops.wm.save_as_mainfile(filepath=str(path))


def exported(*, rig: Rig, folder: Path, progress: Any) -> None:
    """Write a rig with Blender's own exporters."""
    stage.build(bpy.context.scene, rig)
    bpy.ops.export_scene.gltf(filepath=str(folder / "blender.glb"), export_animations=False)
    bpy.ops.wm.usd_export(
        filepath=str(folder / "blender.usdc"), export_armatures=True, export_shapekeys=True, export_animation=True
    )
    bpy.ops.export_scene.fbx(filepath=str(folder / "blender.fbx"), bake_anim=False)


def packed(*, rig: Rig, path: Path, progress: Any) -> None:
    """Export a rig as .glb, compressed with Draco."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    stage.build(bpy.context.scene, rig)
    bpy.ops.export_scene.gltf(filepath=str(path), export_draco_mesh_compression_enable=True)


def odd(*, points: np.ndarray, faces: np.ndarray, path: Path, progress: Any) -> None:
    """Save one mesh, upright in Blender's way, with all that shape keys can do, and one of two other meshes hidden."""
    face = _mesh("Face", points, faces)
    group = face.vertex_groups.new(name="left")
    group.add([vertex for vertex in range(len(points)) if points[vertex, 0] > 0], 1.0, "REPLACE")
    stage.add_shape(face, "Basis")
    for name in ("jawOpen", "muted", "masked", "driven", "on top"):
        stage.add_shape(face, name, points + np.array([0, 0, -0.02]))
    keys = face.data.shape_keys.key_blocks
    keys["muted"].mute = True
    keys["masked"].vertex_group = "left"
    keys["on top"].relative_key = keys["jawOpen"]
    keys["on top"].points.foreach_set("co", (points + np.array([0, -0.01, -0.02])).astype(np.float32).ravel())
    keys["jawOpen"].slider_max = 0.5
    driver = keys["driven"].driver_add("value").driver
    driver.expression = "0.5"
    teeth = _mesh("Teeth", points * 0.1, faces)
    stage.add_shape(teeth, "Basis")
    stage.add_shape(teeth, "jawOpen", points * 0.1 + np.array([0, 0, 0.03]))
    teeth.scale = (-1, 1, 1)
    teeth.location = (0, 0, 0.5)
    old = _mesh("Old", points, faces)
    old.hide_render = old.hide_viewport = True
    bpy.ops.wm.save_as_mainfile(filepath=str(path))


def half(*, points: np.ndarray, faces: np.ndarray, path: Path, progress: Any) -> list[np.ndarray]:
    """Save the left half of a face that a mirror modifier completes, on a bone of the left, moved and turned.

    Returns the vertices in the scene as Blender shows them: at rest, and smiling.
    """
    bpy.ops.wm.read_factory_settings(use_empty=True)
    armature = bpy.data.objects.new("Rig", bpy.data.armatures.new("Rig"))
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    for name, x in (("cheek.L", 0.05), ("cheek.R", -0.05)):
        bone = armature.data.edit_bones.new(name)
        bone.head, bone.tail = (x, 0, 0), (x, 0, 0.1)
    bpy.ops.object.mode_set(mode="OBJECT")
    face = _mesh("Half", points, faces)
    stage.add_shape(face, "Basis")
    smile = stage.add_shape(face, "mouthSmile", points + np.array([1.0, 0.0, 0.5]) * points[:, :1] * 0.2)
    face.vertex_groups.new(name="cheek.L").add(range(len(points)), 1.0, "REPLACE")
    face.location, face.rotation_euler, face.scale = (0.3, 0, 1.5), (0, 0, 0.2), (1.2, 1.2, 1.2)
    face.modifiers.new("Armature", "ARMATURE").object = armature
    face.modifiers.new("Mirror", "MIRROR")
    shown = []
    for value in (0.0, 1.0):
        smile.value = value
        bpy.context.view_layer.update()
        whole = face.evaluated_get(bpy.context.evaluated_depsgraph_get())
        shown.append(np.array([whole.matrix_world @ vertex.co for vertex in whole.data.vertices]))
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return shown


def shot(*, library: Path, path: Path, progress: Any) -> None:
    """Save a scene that links all objects of another file."""
    with bpy.data.libraries.load(str(library), link=True) as (there, here):
        here.objects = there.objects
    for item in here.objects:
        bpy.context.scene.collection.objects.link(item)
    bpy.ops.wm.save_as_mainfile(filepath=str(path))


def _mesh(name: str, points: np.ndarray, faces: np.ndarray) -> bpy.types.Object:
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(points.tolist(), [], faces.tolist())
    item = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(item)
    return item
