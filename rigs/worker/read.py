"""A .blend or .fbx file becomes pieces and bones, in Blender's own axes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError
from audio2blend.wording import listed
from rigs import Material
from rigs.readers.limits import afford
from rigs.readers.mirrored import mirrored
from rigs.readers.piece import PLAIN, Bone, Piece

from . import fbx_file

Array = NDArray[np.float64]


def read(*, path: Path, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Return the file's "pieces", "bones", "notes" and "unit_m", all at rest in the scene's space.

    Raises InputError if Blender cannot open the file or it is too large.
    """
    open_file(path)
    notes: list[str] = []
    found = gathered(path, bpy.context.scene, _shown(notes), bpy.context.scene.objects, notes)
    if path.suffix.lower() == ".fbx":
        found["pieces"] = _named(path, found["pieces"], notes)
    return found


def gathered(
    name: Path,
    scene: bpy.types.Scene,
    meshes: Sequence[bpy.types.Object],
    armatures: Sequence[bpy.types.Object],
    notes: list[str],
) -> dict[str, Any]:
    """Return "pieces", "bones", "notes" and "unit_m" of objects of a scene, all at rest in its space.

    Of `armatures` only armatures count. `name` is what errors call it. Raises InputError if it is too large.
    """
    keyed = [face for face in meshes if face.data.shape_keys]
    counted = keyed or meshes
    afford(name, sum(len(face.data.vertices) for face in counted), max(map(_n_shapes, meshes), default=0))
    bones = _bones(armatures)
    pieces = [_piece(face, bones, notes) for face in meshes if face.data.polygons]
    unit = scene.unit_settings
    return {
        "pieces": pieces,
        "bones": list(bones.values()),
        "notes": notes,
        "unit_m": float(unit.scale_length) if unit.system != "NONE" else 1.0,
    }


def open_file(path: Path) -> None:
    """Open a file without its animation; Blender reports what is wrong as RuntimeError."""
    try:
        if path.suffix.lower() == ".blend":
            bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False, use_scripts=False)
        elif "fbx_import" in dir(bpy.ops.wm):  # since 4.5; the one before fails on files with lights in 5.0
            bpy.ops.wm.fbx_import(filepath=str(path), use_anim=False)
        else:
            bpy.ops.import_scene.fbx(filepath=str(path), use_anim=False)
    except RuntimeError as error:
        reason = " ".join(str(error).replace("Error:", "").split())
        raise InputError(f"Blender cannot open it ({reason}); save or export it again") from None
    if not bpy.context.scene.objects:
        raise InputError("Blender finds nothing in it; it is empty or damaged: save or export it again")


def _named(path: Path, pieces: Sequence[Piece], notes: list[str]) -> list[Piece]:
    """Return the pieces of an .fbx file with its own names of shapes, where Blender changed some."""
    if not any(map(fbx_file.doubtful, (name for piece in pieces for name in piece.shapes))):
        return list(pieces)
    try:
        meshes = fbx_file.keyed_meshes(path=path)
    except InputError:  # a text file, say, which Blender's importer reads nonetheless
        meshes = []
    named = []
    for piece in pieces:
        names = fbx_file.at_full_length(list(piece.shapes), meshes)
        if names is None:
            names = list(piece.shapes)
            if changed := list(filter(fbx_file.doubtful, names)):
                notes.append(f"Blender may have cut or numbered shapes of mesh '{piece.name}': {listed(changed)}")
        named.append(replace(piece, shapes=dict(zip(names, piece.shapes.values(), strict=True))))
    return named


def _n_shapes(face: bpy.types.Object) -> int:
    return len(face.data.shape_keys.key_blocks) - 1 if face.data.shape_keys else 0


def _shown(notes: list[str]) -> list[bpy.types.Object]:
    """Return the meshes of the scene, those with the most shapes first.

    What is hidden from view and render is left out, unless nothing else has shapes.
    """
    meshes = [item for item in bpy.context.scene.objects if item.type == "MESH"]
    meshes.sort(key=lambda item: (-_n_shapes(item), item.name))
    hidden = [item for item in meshes if item.hide_render and (item.hide_viewport or item.hide_get())]
    shown = [item for item in meshes if item not in hidden]
    if hidden and any(item.data.shape_keys for item in shown):
        notes.append(f"hidden meshes are left out: {listed(item.name for item in hidden)}")
        return shown
    return meshes


