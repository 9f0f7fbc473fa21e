"""Non-rigid registration: a smooth map of space from one head onto another."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .anatomy import Anatomy
from .mesh import Index, Points, nearest

SIDE: Final = 0.15
"""Greatest offset of the lips in the fourth dimension."""
_CENTRES: Final = 350
_STIFFNESS: Final = (10.0, 3.0, 1.0, 0.3, 0.1, 0.05, 0.03, 0.02)
"""Stiffness of the map in each step."""
_REACH: Final = (0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.12)
"""Search radius for counterparts in each step, in distances between the eyes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Warp:
    """A smooth map of points (n, 4) to points (n, 3): an affine part plus radial basis functions.

    The fourth coordinate separates the lips, so that they can part even where they touch in space.
    """

    centres: Points
    """Shape (m, 4)."""
    strengths: Points
    """Shape (m, 3)."""
    affine: Points
    """Shape (5, 3)."""

    def __call__(self, points: Points) -> Points:
        """Map points (n, 4) to shape (n, 3)."""
        out = np.empty((len(points), 3))
        for start in range(0, len(points), 8192):
            part = points[start : start + 8192]
            out[start : start + 8192] = _kernel(part, self.centres) @ self.strengths + _linear(part) @ self.affine
        return out


def fit(centres: Points, places: Points, stiffness: Points) -> Warp:
    """Return the smoothest map of `centres` (m, 4) close to `places` (m, 3); `stiffness` (m,) 0 interpolates exactly.

    A smoothing spline with the kernel -r, the biharmonic of space: Wahba, Spline models for observational data, 1990.
    """
    m = len(centres)
    system = np.zeros((m + 5, m + 5))
    system[:m, :m] = _kernel(centres, centres) + np.diag(stiffness)
    system[:m, m:] = _linear(centres)
    system[m:, :m] = system[:m, m:].T
    system[m:, m:] -= 1e-9 * np.eye(5)  # the affine part is not unique where all fourth coordinates are equal
    right = np.concatenate([places, np.zeros((5, 3))])
    solution = np.linalg.solve(system, right)
    return Warp(centres=centres, strengths=solution[:m], affine=solution[m:])


def _kernel(points: Points, centres: Points) -> Points:
    square = (points**2).sum(1)[:, None] + (centres**2).sum(1) - 2 * points @ centres.T
    out: Points = -np.sqrt(np.maximum(square, 0))
    return out


def _linear(points: Points) -> Points:
    return np.hstack([np.ones((len(points), 1)), points])


def spread(points: Points, count: int) -> Index:
    """Return `count` of points (n, d) by farthest-point sampling, starting with the foremost."""
    chosen = [int(points[:, 2].argmax())]
    away = np.full(len(points), np.inf)
    while len(chosen) < min(count, len(points)):
        away = np.minimum(away, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(away.argmax()))
    return np.array(chosen)


def register(source: Anatomy, target: Anatomy) -> Warp:
    """Return the map from the visible skin of `source` onto that of `target`.

    Non-rigid iterative closest points: each centre is matched to the nearest point of the other surface with a similar
    normal, and the map is refitted with decreasing stiffness (Amberg, Romdhani and Vetter 2007, with a spline instead
    of a mesh). The rims of the eyes and the lip seam map onto each other, and each lip is matched to its counterpart
    only.
    """
    here = raised(source)
    there = raised(target)
    seen = np.flatnonzero(source.seen)
    chosen = seen[spread(here[seen], _CENTRES)]
    wanted = np.flatnonzero(target.seen)
    fixed_at, fixed_to = _fixed(source, target)
    centres = np.concatenate([here[chosen], fixed_at])
    loose = np.concatenate([np.full(len(chosen), 1e3), np.full(len(fixed_at), 1.0)])
    warp = fit(centres, np.concatenate([here[chosen, :3], fixed_to]), loose)
    for stiffness, reach in zip(_STIFFNESS, _REACH, strict=True):
        now = warp(here[chosen])
        lifted = np.hstack([now, here[chosen, 3:]])
        turned = _turned(source, here, chosen, warp)
        query, other = np.hstack([lifted, 0.3 * turned]), np.hstack([there[wanted], 0.3 * target.normals[wanted]])
        match, _ = nearest(query, other)
        at = wanted[match[:, 0]]
        normal = target.normals[at]
        gap = target.points[at] - now
        place = now + normal * (gap * normal).sum(axis=1, keepdims=True)
        good = (np.linalg.norm(gap, axis=1) < reach) & ((turned * normal).sum(axis=1) > 0.6)
        place = np.where(
            np.linalg.norm(place - target.points[at], axis=1, keepdims=True) < 0.1, place, target.points[at]
        )
        points = np.concatenate([here[chosen][good], fixed_at])
        places = np.concatenate([place[good], fixed_to])
        hold = np.concatenate([np.full(good.sum(), stiffness), np.full(len(fixed_at), min(stiffness, 0.01))])
        warp = fit(points, places, hold)
    return warp


def raised(head: Anatomy) -> Points:
    """Return the points of a head with the lips offset along a fourth axis, the upper up and the lower down: (n, 4).

    Only the lips themselves are offset: farther away, the distances to both lips differ from head to head.
    """
    lift = np.sign(head.side) * np.clip((np.abs(head.side) - 0.3) / 0.5, 0, 1)
    return np.hstack([head.points, SIDE * lift[:, None]])


def _turned(source: Anatomy, here: Points, chosen: Index, warp: Warp) -> Points:
    """Return the normals of chosen points after the map, shape (n, 3), from finite differences along the surface."""
    normal = source.normals[chosen]
    first = np.cross(normal, np.eye(3)[np.abs(normal).argmin(axis=1)])
    second = np.cross(normal, first)
    step, base = 1e-3, warp(here[chosen])
    spots = [
        warp(here[chosen] + np.hstack([step * axis, np.zeros((len(chosen), 1))])) - base for axis in (first, second)
    ]
    out = np.cross(spots[0], spots[1])
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
    return out


def _fixed(source: Anatomy, target: Anatomy) -> tuple[Points, Points]:
    """Return fixed pairs of points, source (n, 4) and target (n, 3): the rims of the eyes or eyeballs, and the seam."""
    at, to = [], []
    if source.lids is not None and target.lids is not None:
        rims = source.lids.reshape(-1, 3)
        at.append(np.hstack([rims, np.zeros((len(rims), 1))]))
        to.append(target.lids.reshape(-1, 3))
    elif source.eyes is not None and target.eyes is not None:
        around = np.concatenate([[0.2 * axis, -0.2 * axis] for axis in np.eye(3)]).reshape(-1, 3)
        at.append(np.concatenate([np.hstack([centre + around, np.zeros((6, 1))]) for centre in source.eyes[0]]))
        to.append(np.concatenate([centre + around for centre in target.eyes[0]]))
    places = np.linspace(-1, 1, 17)
    for head, out in ((source, at), (target, to)):
        for lip, side in ((head.seam.upper, 1.0), (head.seam.lower, -1.0)):
            line = [np.interp(places, head.seam.places, head.points[lip, axis]) for axis in range(3)]
            lift = SIDE * side * np.minimum(1, 2 * np.sqrt(1 - places**2))
            out.append(np.stack([*line, lift], axis=1)[:, : 4 if out is at else 3])
    return np.concatenate([np.empty((0, 4)), *at]), np.concatenate([np.empty((0, 3)), *to])
