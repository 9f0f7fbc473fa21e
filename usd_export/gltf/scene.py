"""glTF 2.0 as one .glb or .gltf file: morph targets, a skin for the joints, and one animation of both.

The mesh has a primitive for each material; every primitive has all the rig's shapes as targets, named in
`mesh.extras.targetNames` as everybody expects. Targets carry positions and normals, so that an opened mouth is lit as
one. They are sparse accessors, since a shape of a face moves only a part of it: the built-in head's file is about a
quarter the size. Blender's own exporter writes morph targets so by default, so importers have to know them.

Frame k is at `start_s` + k / rate, worked out exactly and then rounded to float32, which resolves 0.06 ms after ten
minutes; the exact rate and the clip's metadata are text in `asset.extras`.

Joints keep their places, axes and names; each that the clip moves has curves of its rotation and, if it is shifted, its
translation. Skins hold the four strongest joints of a vertex, as every viewer knows them.

Colours of vertices are written as COLOR_0, with which viewers multiply the colour of the material.

`packing` stores numbers as integers (coding.py) and packs their bytes (meshopt.py); then targets are dense, since zeros
cost nothing.

Lost: channels that the rig has neither shape nor joint for, the sound, subsurface scattering, colours of vertices
brighter than their material, deltas below a micrometre and turns of a normal below a quarter of a degree.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Joint, Mesh, Rig
from rigs.quaternions import matrix_of, stored
from rigs.skeleton import at_rest, motions_of, moved

from ..normals import vertex_normals
from ..skinning import influences
from ..take import name_of
from . import Options
from .animation import Track, animation, refuse_untimed
from .arrays import TRIANGLES, VERTICES, Arrays, Json
from .coding import QUANTIZATION, Floats, Integers
from .meshopt import EXTENSION, compress
from .only import only
from .sparse import SMALLEST_M, SMALLEST_TURN, targets


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Options) -> None:
    """Write the face of `rig`, moved by `clip`, to a .glb or .gltf file; speech is not used.

    Raises InputError if the rig has no mesh or nothing that moves, the clip no frames, or it starts before 0, where
    glTF has no time.
    """
    if rig is None or rig.mesh is None:
        raise InputError(f"{path}: a glTF file needs a rig with a mesh")
    if not rig.shapes and not motions_of(rig, clip):
        raise InputError(f"rig '{rig.name}' has no shapes to animate, and no joint that the clip moves; choose another")
    refuse_untimed(clip)
    arrays = Arrays()
    coding = Floats() if options.packing == "plain" else Integers.of(rig.mesh)
    used = np.unique(rig.mesh.face_materials)
    mesh: Json = {
        "name": rig.name,
        "primitives": _primitives(arrays, rig, used, coding, dense=options.packing == "meshopt"),
    }
    if rig.shapes:
        mesh |= {"weights": [0.0] * len(rig.shapes), "extras": {"targetNames": list(rig.shapes)}}
    scene: Json = {
        "asset": {
            "version": "2.0",
            "generator": "audio2blend",
            "extras": {"frame_rate": str(clip.frame_rate), "metadata": dict(clip.metadata)},
        },
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": rig.name, "mesh": 0}],
        "meshes": [mesh],
        "materials": [_material(rig.mesh, int(index)) for index in used],
        "animations": [animation(arrays, clip, [coding.track(track) for track in _tracks(clip, rig)])],
    }
    if rig.joints:
        _add_skin(scene, arrays, rig.joints, coding)
    elif isinstance(coding, Integers):
        scene["nodes"][0] |= {"translation": coding.centre_m.tolist(), "scale": [coding.reach_m] * 3}
    needed = {"plain": [], "quantized": [QUANTIZATION], "meshopt": [QUANTIZATION, EXTENSION]}[options.packing]
    if needed:
        scene |= {"extensionsUsed": needed, "extensionsRequired": needed}
    whole = path.with_name("whole.glb") if options.animation_only else path
    arrays.write(whole, scene, compress(arrays) if options.packing == "meshopt" else ())
    if options.animation_only:
        only(whole, {name_of(clip)}, path)


def _add_skin(scene: Json, arrays: Arrays, joints: tuple[Joint, ...], coding: Floats) -> None:
    """Add the joints to a scene of the mesh alone, and bind the mesh to them."""
    scene["nodes"] += _joint_nodes(joints)
    roots = [1 + index for index, joint in enumerate(joints) if joint.parent is None]
    if len(roots) > 1:  # glTF wants one node above all joints of a skin
        scene["nodes"].append({"name": "Armature", "children": roots})
        roots = [len(scene["nodes"]) - 1]
    scene["scenes"][0]["nodes"] += roots
    scene["nodes"][0]["skin"] = 0
    nodes = list(range(1, 1 + len(joints)))
    unbound = arrays.accessor(_unbound(joints, coding.matrix()))
    scene["skins"] = [{"joints": nodes, "skeleton": roots[0], "inverseBindMatrices": unbound}]


def _joint_nodes(joints: tuple[Joint, ...]) -> list[Json]:
    """Return a node for each joint; they follow the node of the mesh."""
    nodes = []
    rest = at_rest(joints)
    for joint, place, turn in zip(joints, rest.translation, stored(rest.rotation), strict=True):
        node: Json = {"name": joint.name, "translation": place.tolist()}
        if not np.array_equal(turn, (1, 0, 0, 0)):
            node["rotation"] = np.roll(turn, -1).tolist()  # w comes last
        if children := [1 + index for index, other in enumerate(joints) if other.parent == joint.name]:
            node["children"] = children
        nodes.append(node)
    return nodes


def _unbound(joints: tuple[Joint, ...], stored: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the matrices that take the mesh into each joint's own axes, shape (n_joints, 4, 4), column by column.

    `stored` is what takes the positions that are stored to metres: a node that has a skin has no place of its own.
    """
    matrices = np.tile(np.eye(4), (len(joints), 1, 1))
    turns = matrix_of(np.array([joint.orientation for joint in joints], float))  # the columns are the joint's axes
    matrices[:, :3, :3] = turns
    matrices[:, 3, :3] = -np.einsum("nij,ni->nj", turns, [joint.position for joint in joints])
    return (stored.T @ matrices).astype(np.float32)