def bone_names(objects: Iterable[bpy.types.Object]) -> Iterator[tuple[bpy.types.Object, dict[str, str]]]:
    """Yield every armature with what each of its bones is called in the rig: with its armature, if another has one."""
    taken: set[str] = set()
    for armature in objects:
        if armature.type == "ARMATURE":
            names = {
                bone.name: bone.name if bone.name not in taken else f"{armature.name}:{bone.name}"
                for bone in armature.data.bones
            }
            taken |= set(names.values())
            yield armature, names


def _bones(objects: Sequence[bpy.types.Object]) -> dict[tuple[str, str], Bone]:
    """Return the bones of all armatures at rest, parents first, by armature and name."""
    bones: dict[tuple[str, str], Bone] = {}
    for armature, names in bone_names(objects):
        for bone in sorted(armature.data.bones, key=lambda bone: len(bone.parent_recursive)):
            x, y, z = armature.matrix_world @ bone.head_local
            above = names[bone.parent.name] if bone.parent else None
            turn = (armature.matrix_world @ bone.matrix_local).to_quaternion()
            bones[armature.name, bone.name] = Bone(
                name=names[bone.name],
                parent=above,
                position=(x, y, z),
                orientation=(turn.w, turn.x, turn.y, turn.z),
            )
    return bones


