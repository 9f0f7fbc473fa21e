"""Registration: a smooth map of space that lays one head onto another."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .anatomy import Anatomy
from .mesh import Index, Points, nearest

SIDE: Final = 0.15
"""How far from the rest the lips lie in the fourth dimension, at most."""
_CENTRES: Final = 350
_STIFFNESS: Final = (10.0, 3.0, 1.0, 0.3, 0.1, 0.05, 0.03, 0.02)
"""How much the map is held smooth, step after step."""
_REACH: Final = (0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.12)
"""How far away a counterpart is looked for in each step, in distances between the eyes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Warp:
    """A smooth map of points (n, 4) to points (n, 3): an affine part plus bells around centres.

    The fourth coordinate is the side of the lips: what touches in space may still part.
    """

    centres: Points
    """Shape (m, 4)."""
    strengths: Points
    """Shape (m, 3)."""
    affine: Points
    """Shape (5, 3)."""

    def __call__(self, points: Points) -> Points:
        """Return where points (n, 4) go, shape (n, 3)."""
        out = np.empty((len(points), 3))
        for start in range(0, len(points), 8192):
            part = points[start : start + 8192]
            out[start : start + 8192] = _kernel(part, self.centres) @ self.strengths + _linear(part) @ self.affine
        return out


def fit(centres: Points, places: Points, stiffness: Points) -> Warp:
    """Return the smoothest map that brings `centres` (m, 4) near `places` (m, 3); `stiffness` (m,) 0 is exactly.

    A smoothing spline of the kernel -r, the biharmonic of space: Wahba, Spline models for observational data, 1990.
    """
    m = len(centres)
    system = np.zeros((m + 5, m + 5))
    system[:m, :m] = _kernel(centres, centres) + np.diag(stiffness)
    system[:m, m:] = _linear(centres)
    system[m:, :m] = system[:m, m:].T
    system[m:, m:] -= 1e-9 * np.eye(5)  # where all sides are alike the affine part is not unique
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
    """Return `count` of points (n, d) that lie as far from each other as may be, the first being the foremost."""
    chosen = [int(points[:, 2].argmax())]
    away = np.full(len(points), np.inf)
    while len(chosen) < min(count, len(points)):
        away = np.minimum(away, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(away.argmax()))
    return np.array(chosen)


def register(source: Anatomy, target: Anatomy) -> Warp:
    """Return the map that lays the seen skin of `source` onto that of `target`.

    Iterates closest points: each centre looks for the nearest place of the other surface that is turned the same way,
    and the map is refitted, ever less stiff (Amberg, Romdhani and Vetter 2007, with a spline instead of a mesh).
    Rims of the eyes lie on rims, the seam on the seam, and either lip finds counterparts on its own side only.
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
    """Return the points of a head with the lips raised along a fourth axis, the upper up and the lower down: (n, 4).

    Only the lips themselves: farther away, how near a place is to either lip differs from head to head.
    """
    lift = np.sign(head.side) * np.clip((np.abs(head.side) - 0.3) / 0.5, 0, 1)
    return np.hstack([head.points, SIDE * lift[:, None]])


def _turned(source: Anatomy, here: Points, chosen: Index, warp: Warp) -> Points:
    """Return the normals of chosen points after the map, shape (n, 3), by two steps along the surface."""
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
    """Return points of the source, (n, 4), and where they lie on the target, (n, 3): rims of the eyes, seam."""
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
