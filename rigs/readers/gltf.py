"""glTF 2.0: .glb, .gltf with its buffers beside it, and .vrm.

Every mesh of the scene is read with its morph targets, named by `extras.targetNames`; a shape that several meshes
have moves them together. Skinned meshes stand as their skeleton's nodes hold them. Vertices that were split for
texture coordinates or materials are one again, if they lie and move alike: the lips stay two. Not read: textures,
animations and cameras.
"""

from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError

from ..rig import Material, Rig
from . import draco
from .assemble import assemble, reversed_faces
from .gltf_file import GltfFile, Json
from .gltf_nodes import Nodes
from .gltf_shapes import target_names
from .limits import afford
from .piece import PLAIN, Bone, Piece, Space, distinct
from .vrm import add_expressions, front, humanoid_notes

Array = NDArray[np.float64]
_TEXTURE: Final = "baseColorTexture"


def read(path: Path) -> Rig:
    """Return the rig that a glTF file holds.

    Raises InputError if it is damaged; MissingDependencyError if Draco compressed it and there is no Blender.
    """
    file = GltfFile(path)
    try:
        return _read(file)
    except InputError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise InputError(f"{path}: the file contradicts itself ({error!r}); export it again") from None


def _read(file: GltfFile) -> Rig:
    nodes = Nodes(file)
    meshes = file.json.get("meshes", [])
    shown = [node for node in nodes.order if "mesh" in nodes.all[node]]
    _afford(file, [meshes[nodes.all[node]["mesh"]] for node in shown])
    draco.unpack(file, [meshes[index] for index in dict.fromkeys(nodes.all[node]["mesh"] for node in shown)])
    notes: list[str] = []
    pieces = {node: placed.piece for node in shown if (placed := _placed(file, nodes, node, notes)) is not None}
    notes += add_expressions(file.json, {node: nodes.all[node]["mesh"] for node in pieces}, pieces)
    notes += humanoid_notes(file.json, nodes.names)
    if any(_TEXTURE in about.get("pbrMetallicRoughness", {}) for about in file.json.get("materials", [])):
        notes.append("textures are not read: where the face is rewritten, what has one is grey")
    bones = [
        Bone(
            name=nodes.names[node],
            parent=nodes.bone_above(node),
            position=nodes.place(node),
            orientation=nodes.orientation(node),
        )
        for node in nodes.bones
    ]
    space = Space(unit_m=1.0, up="Y", front=front(file.json))
    return assemble(file.path, list(pieces.values()), space=space, bones=bones, notes=notes)


class Origin(NamedTuple):
    """Where the vertices of one primitive are in the rig."""

    node: int
    primitive: int
    rows: NDArray[np.int64]
    """Shape (n_vertices,): the rig's vertex that each of the file's became; -1 for those that no face has."""
    linear: Array
    """Shape (n_vertices, 3, 3): what takes directions at each from the file's mesh into its scene."""


def origins(file: GltfFile) -> list[Origin]:
    """Return where the vertices of a file without shapes are in its rig, as `read` puts it together.

    Raises what `read` does.
    """
    nodes = Nodes(file)
    meshes = file.json.get("meshes", [])
    shown = [node for node in nodes.order if "mesh" in nodes.all[node]]
    draco.unpack(file, [meshes[index] for index in dict.fromkeys(nodes.all[node]["mesh"] for node in shown)])
    start = 0
    found = []
    for node in shown:
        placed = _placed(file, nodes, node, [])
        if placed is None:
            continue
        for index, first, count in placed.primitives:
            rows = placed.rows[first : first + count]
            linear = placed.linear[np.maximum(rows, 0)]
            found.append(Origin(node, index, np.where(rows < 0, -1, rows + start), linear))
        start += len(placed.piece.vertices)
    return found


def _afford(file: GltfFile, meshes: list[Json]) -> None:
    """Raise InputError before anything large is read."""
    counts, n_shapes = 0, 0
    for mesh in meshes:
        blocks = {_block(primitive): primitive for primitive in mesh["primitives"]}
        counts += sum(file.count(primitive["attributes"]["POSITION"]) for primitive in blocks.values())
        n_shapes = max(n_shapes, *(len(primitive.get("targets", ())) for primitive in blocks.values()))
    if n_shapes:  # else it is reported later that there are none
        moved = [mesh for mesh in meshes if any(primitive.get("targets") for primitive in mesh["primitives"])]
        rows = {_block(p): file.count(p["attributes"]["POSITION"]) for mesh in moved for p in mesh["primitives"]}
        afford(file.path, sum(rows.values()), n_shapes)
    elif counts:
        afford(file.path, counts, 0)


