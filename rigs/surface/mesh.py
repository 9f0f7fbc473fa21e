"""Triangle meshes: connected components, normals, nearest points, distances along edges, and depth images."""

import heapq
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..rig import Mesh

Points = NDArray[np.float64]
Index = NDArray[np.int64]

_BLOCK: Final = 4_000_000
"""Distances that are computed at once; bounds the memory."""


def triangles(mesh: Mesh) -> Index:
    """Return the triangles of a mesh, shape (n, 3): each polygon as a fan around its first corner."""
    sizes = mesh.face_sizes.astype(np.int64)
    starts = np.cumsum(sizes) - sizes
    counts = np.maximum(sizes - 2, 0)
    face = np.repeat(np.arange(len(sizes)), counts)
    step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    first = starts[face]
    corners = np.stack([first, first + step + 1, first + step + 2], axis=1)
    out: Index = mesh.face_vertices.astype(np.int64)[corners]
    return out


def edges(faces: Index) -> Index:
    """Return the unique edges of triangles, shape (n, 2), the smaller vertex first."""
    both = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    out: Index = np.unique(both, axis=0)
    return out


def islands(n_vertices: int, faces: Index) -> Index:
    """Return for every vertex the lowest vertex of its connected component, shape (n_vertices,)."""
    label: Index = np.arange(n_vertices)
    pairs = edges(faces)
    while True:
        low = np.minimum(label[pairs[:, 0]], label[pairs[:, 1]])
        before = label.copy()
        for end in pairs.T:
            np.minimum.at(label, label[end], low)
            np.minimum.at(label, end, low)
        label = label[label]
        if np.array_equal(label, before):
            return label


def normals(points: Points, faces: Index) -> Points:
    """Return area-weighted unit normals of the vertices, shape (n_vertices, 3); 0 for vertices without a face."""
    a, b, c = points[faces].transpose(1, 0, 2)
    flat = np.cross(b - a, c - a)
    out = np.zeros_like(points)
    for corner in faces.T:
        for axis in range(3):
            out[:, axis] += np.bincount(corner, flat[:, axis], len(points))
    length = np.linalg.norm(out, axis=1, keepdims=True)
    out /= np.where(length > 0, length, 1)
    return out


def nearest(queries: Points, points: Points, k: int = 1) -> tuple[Index, Points]:
    """Return the `k` nearest of `points` (m, d) to each query (n, d): indices and distances, both (n, k)."""
    k = min(k, len(points))
    square = (points**2).sum(axis=1)
    found, away = np.empty((len(queries), k), np.int64), np.empty((len(queries), k))
    step = max(1, _BLOCK // max(1, len(points)))
    for start in range(0, len(queries), step):
        part = slice(start, start + step)
        distance = square - 2 * queries[part] @ points.T
        best = np.argpartition(distance, k - 1, axis=1)[:, :k] if k > 1 else distance.argmin(axis=1)[:, None]
        exact = np.linalg.norm(queries[part, None] - points[best], axis=2)
        order = np.argsort(exact, axis=1, kind="stable")
        found[part], away[part] = np.take_along_axis(best, order, 1), np.take_along_axis(exact, order, 1)
    return found, away


def along(points: Points, pairs: Index, seeds: Iterable[int], *, limit: float = np.inf) -> Points:
    """Return every vertex's distance along edges (n, 2) from the nearest seed, shape (n_vertices,), up to `limit`.

    By Dijkstra's algorithm; infinity beyond the limit and on other components.
    """
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[np.argsort(both[:, 0], kind="stable")]
    length = np.linalg.norm(points[both[:, 0]] - points[both[:, 1]], axis=1)
    first = np.searchsorted(both[:, 0], np.arange(len(points) + 1)).tolist()
    ends, lengths = both[:, 1].tolist(), length.tolist()
    out = [np.inf] * len(points)
    queue = [(0.0, int(seed)) for seed in seeds]
    for _, seed in queue:
        out[seed] = 0.0
    while queue:
        far, here = heapq.heappop(queue)
        if far > out[here]:
            continue
        for slot in range(first[here], first[here + 1]):
            there, further = ends[slot], far + lengths[slot]
            if further < out[there] and further <= limit:
                out[there] = further
                heapq.heappush(queue, (further, there))
    return np.array(out)


def depth(points: Points, faces: Index, low: Points, pixel: float, size: tuple[int, int]) -> Points:
    """Return a depth image: the greatest z of a surface in each pixel, shape `size` as (rows, columns).

    Pixel (r, c) covers y from low[1] + r · pixel and x from low[0] + c · pixel; it is -inf where there is no surface.
    """
    image = np.full(size[0] * size[1], -np.inf)
    corners = points[faces]
    high = np.array([low[0] + size[1] * pixel, low[1] + size[0] * pixel])
    inside = (corners[..., :2].max(axis=1) > low[:2]).all(axis=1) & (corners[..., :2].min(axis=1) < high).all(axis=1)
    corners = corners[inside]
    longest = np.ptp(corners[..., :2], axis=1).max(axis=1) / pixel
    for level in range(int(np.ceil(np.log2(max(longest.max(initial=1), 1)))) + 2):  # by size: 1, 2, 4 … pixels
        group = corners[(longest <= 2**level) & (longest > (2 ** (level - 1) if level else -1))]
        steps = int(1.5 * 2**level) + 1
        u, v = (axis.ravel() / steps for axis in np.mgrid[0 : steps + 1, 0 : steps + 1])
        weights = np.stack([u, v, 1 - u - v])[:, u + v <= 1 + 1e-9]
        spots = np.einsum("tcx,cw->twx", group, weights).reshape(-1, 3)
        column, row = np.floor((spots[:, :2] - low[:2]) / pixel).astype(np.int64).T
        kept = (column >= 0) & (column < size[1]) & (row >= 0) & (row < size[0])
        np.maximum.at(image, (row * size[1] + column)[kept], spots[kept, 2])
    return image.reshape(size)
