"""Smooth normals of a polygon mesh."""

import numpy as np
from numpy.typing import NDArray

from rigs import Mesh


def vertex_normals(mesh: Mesh, points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a unit normal for each vertex, shape (n_vertices, 3), with the mesh's vertices at `points`.

    It is the mean of the normals of the faces around the vertex, weighted by area (Newell's method, so a face may
    have any number of corners and need not be flat). A vertex without any area around it gets +Z.
    """
    first = np.concatenate([[0], np.cumsum(mesh.face_sizes)[:-1]])  # (n_faces,): corner at which each begins
    following = np.arange(1, len(mesh.face_vertices) + 1)
    following[first + mesh.face_sizes - 1] = first
    corners = (points - points.mean(axis=0)).astype(np.float64)[mesh.face_vertices]
    areas = np.add.reduceat(np.cross(corners, corners[following]), first)  # (n_faces, 3)
    around = np.repeat(areas, mesh.face_sizes, axis=0)
    count = len(points)
    sums = np.stack([np.bincount(mesh.face_vertices, around[:, axis], count) for axis in range(3)], axis=1)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.where(lengths > 1e-20, sums / np.maximum(lengths, 1e-20), [0.0, 0.0, 1.0]).astype(np.float32)