def _block(primitive: Json) -> tuple[Any, ...]:
    """Return what identifies the vertices of a primitive: many exporters share one set of them."""
    targets = tuple(target.get("POSITION") for target in primitive.get("targets", ()))
    attributes = primitive["attributes"]
    return (attributes["POSITION"], attributes.get("JOINTS_0"), attributes.get("TEXCOORD_0"), targets)


class _Vertices(NamedTuple):
    """The vertices of one mesh, as the file has them."""

    points: Array
    """Shape (n, 3)."""
    deltas: NDArray[np.float32]
    """Shape (n_shapes, n, 3)."""
    uv: NDArray[np.float32] | None
    joints: NDArray[np.int64]
    """Shape (n, k): index into the skin's joints."""
    weights: NDArray[np.float32]
    """Shape (n, k)."""


class _Placed(NamedTuple):
    """A mesh as it stands in the scene, and where its vertices come from."""

    piece: Piece
    primitives: list[tuple[int, int, int]]
    """Of each that is shown its index, and where its vertices begin in `rows` and how many they are."""
    rows: NDArray[np.int64]
    """Shape (n,): the piece's vertex that each of the file's became; -1 for those that no face has."""
    linear: Array
    """Shape (n_vertices, 3, 3)."""


def _placed(file: GltfFile, nodes: Nodes, node: int, notes: list[str]) -> _Placed | None:
    """Return the mesh of a node as it stands in the scene; None if it has no triangles."""
    mesh = file.json["meshes"][nodes.all[node]["mesh"]]
    primitives = [
        (i, primitive) for i, primitive in enumerate(mesh["primitives"]) if primitive.get("mode", 4) in (4, 5, 6)
    ]
    starts: dict[tuple[Any, ...], int] = {}
    blocks: list[Json] = []
    total = 0
    corners, looks = [], []
    shown = []
    for index, primitive in primitives:
        key = _block(primitive)
        count = file.count(primitive["attributes"]["POSITION"])
        if key not in starts:
            starts[key] = total
            total += count
            blocks.append(primitive)
        shown.append((index, starts[key], count))
        triangles = _triangles(file, primitive, count)
        if len(triangles) and triangles.max() >= count:
            raise ValueError(f"mesh {mesh.get('name', '')} refers to a vertex beyond its {count}")
        corners.append(triangles.ravel() + starts[key])
        looks.append(np.full(len(triangles), primitive.get("material", -1)))
    if not corners or not sum(map(len, corners)):
        return None
    name = str(mesh.get("name") or nodes.names[node])
    names, remarks = distinct(target_names(file, mesh, blocks), f"mesh '{name}'")
    notes += remarks
    vertices = _vertices(file, blocks, len(names))
    face_vertices = np.concatenate(corners)
    uv = None if vertices.uv is None else vertices.uv[face_vertices]
    kept, merged = _welded(vertices, face_vertices)
    rows = np.full(len(merged), -1)
    rows[face_vertices] = merged[face_vertices]
    face_vertices = merged[face_vertices]
    matrices, held = nodes.skinning(node)
    joints, weights = vertices.joints[kept], vertices.weights[kept]
    blended = _blended(matrices, joints, weights)
    points = np.einsum("nij,nj->ni", blended[:, :3, :3], vertices.points[kept]) + blended[:, :3, 3]
    sizes = np.full(len(face_vertices) // 3, 3, np.int32)
    if np.linalg.det(blended[0, :3, :3]) < 0:
        notes.append(f"mesh '{name}' has a mirrored scale; its faces are turned so that they look outwards")
        face_vertices = reversed_faces(sizes, face_vertices)
        uv = None if uv is None else reversed_faces(sizes, uv)
    used, face_materials = np.unique(np.concatenate(looks), return_inverse=True)
    linear = blended[:, :3, :3].astype(np.float32)
    piece = Piece(
        name=name,
        vertices=points,
        face_sizes=sizes,
        face_vertices=face_vertices,
        shapes={
            shape: np.einsum("nij,nj->ni", linear, delta[kept])
            for shape, delta in zip(names, vertices.deltas, strict=True)
        },
        face_materials=face_materials.ravel(),
        materials=tuple(_material(file, int(index)) for index in used),
        uv=uv,
        weights=_weights(held, joints, weights),
    )
    return _Placed(piece, shown, rows, blended[:, :3, :3])


def _triangles(file: GltfFile, primitive: Json, count: int) -> NDArray[np.int64]:
    """Return the triangles of a primitive, shape (n, 3); a strip or fan is taken apart."""
    at = file.accessor(primitive["indices"])[:, 0].astype(np.int64) if "indices" in primitive else np.arange(count)
    match primitive.get("mode", 4):
        case 4:
            triangles = at[: len(at) // 3 * 3].reshape(-1, 3)
        case 5:
            triangles = np.stack([at[:-2], at[1:-1], at[2:]], axis=1)
            triangles[1::2] = triangles[1::2, [1, 0, 2]]
        case _:
            triangles = np.stack([np.full(len(at) - 2, at[0]), at[1:-1], at[2:]], axis=1)
    return np.asarray(triangles, np.int64)


def _vertices(file: GltfFile, blocks: list[Json], n_shapes: int) -> _Vertices:
    points = np.concatenate([file.accessor(block["attributes"]["POSITION"])[:, :3] for block in blocks])
    deltas = np.zeros((n_shapes, len(points), 3), np.float32)
    start = 0
    columns: list[tuple[NDArray[Any], NDArray[Any]]] = []
    uvs: list[NDArray[Any] | None] = []
    for block in blocks:
        attributes = block["attributes"]
        end = start + file.count(attributes["POSITION"])
        for row, target in enumerate(block.get("targets", ())):
            if "POSITION" in target:
                deltas[row, start:end] = file.accessor(target["POSITION"])
        sets = [number for number in range(4) if f"JOINTS_{number}" in attributes]
        joints = [file.accessor(attributes[f"JOINTS_{number}"]) for number in sets] or [np.zeros((end - start, 1))]
        weights = [file.accessor(attributes[f"WEIGHTS_{number}"]) for number in sets] or [np.ones((end - start, 1))]
        columns.append((np.hstack(joints), np.hstack(weights)))
        uvs.append(file.accessor(attributes["TEXCOORD_0"]) if "TEXCOORD_0" in attributes else None)
        start = end
    width = max(joints.shape[1] for joints, _ in columns)
    padded = [[np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in pair] for pair in columns]
    joints, weights = (np.concatenate([pair[side] for pair in padded]) for side in (0, 1))
    uv = None
    if any(rows is not None for rows in uvs):
        rows = [np.zeros((len(j), 2)) if uv is None else uv for uv, (j, _) in zip(uvs, columns, strict=True)]
        uv = (np.concatenate(rows) * [1, -1] + [0, 1]).astype(np.float32)  # from the upper left to the lower left
    return _Vertices(points.astype(np.float64), deltas, uv, joints.astype(np.int64), weights.astype(np.float32))


def _welded(vertices: _Vertices, corners: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which vertices are kept, and what becomes of each: those that lie and move alike become one.

    All that moves a vertex is summed up as one number each, with factors that make it unlikely to agree by chance.
    """
    random = np.random.default_rng(0)
    columns = [vertices.points + 0.0]  # -0 becomes 0
    for rows in (vertices.joints * (vertices.weights > 0), vertices.weights):
        columns.append((rows @ random.random(rows.shape[1]))[:, None])
    moved = np.zeros(len(vertices.points))
    for delta in vertices.deltas:
        moved += delta @ random.random(3)
    rows = np.concatenate([*columns, moved[:, None]], axis=1)
    used = np.unique(corners)
    _, first, group = np.unique(rows[used], axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")  # as the file has them
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    merged = np.zeros(len(rows), np.int64)
    merged[used] = rank[group.ravel()]
    return used[first[order]], merged


def _blended(matrices: Array, joints: NDArray[np.int64], weights: NDArray[np.float32]) -> Array:
    """Return the matrix that moves each vertex into the scene, shape (n, 4, 4)."""
    if len(matrices) == 1:
        return np.broadcast_to(matrices[0], (len(joints), 4, 4))
    total = weights.sum(axis=1, keepdims=True).astype(np.float64)
    shares = np.where(total > 0, weights / np.where(total > 0, total, 1), np.eye(1, weights.shape[1]))
    blended = np.zeros((len(joints), 4, 4))
    for column in range(joints.shape[1]):
        blended += shares[:, column, None, None] * matrices[joints[:, column]]
    return blended


def _weights(
    held: list[str], joints: NDArray[np.int64], weights: NDArray[np.float32]
) -> dict[str, NDArray[np.float32]]:
    """Return how much each vertex follows each bone that holds any."""
    found: dict[str, NDArray[np.float32]] = {}
    for column in range(joints.shape[1] if held else 0):
        for index in np.unique(joints[weights[:, column] > 0, column]):
            rows = np.where(joints[:, column] == index, weights[:, column], np.float32(0))
            found[held[index]] = rows + found.get(held[index], np.float32(0))
    return found


def _material(file: GltfFile, index: int) -> Material:
    if index < 0:
        return PLAIN
    about = file.json["materials"][index]
    surface = about.get("pbrMetallicRoughness", {})
    under = PLAIN.color if _TEXTURE in surface else (1.0, 1.0, 1.0)
    factors = surface.get("baseColorFactor", [1, 1, 1, 1])[:3]
    red, green, blue = (float(factor) * value for factor, value in zip(factors, under, strict=True))
    name = str(about.get("name") or f"material_{index}")
    return Material(name=name, color=(red, green, blue), roughness=float(surface.get("roughnessFactor", 1.0)))
