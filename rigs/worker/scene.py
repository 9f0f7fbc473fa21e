"""A `Rig` becomes Blender objects, a `Clip` becomes an Action on them.

Blender has Z up and its front view looks along +Y, so a rig that looks along +Z with Y up is turned by a
quarter: (x, y, z) becomes (x, −z, y). A bone has the axes of its joint; one without any points up, X to its own left.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray

from audio2blend.clip import Clip
from rigs import Material, Mesh, Rig
from rigs.quaternions import matrix_of
from rigs.skeleton import in_own_axes, motions_of

LENGTH_M = 0.1
"""Of every bone: a rig knows where its joints are, not where they end."""

COLORS = "Color"
"""Name of the attribute that holds the colours of the vertices."""

Axes = Callable[[NDArray[Any]], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Staged:
    """A rig as it stands in the scene."""

    rig: Rig
    mesh: bpy.types.Object
    armature: bpy.types.Object | None
    bones: Mapping[str, str]
    """What each joint is called in the armature: names of more than 63 bytes are cut by Blender."""
    unit: float
    """Length of a metre in the scene."""

    @property
    def keys(self) -> Mapping[str, bpy.types.ShapeKey]:
        """The shape key of each shape, in the order of the rig's."""
        blocks = self.mesh.data.shape_keys.key_blocks[1:] if self.rig.shapes else ()
        return dict(zip(self.rig.shapes, blocks, strict=True))


def to_blender(points: NDArray[Any]) -> NDArray[Any]:
    """Return points or directions of shape (..., 3) with Z up instead of Y."""
    return np.stack([points[..., 0], -points[..., 2], points[..., 1]], axis=-1)


def set_frame_rate(scene: bpy.types.Scene, rate: Fraction) -> None:
    """Set the scene to an exact rate.

    Blender stores a whole number of frames, up to 32767, in a time that is a float: 30000/1001 as 30000 frames
    in 1001 s is exact, as 30 in 1.001 s it would be 28 µs late after ten minutes.
    """
    frames = rate.numerator
    while frames > 32767 and frames % 2 == 0:
        frames //= 2
    if frames > 32767:
        frames = ceil(rate)
    scene.render.fps = frames
    scene.render.fps_base = float(frames / rate)


def build(scene: bpy.types.Scene, rig: Rig, *, axes: Axes = to_blender) -> Staged:
    """Return the rig as a mesh object with shape keys and, if it has joints, an armature, in the scene.

    `axes` turns the rig's points into the scene's. Raises ValueError if the rig has no mesh.
    """
    if rig.mesh is None:
        raise ValueError(f"rig '{rig.name}' has no mesh")
    face = bpy.data.objects.new(rig.name, _mesh(rig.name, rig.mesh, axes))
    scene.collection.objects.link(face)
    if rig.shapes:
        add_shape(face, "Basis")
    for name, delta in zip(rig.shapes, rig.mesh.deltas, strict=True):
        add_shape(face, name, axes(rig.mesh.vertices + delta))
    armature, bones = _armature(scene, rig, face, axes) if rig.joints else (None, {})
    return Staged(rig, face, armature, bones, float(np.linalg.norm(axes(np.array([0.0, 1.0, 0.0])))))


def add_shape(face: bpy.types.Object, name: str, points: NDArray[Any] | None = None) -> bpy.types.ShapeKey:
    """Return a new shape key of a mesh at 0, with its vertices at `points` of shape (n_vertices, 3), or as they rest.

    The only place where one is made: Blender gives it the value 1 from 5.0 on, and 0 before.
    """
    key = face.shape_key_add(name=name, from_mix=False)
    key.value = 0.0
    if points is not None:
        key.points.foreach_set("co", np.asarray(points, np.float32).ravel())
    return key


def animate(scene: bpy.types.Scene, character: Staged, clip: Clip) -> int:
    """Give the character slotted Actions with a key on every frame of the clip, and the scene its rate.

    Returns the first frame, which the scene cannot start with if it is below 0.
    The sound's time 0 is frame 0; a clip that starts between two frames is moved to the nearer one.
    Channels for which the character has neither shape nor joint are left out.
    """
    set_frame_rate(scene, clip.frame_rate)
    frames = round(clip.start_s * float(clip.frame_rate)) + np.arange(len(clip))
    scene.frame_start, scene.frame_end = int(frames[0]), int(frames[-1])
    keys = character.keys
    shown = [name for name in clip.channels if name in keys]
    if shown:
        curves = _curves(character.mesh.data.shape_keys, f"{character.rig.name} shapes")
        for name in shown:
            key = keys[name]
            key.slider_min = min(0.0, float(clip[name].min()))  # Blender clamps to this range
            key.slider_max = max(1.0, float(clip[name].max()))
            fill(curves.new(f'key_blocks["{bpy.utils.escape_identifier(key.name)}"].value'), frames, clip[name])
    motions = motions_of(character.rig, clip)
    if motions and character.armature is not None:
        curves = _curves(character.armature, f"{character.rig.name} joints")
        for joint in character.rig.joints:
            if joint.name in motions:
                place = in_own_axes(joint, motions[joint.name])
                bone = f'pose.bones["{bpy.utils.escape_identifier(character.bones[joint.name])}"]'
                for axis, values in enumerate(place.rotation.T):
                    fill(curves.new(f"{bone}.rotation_quaternion", index=axis), frames, values)
                if place.translation.any():
                    for axis, values in enumerate(place.translation.T * character.unit):
                        fill(curves.new(f"{bone}.location", index=axis), frames, values)
    return int(frames[0])