def _piece(face: bpy.types.Object, bones: dict[tuple[str, str], Bone], notes: list[str]) -> Piece:
    """Return a mesh in its rest pose, as it stands in the scene."""
    mesh = face.data
    matrix = np.array(face.matrix_world, float)
    linear = matrix[:3, :3]
    keys = mesh.shape_keys
    rest = _points(keys.reference_key.points if keys else mesh.vertices)
    groups = _groups(face)
    shapes = _shapes(face, groups, notes) if keys else {}
    sizes, corners = np.zeros(len(mesh.polygons), np.int32), np.zeros(len(mesh.loops), np.int32)
    looks = np.zeros(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("loop_total", sizes)
    mesh.polygons.foreach_get("material_index", looks)
    mesh.loops.foreach_get("vertex_index", corners)
    uv = None
    if mesh.uv_layers.active and len(mesh.uv_layers.active.uv) == len(corners):
        uv = np.zeros(2 * len(corners), np.float32)
        mesh.uv_layers.active.uv.foreach_get("vector", uv)
        uv = uv.reshape(-1, 2)
    if np.linalg.det(linear) < 0:
        notes.append(f"mesh '{face.name}' has a mirrored scale; its faces are turned so that they look outwards")
        order = _backwards(sizes)
        corners, uv = corners[order], None if uv is None else uv[order]
    applied = ("ARMATURE", "MIRROR")
    others = [modifier.name for modifier in face.modifiers if modifier.type not in applied and modifier.show_render]
    if others:
        notes.append(f"modifiers of mesh '{face.name}' are not applied: {listed(others)}")
    piece = Piece(
        name=face.name,
        vertices=rest @ linear.T + matrix[:3, 3],
        face_sizes=sizes,
        face_vertices=corners,
        shapes={name: (delta @ linear.T).astype(np.float32) for name, delta in shapes.items()},
        face_materials=looks,
        materials=tuple(_look(slot.material) for slot in face.material_slots) or (PLAIN,),
        uv=uv,
        weights=_weights(face, groups, bones),
    )
    for modifier in face.modifiers:
        if modifier.type == "MIRROR" and modifier.show_render:
            piece = _mirrored(face, modifier, piece)
    return piece


def _mirrored(face: bpy.types.Object, modifier: bpy.types.Modifier, piece: Piece) -> Piece:
    """Return a mesh as its mirror modifier completes it, without what that cuts away."""
    centre = np.array((modifier.mirror_object or face).matrix_world, float)
    local = abs(np.linalg.det(np.array(face.matrix_world, float)[:3, :3])) ** (1 / 3)
    flipped = {name: bpy.utils.flip_name(name) for name in piece.weights} if modifier.use_mirror_vertex_groups else {}
    for axis in np.flatnonzero(modifier.use_axis):
        flip = np.eye(4)
        flip[axis, axis] = -1
        merge = modifier.merge_threshold * local if modifier.use_mirror_merge else None
        piece = mirrored(piece, centre @ flip @ np.linalg.inv(centre), merge=merge, other_side=flipped)
    return piece


def _backwards(sizes: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the order of the corners that turns every face round."""
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.asarray(first + (first - np.arange(len(first))) % np.repeat(sizes, sizes), np.int64)


def _points(data: Any) -> Array:
    """Return places (n, 3) of vertices, or of the `points` of a shape key, which come far faster than its `data`."""
    points = np.zeros(3 * len(data), np.float32)
    data.foreach_get("co", points)
    return points.reshape(-1, 3).astype(np.float64)


def _groups(face: bpy.types.Object) -> dict[str, NDArray[np.float32]]:
    """Return the weight of every vertex in every vertex group."""
    names = [group.name for group in face.vertex_groups]
    weights = np.zeros((len(names), len(face.data.vertices)), np.float32)
    if names:
        for vertex in face.data.vertices:
            for group in vertex.groups:
                weights[group.group, vertex.index] = group.weight
    return dict(zip(names, weights, strict=True))


def _shapes(face: bpy.types.Object, groups: dict[str, NDArray[np.float32]], notes: list[str]) -> dict[str, Array]:
    """Return what every shape key at 1 adds; adds to `notes` what a clip should know about them."""
    keys = face.data.shape_keys
    blocks = [block for block in keys.key_blocks if block != keys.reference_key]
    shapes = {}
    for block in blocks:
        delta = _points(block.points) - _points(block.relative_key.points)
        if block.vertex_group in groups:
            delta *= groups[block.vertex_group][:, None]
        shapes[block.name] = delta
    where = f"mesh '{face.name}'"
    if not keys.use_relative:
        notes.append(f"{where} has absolute shape keys; they are read as relative ones")
    if muted := [block.name for block in blocks if block.mute]:
        notes.append(f"{where} has muted shape keys, which show nothing until they are switched on: {listed(muted)}")
    ranges = [block.name for block in blocks if block.slider_min > 0 or block.slider_max < 1]
    if ranges:
        notes.append(f"{where} has shape keys that Blender keeps from reaching 0 and 1: {listed(ranges)}")
    animation = keys.animation_data
    paths = [curve.data_path for curve in animation.drivers] if animation else []
    if driven := [
        block.name for block in blocks if f'key_blocks["{bpy.utils.escape_identifier(block.name)}"].value' in paths
    ]:
        notes.append(f"{where} has shape keys that drivers hold, so that keys on them do nothing: {listed(driven)}")
    return shapes


def _weights(
    face: bpy.types.Object, groups: dict[str, NDArray[np.float32]], bones: dict[tuple[str, str], Bone]
) -> dict[str, NDArray[np.float32]]:
    """Return how much each vertex follows each bone."""
    found: dict[str, NDArray[np.float32]] = {}
    for modifier in face.modifiers:
        if modifier.type == "ARMATURE" and modifier.object:
            for name, weights in groups.items():
                bone = bones.get((modifier.object.name, name))
                if bone and modifier.object.data.bones[name].use_deform and weights.any():
                    found[bone.name] = weights
    if not found and face.parent and face.parent_type == "BONE":
        bone = bones.get((face.parent.name, face.parent_bone))
        if bone:
            found[bone.name] = np.ones(len(face.data.vertices), np.float32)
    return found


def _look(material: bpy.types.Material | None) -> Material:
    if material is None:
        return PLAIN
    nodes = material.node_tree.nodes if material.node_tree else ()
    surface = next((node for node in nodes if node.type == "BSDF_PRINCIPLED"), None)
    colour = surface.inputs["Base Color"].default_value if surface else material.diffuse_color
    rough = surface.inputs["Roughness"].default_value if surface else material.roughness
    red, green, blue = (float(value) for value in colour[:3])
    return Material(name=material.name, color=(red, green, blue), roughness=float(rough))