def _material(mesh: Mesh, index: int) -> Json:
    """Return a material as glTF describes it."""
    material = mesh.materials[index]
    return {
        "name": material.name,
        "pbrMetallicRoughness": {
            "baseColorFactor": [*material.color, 1.0],
            "metallicFactor": 0.0,
            "roughnessFactor": material.roughness,
        },
    }


def _tracks(clip: Clip, rig: Rig) -> list[Track]:
    """Return the curves of the shapes and of the joints that move."""
    tracks = [Track(0, "weights", clip.select(rig.shapes).values)] if rig.shapes else []
    motions = motions_of(rig, clip)
    for node, joint in enumerate(rig.joints, start=1):
        if joint.name in motions:
            place = moved(rig.joints, joint, motions[joint.name])
            tracks.append(Track(node, "rotation", np.roll(place.rotation, -1, axis=1).astype(np.float32)))
            if motions[joint.name].translation.any():
                tracks.append(Track(node, "translation", place.translation.astype(np.float32)))
    return tracks


class _Corners(NamedTuple):
    """The vertices of one primitive: glTF wants a new one wherever a corner has other texture coordinates."""

    vertices: NDArray[np.int64]
    """Shape (n,): which vertex of the mesh each is."""
    uv: NDArray[np.float32] | None
    """Shape (n, 2), origin at the upper left."""
    triangles: NDArray[np.int64]
    """Shape (n_triangles * 3,)."""


