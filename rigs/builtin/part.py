"""`Part`: a piece of the head under construction, and the helpers that make and join pieces."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass
class Part:
    """A piece of the head: vertices in metres, faces by material, and what the shapes need to know about it."""

    name: str
    vertices: Points
    """Shape (n, 3)."""
    faces: dict[str, list[Index]] = field(default_factory=dict)
    """By material name: arrays of shape (m, 4) or (m, 3), counter-clockwise seen from outside."""
    fields: dict[str, Points] = field(default_factory=dict)
    """Per-vertex numbers of shape (n,); a field that a part lacks is 0 there."""

    def add(self, material: str, faces: Index) -> None:
        """Add faces, shape (m, 3 or 4)."""
        self.faces.setdefault(material, []).append(np.asarray(faces, np.int64))

    def mirrored(self) -> "Part":
        """Return the part on the other side of the face; its field "eye", which tells the sides apart, is negated."""
        flipped = {material: [faces[:, ::-1] for faces in group] for material, group in self.faces.items()}
        fields = {key: -values if key == "eye" else values for key, values in self.fields.items()}
        return Part(self.name.replace("left", "right"), self.vertices * [-1, 1, 1], flipped, fields)


def joined(name: str, parts: list[Part]) -> Part:
    """Return one part made of several."""
    out = Part(name, np.concatenate([part.vertices for part in parts]))
    keys = {key for part in parts for key in part.fields}
    for key in sorted(keys):
        zero = [part.fields.get(key, np.zeros(len(part.vertices))) for part in parts]
        out.fields[key] = np.concatenate(zero)
    start = 0
    for part in parts:
        for material, group in part.faces.items():
            for faces in group:
                out.add(material, faces + start)
        start += len(part.vertices)
    return out


def band(lower: Index, upper: Index, *, closed: bool = True) -> Index:
    """Return the quads between two rows of equally many vertices; outside is where `upper` is up and rows run
    to the right."""
    a, b = np.asarray(lower), np.asarray(upper)
    if closed:
        return np.stack([a, np.roll(a, -1), np.roll(b, -1), b], axis=1)
    return np.stack([a[:-1], a[1:], b[1:], b[:-1]], axis=1)


def cap(ring: Index) -> tuple[Index, Index]:
    """Return the quads and the two triangles that close a ring whose vertex k lies opposite vertex n - k."""
    n = len(ring)
    k = np.arange(1, n // 2 - 1)
    quads = np.stack([ring[k], ring[k + 1], ring[n - k - 1], ring[n - k]], axis=1)
    h = n // 2
    triangles = np.array([[ring[0], ring[1], ring[n - 1]], [ring[h - 1], ring[h], ring[h + 1]]])
    return quads, triangles


def smoothstep(low: float, high: float, x: Points) -> Points:
    """Return 0 below `low`, 1 above `high` and a smooth rise between; `low` > `high` falls instead."""
    t = np.clip((np.asarray(x, np.float64) - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def spline(x: Points, y: Points, at: Points) -> Points:
    """Return the natural cubic spline through (x, y) at `at`; y has shape (n,) or (n, k)."""
    x, y, at = np.asarray(x, float), np.asarray(y, float), np.asarray(at, float)
    h = np.diff(x)
    n = len(x)
    system = np.eye(n)
    for i in range(1, n - 1):
        system[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
    slope = np.diff(y, axis=0) / (h if y.ndim == 1 else h[:, None])
    right = np.zeros_like(y)
    right[1:-1] = 6 * np.diff(slope, axis=0)
    second = np.linalg.solve(system, right)
    i = np.clip(np.searchsorted(x, at) - 1, 0, n - 2)
    left, width = at - x[i], h[i]
    if y.ndim == 2:
        left, width = left[..., None], width[..., None]
    first = slope[i] - width * (2 * second[i] + second[i + 1]) / 6
    return y[i] + left * (first + left * (second[i] / 2 + left * (second[i + 1] - second[i]) / (6 * width)))