def pose(character: Staged, weights: NDArray[np.float32]) -> None:
    """Set the shape keys to `weights` of shape (n_shapes,)."""
    for key, weight in zip(character.keys.values(), weights, strict=True):
        key.slider_min, key.slider_max = min(0.0, float(weight)), max(1.0, float(weight))
        key.value = float(weight)


def _mesh(name: str, source: Mesh, axes: Axes) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(source.vertices))
    mesh.vertices.foreach_set("co", axes(source.vertices).ravel())
    mesh.loops.add(len(source.face_vertices))
    mesh.loops.foreach_set("vertex_index", source.face_vertices)
    mesh.polygons.add(len(source.face_sizes))
    mesh.polygons.foreach_set("loop_start", np.cumsum(source.face_sizes, dtype=np.int32) - source.face_sizes)
    mesh.polygons.foreach_set("material_index", source.face_materials)
    for material in source.materials:
        mesh.materials.append(_material(material, painted=source.colors is not None))
    if source.colors is not None:
        color = np.ones((len(source.colors), 4), np.float32)
        color[:, :3] = source.colors
        mesh.color_attributes.new(COLORS, "FLOAT_COLOR", "POINT").data.foreach_set("color", color.ravel())
    if source.uv is not None:
        mesh.uv_layers.new(name="UVMap").uv.foreach_set("vector", source.uv.ravel())
    mesh.update(calc_edges=True)
    mesh.shade_smooth()
    return mesh


def _material(source: Material, *, painted: bool) -> bpy.types.Material:
    material = bpy.data.materials.new(source.name)
    material.diffuse_color = (*source.color, 1.0)  # what Workbench shows
    material.roughness = source.roughness
    material.use_nodes = True
    surface = material.node_tree.nodes["Principled BSDF"].inputs
    surface["Base Color"].default_value = (*source.color, 1.0)
    surface["Roughness"].default_value = source.roughness
    surface["Subsurface Weight"].default_value = source.subsurface
    surface["Subsurface Radius"].default_value = (1.0, 0.35, 0.2)  # red light goes deepest into skin
    surface["Subsurface Scale"].default_value = 0.01
    if painted:
        paint = material.node_tree.nodes.new("ShaderNodeVertexColor")
        paint.layer_name = COLORS
        material.node_tree.links.new(paint.outputs["Color"], surface["Base Color"])
    return material


def _armature(
    scene: bpy.types.Scene, rig: Rig, face: bpy.types.Object, axes: Axes
) -> tuple[bpy.types.Object, dict[str, str]]:
    """Return the armature, and what each joint is called in it."""
    # Unreal leaves out a node of this very name, so that the skeleton starts at the first joint.
    armature = bpy.data.objects.new("Armature", bpy.data.armatures.new("Armature"))
    scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    names: dict[str, str] = {}
    for joint in rig.joints:
        bone = armature.data.edit_bones.new(joint.name)
        own = axes(matrix_of(np.array(joint.orientation)).T).T  # in columns, and as long as a metre is in the scene
        unit = float(np.linalg.norm(own[:, 1]))
        bone.tail = (0.0, LENGTH_M * unit, 0.0)
        stand = np.eye(4)
        stand[:3, :3], stand[:3, 3] = own / unit, axes(np.array(joint.position))
        bone.matrix = Matrix(stand.tolist())
        bone.parent = armature.data.edit_bones[names[joint.parent]] if joint.parent else None
        names[joint.name] = bone.name
    bpy.ops.object.mode_set(mode="OBJECT")
    for joint in rig.joints:
        group = face.vertex_groups.new(name=names[joint.name])
        for vertex in np.flatnonzero(joint.weights):
            group.add([int(vertex)], float(joint.weights[vertex]), "REPLACE")
    face.parent = armature
    face.modifiers.new("Armature", "ARMATURE").object = armature
    return armature, names


def _curves(owner: bpy.types.ID, name: str) -> "bpy.types.ActionChannelbagFCurves":
    """Return the F-curves of a new Action with a slot for `owner`."""
    animation = owner.animation_data_create()
    action = bpy.data.actions.new(name)
    slot = action.slots.new(id_type=owner.id_type, name=owner.name)
    strip = action.layers.new("Lip sync").strips.new(type="KEYFRAME")
    animation.action = action
    animation.action_slot = slot
    return strip.channelbag(slot, ensure=True).fcurves


def fill(curve: bpy.types.FCurve, frames: NDArray[np.int64], values: NDArray[np.float32]) -> None:
    """Put a linear key at every frame; a thousand times as fast as keyframe_insert."""
    curve.keyframe_points.add(len(frames))
    curve.keyframe_points.foreach_set("co", np.stack([frames, values], axis=1).astype(np.float32).ravel())
    linear = bpy.types.Keyframe.bl_rna.properties["interpolation"].enum_items["LINEAR"].value
    curve.keyframe_points.foreach_set("interpolation", np.full(len(frames), linear, np.int32))
    curve.update()