def _primitives(arrays: Arrays, rig: Rig, used: NDArray[np.int32], coding: Floats, *, dense: bool) -> list[Json]:
    """Return a primitive for each material that is used, in the order of `used`."""
    mesh = rig.mesh
    assert mesh is not None
    normals = vertex_normals(mesh, mesh.vertices)
    turns = np.zeros_like(mesh.deltas)
    changed = np.zeros(mesh.deltas.shape[:2], bool)
    for delta, turn, rows in zip(mesh.deltas, turns, changed, strict=True):
        turn[:] = vertex_normals(mesh, mesh.vertices + delta) - normals
        rows[:] = (np.linalg.norm(delta, axis=1) >= SMALLEST_M) | (np.linalg.norm(turn, axis=1) >= SMALLEST_TURN)
    moves, turns = coding.moves(mesh.deltas), coding.directions(turns)
    changed &= (moves != 0).any(axis=2) | (turns != 0).any(axis=2)
    weights = influences(rig.joints) if rig.joints else None
    primitives = []
    for material, index in enumerate(used):
        corners = _corners(mesh, int(index))
        at = corners.vertices
        attributes = {
            "POSITION": arrays.accessor(coding.positions(mesh.vertices[at]), VERTICES, bounds=True),
            "NORMAL": arrays.accessor(coding.directions(normals[at]), VERTICES),
        }
        if corners.uv is not None:
            attributes["TEXCOORD_0"] = _shares(arrays, coding.shares(corners.uv))
        if mesh.colors is not None:
            attributes["COLOR_0"] = arrays.accessor(_tint(mesh, int(index), at), VERTICES, normalized=True)
        if weights is not None:
            four = [(0, 0), (0, 4 - weights.joints.shape[1])]
            shares = coding.skin(np.pad(weights.weights[at], four))
            bound = np.pad(weights.joints[at], four) * (shares > 0)
            attributes["JOINTS_0"] = arrays.accessor(bound.astype("<u2"), VERTICES)
            attributes["WEIGHTS_0"] = _shares(arrays, shares)
        kind = "<u2" if len(at) < 65535 else "<u4"
        primitive: Json = {
            "attributes": attributes,
            "indices": arrays.accessor(corners.triangles.astype(kind), TRIANGLES),
            "material": material,
        }
        if len(mesh.deltas):
            primitive["targets"] = targets(arrays, moves[:, at], turns[:, at], changed[:, at], dense=dense)
        primitives.append(primitive)
    return primitives


def _shares(arrays: Arrays, values: NDArray[Any]) -> int:
    """Add numbers from 0 to 1, as floats or as integers."""
    return arrays.accessor(values, VERTICES, normalized=values.dtype.kind == "u")


def _tint(mesh: Mesh, material: int, vertices: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return what the colour of a material is multiplied with at its vertices, shape (n, 4) with an alpha of 1."""
    assert mesh.colors is not None
    share = mesh.colors[vertices] / np.maximum(mesh.materials[material].color, 1e-6)
    opaque = np.pad(share.clip(0, 1), ((0, 0), (0, 1)), constant_values=1)
    return np.asarray(np.rint(opaque * 255), np.uint8)


def _corners(mesh: Mesh, material: int) -> _Corners:
    """Return the vertices and triangles of the faces of one material; a face becomes a fan from its first corner."""
    faces = np.flatnonzero(mesh.face_materials == material)
    fans = mesh.face_sizes[faces] - 2
    first = (np.cumsum(mesh.face_sizes) - mesh.face_sizes)[faces]
    start = np.repeat(first, fans)
    step = np.arange(len(start)) - np.repeat(np.cumsum(fans) - fans, fans)
    corners = np.stack([start, start + step + 1, start + step + 2], axis=1).ravel()
    if mesh.uv is None:
        vertices, triangles = np.unique(mesh.face_vertices[corners], return_inverse=True)
        return _Corners(vertices, None, triangles.ravel())
    places = mesh.uv * np.array([1, -1], np.float32) + np.array([0, 1], np.float32)  # from lower to upper left
    _, place = np.unique(places, axis=0, return_inverse=True)
    keys = np.stack([mesh.face_vertices[corners], place.ravel()[corners]], axis=1)
    _, chosen, triangles = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return _Corners(mesh.face_vertices[corners][chosen], places[corners][chosen], triangles.ravel())
