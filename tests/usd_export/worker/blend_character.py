"""Characters in .blend files as studios have them, and what Blender shows of them; runs in Blender."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np

from rigs import Rig
from rigs.worker import scene as stage


def make(*, rig: Rig, path: Path, feature: str, progress: Any) -> None:
    """Save a rig with one feature; its picture lies in a folder beside the file."""
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 24, 1.0
    scene.frame_start, scene.frame_end = 1, 10
    character = stage.build(scene, rig)
    armature, mesh = character.armature, character.mesh
    assert armature is not None
    image = bpy.data.images.new("Skin", 4, 4)
    (path.parent / "textures").mkdir(exist_ok=True)
    image.filepath_raw, image.file_format = str(path.parent / "textures" / "skin.png"), "PNG"
    image.save()
    image.filepath = "//textures/skin.png"
    image.use_fake_user = True
    if feature == "eulers, scaled":
        armature.scale = (0.5, 0.5, 0.5)
        armature.rotation_euler = (0, 0, 0.3)
        for bone in armature.pose.bones:
            bone.rotation_mode = "ZXY"
    if feature == "unit of a centimetre":
        scene.unit_settings.scale_length = 0.01
        armature.scale = (100, 100, 100)
    if feature == "a second mesh":
        other = mesh.copy()
        other.data = mesh.data.copy()
        other.name = "Teeth"
        scene.collection.objects.link(other)
    if feature == "moving":
        _move(armature, mesh)
    if feature == "driven":
        driver = mesh.data.shape_keys.key_blocks["jawOpen"].driver_add("value").driver
        driver.expression = "0.25"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))


def _move(armature: Any, mesh: Any) -> None:
    """Give the root and the head a walk, and a smile an Action that is played directly."""
    for name in ("root", "head"):
        bone = armature.pose.bones[name]
        for frame, turn in ((1, (1, 0, 0, 0)), (10, (0.98, 0, 0.198997, 0))):
            bone.rotation_quaternion = turn
            bone.keyframe_insert("rotation_quaternion", frame=frame)
    armature.animation_data.action.name = "Walk"
    key = mesh.data.shape_keys.key_blocks["mouthSmileLeft"]
    for frame, value in ((1, 0.0), (10, 1.0)):
        key.value = value
        key.keyframe_insert("value", frame=frame)
    mesh.data.shape_keys.animation_data.action.name = "Smile"


def shown(*, path: Path, frames: list[int], progress: Any) -> dict[str, Any]:
    """Return what Blender shows of all meshes, (n_frames, n_vertices, 3), their weights, and what else is there."""
    bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False, use_scripts=False)
    scene = bpy.context.scene
    meshes = sorted((item for item in scene.objects if item.type == "MESH"), key=lambda item: item.name)
    points, weights, bones = [], [], []
    for frame in frames:
        scene.frame_set(frame)
        graph = bpy.context.evaluated_depsgraph_get()
        posed = [mesh.evaluated_get(graph) for mesh in meshes]
        points.append(
            np.concatenate([[face.matrix_world @ vertex.co for vertex in face.data.vertices] for face in posed])
        )
        weights.append({block.name: float(block.value) for block in meshes[0].data.shape_keys.key_blocks})
        armature = next(item for item in scene.objects if item.type == "ARMATURE").evaluated_get(graph)
        bones.append({bone.name: np.array(bone.matrix_basis.to_quaternion()) for bone in armature.pose.bones})
    return {
        "points": np.array(points),
        "weights": weights,
        "bones": bones,
        "actions": sorted(action.name for action in bpy.data.actions),
        "images": {image.name: bpy.path.abspath(image.filepath) for image in bpy.data.images if image.filepath},
        "range": [scene.frame_start, scene.frame_end],
    }
