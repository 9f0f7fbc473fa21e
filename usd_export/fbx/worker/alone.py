"""A take without the character, for programs that have it: skeleton, curves, meshes of a triangle; runs in Blender.

Unreal and Maya find the curves of shapes below a mesh that has channels of their names, Unity below a node of the same
name as the character's. So every mesh that moves keeps its node, its bones and the names of its shapes.
"""

import bmesh  # type: ignore[import-not-found]  # a module inside Blender
import bpy

_CORNERS = 3


def strip(scene: bpy.types.Scene, moved: set[bpy.types.Key]) -> None:
    """Leave of a scene its armatures and empties, and of the meshes that move three vertices each."""
    for item in list(scene.objects):
        if item.type == "MESH" and item.data.shape_keys in moved:
            _cut(item)
        elif item.type not in ("ARMATURE", "EMPTY") and not item.children:
            bpy.data.objects.remove(item)


def _cut(item: bpy.types.Object) -> None:
    """Leave of a mesh its first three vertices, as one triangle without material."""
    mesh = bmesh.new()
    mesh.from_mesh(item.data)
    mesh.verts.ensure_lookup_table()
    bmesh.ops.delete(mesh, geom=mesh.verts[_CORNERS:], context="VERTS")
    bmesh.ops.delete(mesh, geom=mesh.faces[:], context="FACES_KEEP_BOUNDARY")
    mesh.verts.ensure_lookup_table()
    mesh.faces.new(mesh.verts[:_CORNERS])
    mesh.to_mesh(item.data)
    mesh.free()
    item.data.materials.clear()
