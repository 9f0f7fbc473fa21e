"""An FBX scene as people export it from Blender, and what Blender finds in one; runs in Blender."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np

from rigs import Rig
from rigs.worker import scene as stage


def make(*, rig: Rig, path: Path, embedded: bool, nameless: bool = False, progress: Any) -> None:
    """Export a rig with glasses on its head and a texture, beside the file or in it, or of which the name is lost."""
    scene = bpy.context.scene
    character = stage.build(scene, rig)
    mesh = bpy.data.meshes.new("Glasses")
    mesh.from_pydata([(0, 0, 0), (0.1, 0, 0), (0.1, 0, 0.1)], [], [(0, 1, 2)])
    glasses = bpy.data.objects.new("Glasses", mesh)
    glasses.parent, glasses.location = character.armature, (0, -0.1, 1.6)
    scene.collection.objects.link(glasses)
    image = bpy.data.images.new("Skin", 4, 4)
    image.filepath_raw, image.file_format = str(path.parent / "skin.png"), "PNG"
    image.save()
    if nameless:
        image.filepath = str(path.parent)
    nodes = character.mesh.data.materials[0].node_tree
    texture = nodes.nodes.new("ShaderNodeTexImage")
    texture.image = image
    nodes.links.new(texture.outputs["Color"], nodes.nodes["Principled BSDF"].inputs["Base Color"])
    way = {"path_mode": "COPY", "embed_textures": True} if embedded else {}
    bpy.ops.export_scene.fbx(filepath=str(path), add_leaf_bones=False, bake_anim=False, **way)
    if embedded:
        (path.parent / "skin.png").unlink()


def scene(*, path: Path, progress: Any) -> dict[str, Any]:
    """Return what a file holds at rest."""
    bpy.ops.wm.fbx_import(filepath=str(path), use_anim=False)
    found = {}
    for item in bpy.data.objects:
        points = [vertex.co for vertex in item.data.vertices] if item.type == "MESH" else []
        place = np.array(item.matrix_world)
        found[item.name] = np.array(points), place, item.parent.name if item.parent else None
    armature = next(item for item in bpy.data.objects if item.type == "ARMATURE")
    return {
        "objects": found,
        "materials": sorted(material.name for material in bpy.data.materials),
        "packed": [len(image.packed_file.data) for image in bpy.data.images if image.packed_file],
        "images": [bpy.path.abspath(image.filepath) for image in bpy.data.images],
        "bones": {bone.name: np.array(bone.matrix_local) for bone in armature.data.bones},
    }
