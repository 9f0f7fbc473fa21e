"""Shapes that were made for a mesh without any, as morph targets of the client's own mesh."""

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError
from rigs import Rig
from rigs.readers.gltf import Origin, origins
from rigs.readers.gltf_file import GltfFile, Json
from rigs.rig import Asset

from ..normals import vertex_normals
from .arrays import Arrays
from .json_text import JsonText
from .sparse import SMALLEST_M, SMALLEST_TURN, targets


def add_shapes(file: GltfFile, text: JsonText, arrays: Arrays, rig: Rig, asset: Asset) -> None:
    """Give the meshes that the shapes of a rig move all of them, in the file's JSON and in its text.

    Moves and normals are turned back from the rig to where each vertex lies in its own mesh, which skins and nodes
    carry into the scene. Of a mesh that several nodes show the first counts.
    Raises InputError if the file's vertices are not those that the rig was read from.
    """
    assert rig.mesh is not None
    found = origins(file)
    if max((int(origin.rows.max(initial=-1)) for origin in found), default=-1) >= len(rig.mesh.vertices):
        raise InputError(f"{file.path} has more vertices than its rig; load the rig again")
    rest = vertex_normals(rig.mesh, rig.mesh.vertices)
    turns = np.stack([vertex_normals(rig.mesh, rig.mesh.vertices + delta) - rest for delta in rig.mesh.deltas])
    moved = np.abs(rig.mesh.deltas).max(axis=(0, 2)) >= SMALLEST_M
    by_mesh: dict[int, list[Origin]] = {}
    for origin in found:
        mesh = file.json["nodes"][origin.node]["mesh"]
        if all(other.node == origin.node for other in by_mesh.get(mesh, ())):
            by_mesh.setdefault(mesh, []).append(origin)
    for mesh, parts in by_mesh.items():
        about: Json = file.json["meshes"][mesh]
        if not any(moved[part.rows[part.rows >= 0]].any() for part in parts) or len(parts) < len(about["primitives"]):
            continue
        for part in parts:
            primitive = about["primitives"][part.primitive]
            made = _targets(arrays, primitive, part, rig.mesh.deltas, turns, asset.space)
            primitive["targets"] = made
            text.put(("meshes", mesh, "primitives", part.primitive, "targets"), made)
        extras = about.get("extras")
        about["extras"] = (extras if isinstance(extras, dict) else {}) | {"targetNames": list(rig.shapes)}
        text.put(("meshes", mesh, "extras"), about["extras"])


def _targets(
    arrays: Arrays,
    primitive: Json,
    part: Origin,
    deltas: NDArray[np.float32],
    turns: NDArray[np.float32],
    space: NDArray[np.float64],
) -> list[Json]:
    """Return a morph target of a primitive for each shape."""
    there = (part.rows >= 0)[:, None]
    rows = np.maximum(part.rows, 0)
    back = np.linalg.inv(space) @ np.linalg.inv(part.linear).transpose(0, 2, 1)  # for rows of numbers
    sizes = np.cbrt(np.abs(np.linalg.det(np.linalg.inv(space)[None] @ np.linalg.inv(part.linear))))
    moves = np.einsum("snj,njk->snk", deltas[:, rows], back) * there
    bends = np.einsum("snj,njk->snk", turns[:, rows], back / sizes[:, None, None]) * there
    changed = np.linalg.norm(deltas[:, rows], axis=2) >= SMALLEST_M
    if "NORMAL" in primitive["attributes"]:
        changed |= np.linalg.norm(turns[:, rows], axis=2) >= SMALLEST_TURN
        return targets(arrays, moves.astype(np.float32), bends.astype(np.float32), changed & there[:, 0])
    return targets(arrays, moves.astype(np.float32), None, changed & there[:, 0])
