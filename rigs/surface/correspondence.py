"""`Correspondence`: the shapes of one head carried to the face of another."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ..rig import Mesh, Rig
from .anatomy import Anatomy
from .face_finder import frame
from .mesh import Index, Points, nearest
from .registration import Warp, raised, register

_AROUND: Final = 0.25
"""Radius around a point over which the stretch of a map is estimated, in distances between the eyes."""
_TRUST: Final = 0.003
"""Regularisation of the stretch towards identity, where its surroundings do not determine it."""
_BLEND: Final = 12
"""Number of source vertices that a vertex takes its motion from."""
_LIPS: Final = 4.0
"""Weight of motion at the lips relative to that of the cheeks."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Correspondence:
    """The visible face of a target, and its motion under the source's shapes."""

    source: Anatomy
    target: Anatomy
    warp: Warp
    """Maps the source onto the target."""
    vertices: Index
    """Shape (n,): vertices of the target."""
    motions: Points
    """Shape (n_source_shapes, n, 3): their displacement by each shape of the source, in metres."""

    def at(self, vertices: Index) -> Index:
        """Return the positions of some vertices in `vertices`."""
        order = np.argsort(self.vertices)
        return order[np.searchsorted(self.vertices, vertices, sorter=order)]

    def importance(self) -> Points:
        """Return the weight of each of `vertices` when faces are compared, shape (n,)."""
        head = self.target
        lips = head.points[np.concatenate([head.seam.upper, head.seam.lower])]
        away = nearest(head.points[self.vertices], lips)[1][:, 0]
        out: Points = np.sqrt(1 + (_LIPS**2 - 1) * np.exp(-((away / 0.25) ** 2)))
        return out

    def face(self) -> Rig:
        """Return the target's rig reduced to `vertices`, in their order and without faces."""
        rig = self.target.rig
        assert rig.mesh is not None
        none = np.zeros(0, np.int32)
        mesh = Mesh(
            vertices=rig.mesh.vertices[self.vertices],
            face_sizes=none,
            face_vertices=none,
            face_materials=none,
            materials=rig.mesh.materials,
            deltas=rig.mesh.deltas[:, self.vertices],
        )
        joints = tuple(replace(joint, weights=joint.weights[self.vertices]) for joint in rig.joints)
        return replace(rig, mesh=mesh, joints=joints)


def correspond(source: Rig, target: Rig) -> Correspondence:
    """Register `source` to `target` and carry its shapes over.

    Raises InputError if a face cannot be found.
    """
    here = Anatomy(source, frame(source))
    there = Anatomy(target, frame(target, here))
    warp = register(here, there)
    vertices = np.union1d(np.flatnonzero(there.seen), np.concatenate([there.seam.upper_lip, there.seam.lower_lip]))
    vertices = np.union1d(vertices, np.concatenate([there.seam.upper, there.seam.lower]))
    return Correspondence(
        source=here, target=there, warp=warp, vertices=vertices, motions=carried(here, there, warp, vertices)
    )


def carried(source: Anatomy, target: Anatomy, warp: Warp, vertices: Index) -> Points:
    """Return the motions of the source's shapes on vertices (n,) of the target, (n_shapes, n, 3) in metres.

    A vertex moves as the mapped source vertices around it, stretched as the map stretches their surroundings. Touching
    lips are stretched equally, so that they stay in contact.
    """
    assert source.rig.mesh is not None
    near = np.flatnonzero(source.near)
    laid = warp(raised(source)[near])
    lifted = np.hstack([laid, raised(source)[near, 3:]])
    found, far = nearest(raised(target)[vertices], lifted, _BLEND)
    share = np.exp(-((far / np.maximum(far[:, [min(5, far.shape[1] - 1)]], 1e-6)) ** 2))
    share /= share.sum(axis=1, keepdims=True)
    used, at = np.unique(found, return_inverse=True)
    at = at.reshape(found.shape)
    stretch = _stretch(source.points[near], laid, source.points[near[used]])
    deltas = source.frame.inwards_moves(source.rig.mesh.deltas[:, near[used]])
    moved = np.einsum("kui,uij->kuj", deltas, stretch)
    out = np.zeros((len(deltas), len(vertices), 3))
    for column in range(at.shape[1]):
        out += moved[:, at[:, column]] * share[:, column, None]
    return target.frame.outwards(out)


def _stretch(points: Points, laid: Points, places: Points) -> Points:
    """Return the linear part at places (m, 3) of the map from `points` to `laid` (n, 3): (m, 3, 3), for row vectors."""
    picked = points[:: max(1, len(points) // 1500)], laid[:: max(1, len(points) // 1500)]
    out = np.empty((len(places), 3, 3))
    for start in range(0, len(places), 1024):
        part = places[start : start + 1024]
        square = ((part[:, None] - picked[0][None]) ** 2).sum(axis=2)
        weight = np.exp(-square / (2 * _AROUND**2))
        weight /= weight.sum(axis=1, keepdims=True)
        means = [weight @ side for side in picked]
        pairs = (
            np.einsum("ni,nj->nij", picked[0], picked[0]).reshape(-1, 9),
            np.einsum("ni,nj->nij", picked[0], picked[1]).reshape(-1, 9),
        )
        own = (weight @ pairs[0]).reshape(-1, 3, 3) - np.einsum("mi,mj->mij", means[0], means[0])
        cross = (weight @ pairs[1]).reshape(-1, 3, 3) - np.einsum("mi,mj->mij", means[0], means[1])
        keep = _TRUST * np.eye(3)
        out[start : start + 1024] = np.linalg.solve(own + keep, cross + keep)
    return out
