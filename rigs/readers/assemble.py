"""Putting what a file holds together as one `Rig`: one mesh, checked, upright and in metres."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError
from audio2blend.wording import listed

from ..quaternions import multiply, of_matrix
from ..rig import Asset, Joint, Material, Mesh, Rig
from ..still import still_shapes
from .limits import MOST_POINTS, MOST_VERTICES, afford
from .piece import PLAIN, Bone, Piece, Space
from .upright import stand

_FARTHEST: Final = 1e12
"""No unit is so small that a head would be so many."""
_NO_PLACE: Final = "not numbers (NaN, infinite or beyond any size)"
_MOVED: Final = 0.05
"""A vertex that a shape moves by so much of its farthest is part of what the shape moves."""


def assemble(
    path: Path,
    pieces: Sequence[Piece],
    *,
    space: Space,
    bones: Sequence[Bone] = (),
    notes: Iterable[str] = (),
) -> Rig:
    """Return the meshes of a file as one rig with the shapes of all; a shape that several have moves them together.

    `bones` come parents first. Raises InputError if numbers are not finite, faces refer to vertices that are not
    there, or the rig is too large.
    """
    remarks = list(notes)
    pieces = _affordable(path, pieces, remarks)
    for piece in pieces:
        _check(path, piece)
    for bone in bones:
        if not np.isfinite([*bone.position, *bone.orientation]).all():
            raise InputError(f"{path}: bone '{bone.name}' stands nowhere (NaN or infinite); clean it and save again")
    names = tuple(dict.fromkeys(name for piece in pieces for name in piece.shapes))
    rig = Rig(name=_title(path), shapes=names, joints=(), notes=())
    if not pieces:
        return replace(rig, notes=tuple(remarks))
    starts = np.cumsum([0, *(len(piece.vertices) for piece in pieces)])
    vertices = np.concatenate([piece.vertices for piece in pieces]).astype(np.float64)
    corners = np.concatenate(
        [piece.face_vertices + start for piece, start in zip(pieces, starts[:-1], strict=True)]
    ).astype(np.int32)
    sizes = np.concatenate([piece.face_sizes for piece in pieces]).astype(np.int32)
    deltas = np.zeros((len(names), len(vertices), 3), np.float32)
    row = {name: index for index, name in enumerate(names)}
    for piece, start in zip(pieces, starts[:-1], strict=True):
        for name in list(piece.shapes):
            deltas[row[name], start : start + len(piece.vertices)] = piece.shapes.pop(name)  # as it is copied, let go
    triangles = _triangles(sizes, corners)
    activity = _activity(deltas)
    upright = stand(vertices, triangles, activity, space, bare=not activity.any() or not names)
    remarks += upright.notes
    matrix = upright.matrix
    if upright.flipped:
        corners = reversed_faces(sizes, corners)
    for delta in deltas:
        delta[:] = delta @ matrix
    joints = _joints(bones, pieces, starts, matrix, remarks)
    materials, face_materials = _materials(pieces)
    mesh = Mesh(
        vertices=(vertices @ matrix).astype(np.float32),
        face_sizes=sizes,
        face_vertices=corners,
        face_materials=face_materials,
        materials=materials,
        deltas=deltas,
        uv=_uv(pieces, sizes, flipped=upright.flipped),
        identity=_identity(pieces, starts, matrix),
    )
    rig = replace(rig, mesh=mesh, joints=joints, asset=Asset(path=path, space=matrix))
    remarks += _findings(mesh, still_shapes(rig), triangles)
    return replace(rig, notes=tuple(dict.fromkeys(remarks)))


def reversed_faces(sizes: NDArray[np.int32], corners: NDArray[Any]) -> NDArray[Any]:
    """Return the corners, or what lies at them, with every face the other way round; the first corner stays first.

    >>> reversed_faces(np.array([3, 4], np.int32), np.arange(7)).tolist()
    [0, 2, 1, 3, 6, 5, 4]
    """
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    length = np.repeat(sizes, sizes)
    place = np.arange(len(corners)) - first
    return np.asarray(corners[first + (-place) % length])


def _affordable(path: Path, pieces: Sequence[Piece], remarks: list[str]) -> list[Piece]:
    """Return the pieces; those without shapes are left out where all would be too many."""
    total = sum(len(piece.vertices) for piece in pieces)
    names = {name for piece in pieces for name in piece.shapes}
    try:
        afford(path, total, len(names))
        return list(pieces)
    except InputError:
        still = [piece.name for piece in pieces if not piece.shapes]
        moved = [piece for piece in pieces if piece.shapes]
        if not still or not moved:
            raise
        afford(path, sum(len(piece.vertices) for piece in moved), len(names))
        remarks.append(
            f"{total:,} vertices are many (of at most {MOST_VERTICES:,}), so meshes without shapes are left out: "
            f"{listed(still)}"
        )
        return moved


def _check(path: Path, piece: Piece) -> None:
    where = f"{path}: mesh '{piece.name}'"
    count = len(piece.vertices)
    if bad := _unsound(piece.vertices):
        raise InputError(f"{where} has {bad} vertices that are {_NO_PLACE}; clean it and save again")
    corners = piece.face_vertices
    if len(corners) and (corners.min() < 0 or corners.max() >= count):
        raise InputError(f"{where} has faces that refer to vertices beyond its {count}; save the file again")
    for name, delta in piece.shapes.items():
        if delta.shape != (count, 3):
            raise InputError(
                f"{where} has {count} vertices, but its shape '{name}' has {len(delta)}; save both from one topology"
            )
        if bad := _unsound(delta):
            raise InputError(
                f"{where} has a shape '{name}' with {bad} vertices that are {_NO_PLACE}; remove it and save again"
            )
    for mode in () if piece.identity is None else piece.identity:
        if bad := _unsound(mode):
            raise InputError(f"{where} has an identity mode with {bad} vertices that are {_NO_PLACE}; save it again")
    for name, weights in piece.weights.items():
        if not np.isfinite(weights).all():
            raise InputError(
                f"{where} follows its bone '{name}' by weights that are not numbers (NaN or infinite); "
                "normalise its weights and save again"
            )


def _unsound(points: NDArray[np.floating[Any]]) -> int:
    """Return how many points (n, 3) are nowhere, or so far away that their squares overflow."""
    return int((~(np.abs(points) < _FARTHEST).all(axis=1)).sum())


def _title(path: Path) -> str:
    """Return what the rig is called: the file's name without its suffixes."""
    name = path.resolve().name
    for suffix in path.suffixes[::-1]:
        if suffix.lower() in (".gz", ".xz", ".bz2", ".tar") or suffix == path.suffixes[-1]:
            name = name.removesuffix(suffix)
    return name or "rig"


