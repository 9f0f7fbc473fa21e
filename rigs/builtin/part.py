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
    vertices: Points = field(default_factory=lambda: np.empty((0, 3)))
    """Shape (n, 3)."""
    faces: dict[str, list[Index]] = field(default_factory=dict)
    """By material: arrays of shape (m, 4) or (m, 3), counter-clockwise seen from outside."""
    fields: dict[str, Points] = field(default_factory=dict)
    """Numbers by vertex, shape (n,), that `face.Face` reads; a part that lacks a field has 0 there."""

    def grow(self, points: Points, **fields: Points | float) -> Index:
        """Add vertices, shape (m, 3), with their fields, and return their indices."""
        n, m = len(self.vertices), len(points)
        self.vertices = np.concatenate([self.vertices, points])
        for key in self.fields.keys() | fields.keys():
            old = self.fields.get(key, np.zeros(n))
            self.fields[key] = np.concatenate([old, np.broadcast_to(np.asarray(fields.get(key, 0.0), float), (m,))])
        return np.arange(n, n + m)

    def add(self, material: str, *faces: Index) -> None:
        """Add faces: arrays of shape (m, 3) or (m, 4)."""
        self.faces.setdefault(material, []).extend(faces)

    def mirrored(self) -> "Part":
        """Return the part on the other side of the face; its field "eye", which distinguishes the sides, is negated."""
        flipped = {material: [faces[:, ::-1] for faces in group] for material, group in self.faces.items()}
        fields = {key: -values if key == "eye" else values for key, values in self.fields.items()}
        return Part(self.name.replace("left", "right"), self.vertices * [-1, 1, 1], flipped, fields)


def joined(name: str, parts: list[Part]) -> Part:
    """Return one part made of several."""
    out = Part(name)
    for part in parts:
        index = out.grow(part.vertices, **part.fields)
        for material, group in part.faces.items():
            out.add(material, *(index[faces] for faces in group))
    return out


def band(lower: Index, upper: Index, *, closed: bool = True) -> Index:
    """Return the quads between two rows of equally many vertices; outside is where `upper` is up and rows run
    to the right."""
    quads: Index = np.stack([lower, np.roll(lower, -1), np.roll(upper, -1), upper], axis=1)
    return quads if closed else quads[:-1]


def cap(ring: Index) -> tuple[Index, Index]:
    """Return the quads and the two triangles that close a ring whose vertex k lies opposite vertex n - k."""
    n = len(ring)
    k = np.arange(1, n // 2 - 1)
    quads = np.stack([ring[k], ring[k + 1], ring[n - k - 1], ring[n - k]], axis=1)
    h = n // 2
    triangles = np.array([[ring[0], ring[1], ring[n - 1]], [ring[h - 1], ring[h], ring[h + 1]]])
    return quads, triangles


def cap_of_eight(ring: Index) -> Index:
    """Return the quads that close a ring of eight vertices, without triangles."""
    quads: Index = ring[np.array([[0, 1, 6, 7], [1, 2, 5, 6], [2, 3, 4, 5]])]
    return quads


def smoothstep(low: float, high: float, x: Points | float) -> Points:
    """Return 0 below `low`, 1 above `high` and a smooth rise between; `low` > `high` falls instead."""
    t: Points = np.clip((np.asarray(x, np.float64) - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def spline(x: Points, y: Points, at: Points) -> Points:
    """Return the natural cubic spline through (x, y) at `at`, shape (m,) or (m, k); y has shape (n,) or (n, k)."""
    if y.ndim == 1:
        return spline(x, y[:, None], at)[:, 0]
    n, step = len(x), np.diff(x)
    system = np.eye(n)
    for i in range(1, n - 1):
        system[i, i - 1 : i + 2] = step[i - 1], 2 * (step[i - 1] + step[i]), step[i]
    slope = np.diff(y, axis=0) / step[:, None]
    second = np.zeros_like(y)
    second[1:-1] = 6 * np.diff(slope, axis=0)
    second = np.linalg.solve(system, second)
    k = np.clip(np.searchsorted(x, at) - 1, 0, n - 2)
    width, past = step[k, None], (at - x[k])[:, None]
    first = slope[k] - width * (2 * second[k] + second[k + 1]) / 6
    cubic = (second[k + 1] - second[k]) / (6 * width)
    out: Points = y[k] + past * (first + past * (second[k] / 2 + past * cubic))
    return out
