"""Whether lips go through each other."""

import numpy as np
from numpy.typing import NDArray

from ..rig import Rig
from ..surface.anatomy import Anatomy
from ..surface.mesh import Index, Points


def crossing_depths(head: Anatomy, rig: Rig, weights: NDArray[np.float32]) -> Points:
    """Return how deep the upper lip goes into the lower in metres, shape (n_poses,), in poses (n_poses, n_shapes).

    0 where no edge of a triangle of one lip goes through a triangle of the other; else the greatest of the depths at
    which the nearer end of such an edge lies. `head` is the anatomy of the rig, which may have been made for other
    shapes of the same mesh.
    """
    upper, lower = lips(head)
    return np.array(
        [_depth(rig.posed(row).astype(np.float64), upper, lower) for row in np.asarray(weights, np.float32)]
    )


def lips(head: Anatomy) -> tuple[Index, Index]:
    """Return the triangles of the upper and of the lower lip beside the seam, (n, 3) and (m, 3)."""
    middle = (head.points[head.seam.upper] + head.points[head.seam.lower]) / 2
    centres = head.points[head.faces].mean(axis=1)
    level = np.interp(centres[:, 0], middle[:, 0], middle[:, 1])
    width = np.ptp(middle[:, 0])
    close = (np.abs(centres[:, 1] - level) < 0.15 * width) & (np.abs(centres[:, 0] - middle[:, 0].mean()) < 0.5 * width)
    close &= head.near[head.faces].all(axis=1)
    side = head.side[head.faces]
    return head.faces[close & (side.min(axis=1) > 0.3)], head.faces[close & (side.max(axis=1) < -0.3)]


def _depth(points: Points, upper: Index, lower: Index) -> float:
    return max(_pierced(points, upper, lower), _pierced(points, lower, upper))


def _pierced(points: Points, piercing: Index, pierced: Index) -> float:
    """Return the depth to which edges of some triangles go through others.

    An edge goes through a triangle if its ends lie on either side of the plane and the place between inside all three
    sides (Möller and Trumbore 1997).
    """
    ends = np.unique(
        np.sort(np.concatenate([piercing[:, [0, 1]], piercing[:, [1, 2]], piercing[:, [2, 0]]]), 1), axis=0
    )
    start, end = points[ends[:, 0]], points[ends[:, 1]]
    a, b, c = points[pierced].transpose(1, 0, 2)
    low, high = np.minimum(start, end), np.maximum(start, end)
    floor, roof = np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)
    near = np.ones((len(ends), len(pierced)), bool)
    for axis in range(3):
        near &= (low[:, axis, None] <= roof[:, axis]) & (high[:, axis, None] >= floor[:, axis])
    i, j = np.nonzero(near)
    normal = np.cross(b - a, c - a)
    size = np.linalg.norm(normal, axis=1)
    i, j = i[size[j] > 0], j[size[j] > 0]
    unit = normal[j] / size[j, None]
    before = ((start[i] - a[j]) * unit).sum(axis=1)
    behind = ((end[i] - a[j]) * unit).sum(axis=1)
    through = before * behind < 0
    i, j, unit, before, behind = i[through], j[through], unit[through], before[through], behind[through]
    spot = start[i] + (before / (before - behind))[:, None] * (end[i] - start[i])
    inside = np.ones(len(i), bool)
    for first, second in ((a, b), (b, c), (c, a)):
        inside &= (np.cross(second[j] - first[j], spot - first[j]) * unit).sum(axis=1) > 0
    return float(np.minimum(np.abs(before), np.abs(behind))[inside].max(initial=0))