def _triangles(sizes: NDArray[np.int32], corners: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return every face as a fan of triangles, shape (n, 3)."""
    fans = np.maximum(sizes - 2, 0)
    start = np.repeat(np.cumsum(sizes) - sizes, fans)
    step = np.arange(len(start)) - np.repeat(np.cumsum(fans) - fans, fans)
    at = np.stack([start, start + step + 1, start + step + 2], axis=1)
    return np.asarray(corners[at], np.int64)


def _activity(deltas: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return which share of the shapes moves each vertex, scaled to at most 1; all 1 if there is none."""
    counts = np.zeros(deltas.shape[1])
    for delta in deltas:
        length = np.linalg.norm(delta, axis=1)
        if length.any():
            counts += length > _MOVED * length.max()
    return counts / counts.max() if counts.any() else np.ones_like(counts)


def _joints(
    bones: Sequence[Bone],
    pieces: Sequence[Piece],
    starts: NDArray[np.int64],
    matrix: NDArray[np.float64],
    remarks: list[str],
) -> tuple[Joint, ...]:
    """Return the bones that hold vertices, with their parents; vertices without a bone follow the first root."""
    used = {name for piece in pieces for name, weights in piece.weights.items() if np.any(weights)}
    parents = {bone.name: bone.parent for bone in bones}
    for name in list(used):
        above = parents.get(name)
        while above is not None and above not in used:
            used.add(above)
            above = parents.get(above)
    kept = [bone for bone in bones if bone.name in used] or list(bones[:1])
    if len(kept) * starts[-1] > MOST_POINTS:
        remarks.append(f"{len(kept)} bones of {starts[-1]:,} vertices are too many; the bones are left out")
        return ()
    if not kept:
        return ()
    weights = np.zeros((len(kept), starts[-1]), np.float32)
    for index, bone in enumerate(kept):
        for piece, start in zip(pieces, starts[:-1], strict=True):
            if bone.name in piece.weights:
                weights[index, start : start + len(piece.vertices)] = np.maximum(piece.weights[bone.name], 0)
    total = weights.sum(axis=0)
    weights[0, total <= 0] = 1
    weights /= weights.sum(axis=0)
    places = np.array([bone.position for bone in kept], float) @ matrix
    turns = multiply(of_matrix(matrix.T), np.array([bone.orientation for bone in kept], float))
    return tuple(
        Joint(name=bone.name, parent=bone.parent, position=(x, y, z), weights=row, orientation=(w, a, b, c))
        for bone, (x, y, z), (w, a, b, c), row in zip(kept, places.tolist(), turns.tolist(), weights, strict=True)
    )


def _materials(pieces: Sequence[Piece]) -> tuple[tuple[Material, ...], NDArray[np.int32]]:
    """Return the materials that are used, equal ones once, and the material of each face."""
    index: dict[Material, int] = {}
    rows = []
    for piece in pieces:
        own = np.array([index.setdefault(material, len(index)) for material in piece.materials], np.int32)
        used = piece.face_materials if piece.face_materials is not None else np.zeros(len(piece.face_sizes), np.int32)
        rows.append(own[np.clip(used, 0, len(own) - 1)])
    shown, renumbered = np.unique(np.concatenate(rows), return_inverse=True)
    return tuple(list(index)[row] for row in shown) or (PLAIN,), renumbered.ravel().astype(np.int32)


def _uv(pieces: Sequence[Piece], sizes: NDArray[np.int32], *, flipped: bool) -> NDArray[np.float32] | None:
    """Return the texture coordinates; 0 in meshes that have none."""
    if all(piece.uv is None for piece in pieces):
        return None
    rows = [np.zeros((len(piece.face_vertices), 2)) if piece.uv is None else piece.uv for piece in pieces]
    uv = np.nan_to_num(np.concatenate(rows).astype(np.float32))
    return reversed_faces(sizes, uv) if flipped else uv


def _identity(
    pieces: Sequence[Piece], starts: NDArray[np.int64], matrix: NDArray[np.float64]
) -> NDArray[np.float32] | None:
    count = max(0 if piece.identity is None else len(piece.identity) for piece in pieces)
    if not count:
        return None
    modes = np.zeros((count, starts[-1], 3), np.float32)
    for piece, start in zip(pieces, starts[:-1], strict=True):
        if piece.identity is not None:
            for row, mode in enumerate(piece.identity):
                modes[row, start : start + len(piece.vertices)] = mode @ matrix
    return modes


def _findings(mesh: Mesh, still: Sequence[str], triangles: NDArray[np.int64]) -> list[str]:
    """Return what is odd about the mesh, in words."""
    notes = []
    if still:
        count = "one shape moves" if len(still) == 1 else f"{len(still)} shapes move"
        notes.append(f"{count} nothing: {listed(still)}")
    if len(triangles):
        sides = np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        _, shared = np.unique(sides[:, 0] * len(mesh.vertices) + sides[:, 1], return_counts=True)
        if crowded := int((shared > 2).sum()):
            notes.append(
                f"{crowded} edges have more than two faces (the mesh is not manifold): harmless for driving shapes by "
                "name, but clean it before matching by shape"
            )
    return notes
