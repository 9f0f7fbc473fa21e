"""A small software renderer: which material is seen where, from the front or a little from the side."""

import numpy as np
from numpy.typing import NDArray

from rigs import Rig

NOTHING = -1


def picture(
    rig: Rig,
    weights: NDArray[np.float32],
    *,
    left: float,
    right: float,
    bottom: float,
    top: float,
    yaw_degrees: float = 0.0,
    step: float = 0.0005,
) -> NDArray[np.int32]:
    """Return the index of the material seen at every point of a window in metres, with parallel rays along −Z.

    `yaw_degrees` turns the head to its left about the middle of the window, around the vertical through
    z = 0.06. Shape (rows, columns), from `bottom` up and `left` to `right`; `NOTHING` where there is nothing.
    """
    assert rig.mesh is not None
    points = rig.posed(weights).astype(np.float64)
    middle = np.array([(left + right) / 2, 0.0, 0.06])
    cos, sin = np.cos(np.radians(yaw_degrees)), np.sin(np.radians(yaw_degrees))
    points = (points - middle) @ np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]]) + middle
    triangles, materials = _triangles(rig)
    across, up = np.arange(left, right, step), np.arange(bottom, top, step)
    seen = np.full((len(up), len(across)), NOTHING, np.int32)
    corners = points[triangles]  # (n, 3, 3)
    low, high = corners[..., :2].min(axis=1), corners[..., :2].max(axis=1)
    inside = (high[:, 0] > left) & (low[:, 0] < right) & (high[:, 1] > bottom) & (low[:, 1] < top)
    triangle, row, column = _candidates(corners[inside], across, up)
    a, b, c = corners[inside][triangle].transpose(1, 2, 0)
    x, y = across[column], up[row]
    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    area = np.where(np.abs(area) < 1e-14, np.nan, area)  # seen from the edge, which is not at all
    u = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
    v = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
    z = a[2] + u * (b[2] - a[2]) + v * (c[2] - a[2])
    hit = np.flatnonzero((u >= 0) & (v >= 0) & (u + v <= 1))
    farthest_first = hit[np.argsort(z[hit])]
    seen[row[farthest_first], column[farthest_first]] = materials[inside][triangle[farthest_first]]
    return seen


def _candidates(
    corners: NDArray[np.float64], across: NDArray[np.float64], up: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return triangle, row and column of every point that lies in the box around a triangle, shape (n,) each."""
    low, high = corners.min(axis=1), corners.max(axis=1)
    left, right = np.searchsorted(across, low[:, 0]), np.searchsorted(across, high[:, 0])
    bottom, top = np.searchsorted(up, low[:, 1]), np.searchsorted(up, high[:, 1])
    widths = right - left
    sizes = widths * (top - bottom)
    triangle = np.repeat(np.arange(len(corners)), sizes)
    place = np.arange(len(triangle)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return triangle, bottom[triangle] + place // widths[triangle], left[triangle] + place % widths[triangle]


def _triangles(rig: Rig) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the faces of a rig of triangles and quads as triangles, shape (n, 3), and their materials."""
    assert rig.mesh is not None
    sizes = rig.mesh.face_sizes
    starts = np.cumsum(sizes) - sizes
    first = starts[:, None] + np.array([0, 1, 2])
    quads = np.flatnonzero(sizes == 4)
    second = starts[quads, None] + np.array([0, 2, 3])
    corners = np.concatenate([first, second])
    materials = np.concatenate([rig.mesh.face_materials, rig.mesh.face_materials[quads]])
    return rig.mesh.face_vertices[corners].astype(np.int64), materials
