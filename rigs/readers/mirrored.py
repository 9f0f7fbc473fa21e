"""The other half of a mesh that was modelled on one side."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .assemble import reversed_faces
from .piece import Piece


def mirrored(piece: Piece, mirror: NDArray[np.float64], *, merge: float | None, other_side: Mapping[str, str]) -> Piece:
    """Return a mesh with its mirror image, whose faces are turned to look outwards; shapes move both alike.

    Args:
        piece: the half.
        mirror: shape (4, 4): what reflects points (x, y, z, 1) of the scene.
        merge: vertices that lie within this distance of their image are one with it; None leaves all two.
        other_side: the bone that the image of what a bone holds follows, where it is another.
    """
    linear, count = mirror[:3, :3], len(piece.vertices)
    images = piece.vertices @ linear.T + mirror[:3, 3]
    apart = np.ones(count, bool)
    if merge is not None:
        apart = np.linalg.norm(images - piece.vertices, axis=1) > merge
    at = np.where(apart, count + np.cumsum(apart) - 1, np.arange(count))
    sizes = np.asarray(piece.face_sizes, np.int32)
    images_of = {name: delta[apart] @ linear.T.astype(np.float32) for name, delta in piece.shapes.items()}
    held: dict[str, NDArray[np.float32]] = {}
    for name, weights in piece.weights.items():
        other = other_side.get(name, name)
        for bone, rows in ((name, slice(0, count)), (other, slice(count, None))):
            whole = held.setdefault(bone, np.zeros(count + int(apart.sum()), np.float32))
            whole[rows] += weights if rows.start == 0 else weights[apart]
    looks = piece.face_materials
    return replace(
        piece,
        vertices=np.concatenate([piece.vertices, images[apart]]),
        face_sizes=np.concatenate([sizes, sizes]),
        face_vertices=np.concatenate([piece.face_vertices, at[reversed_faces(sizes, piece.face_vertices)]]),
        shapes={name: np.concatenate([delta, images_of[name]]) for name, delta in piece.shapes.items()},
        face_materials=None if looks is None else np.concatenate([looks, looks]),
        uv=None if piece.uv is None else np.concatenate([piece.uv, reversed_faces(sizes, piece.uv)]),
        weights=held,
    )
