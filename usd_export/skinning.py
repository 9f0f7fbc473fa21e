"""What the formats with a rig share: the joints that move each vertex, and where the face reaches."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from rigs import Joint, Mesh, Rig
from rigs.skeleton import motions_of


class Influences(NamedTuple):
    """The joints that move each vertex, the strongest first."""

    joints: NDArray[np.int32]
    """Shape (n_vertices, k): index of each joint; 0 where the weight is 0."""
    weights: NDArray[np.float32]
    """Shape (n_vertices, k): from 0 to 1; every row adds up to 1."""


def joints_of(rig: Rig, mesh: Mesh) -> tuple[Joint, ...]:
    """Return the rig's joints; where it has none, one called "root" that holds the whole mesh."""
    everything = np.ones(len(mesh.vertices), np.float32)
    return rig.joints or (Joint(name="root", parent=None, position=(0.0, 0.0, 0.0), weights=everything),)


def influences(joints: tuple[Joint, ...], most: int = 4) -> Influences:
    """Return the joints that move each vertex: as many columns as the vertex with the most of them needs, up to `most`.

    Weights beyond the `most` strongest are dropped and the rest scaled to add up to 1. A vertex that follows no joint
    is held by the first.
    """
    n_vertices = len(joints[0].weights)
    chosen = np.zeros((n_vertices, most), np.int32)
    strongest = np.zeros((n_vertices, most))
    for index, joint in enumerate(joints):
        rows = np.flatnonzero(joint.weights > strongest[:, -1])
        strongest[rows, -1], chosen[rows, -1] = joint.weights[rows], index
        order = np.argsort(-strongest[rows], axis=1, kind="stable")
        strongest[rows] = np.take_along_axis(strongest[rows], order, axis=1)
        chosen[rows] = np.take_along_axis(chosen[rows], order, axis=1)
    strongest[:, 0] += ~strongest.any(axis=1)
    count = int((strongest > 0).sum(axis=1).max())
    chosen, strongest = chosen[:, :count], strongest[:, :count]
    strongest /= strongest.sum(axis=1, keepdims=True)
    return Influences(np.where(strongest > 0, chosen, 0), strongest.astype(np.float32))


def reach(rig: Rig, mesh: Mesh, clip: Clip) -> NDArray[np.float32]:
    """Return a box, shape (2, 3), that holds the face in every frame of `clip`: its lowest and its highest corner.

    The box is safe, not tight: each vertex is taken to its farthest along each axis by every shape at once, and then
    moved as far as the largest motion of each joint moves it, those farthest from the root first.
    """
    weights = clip.select(rig.shapes).values
    low, high = mesh.vertices.astype(np.float64), mesh.vertices.astype(np.float64)
    for delta, least, most in zip(mesh.deltas, weights.min(axis=0), weights.max(axis=0), strict=True):
        ends = np.stack([delta * min(least, 0), delta * max(most, 0)])
        low, high = low + ends.min(axis=0), high + ends.max(axis=0)
    motions = motions_of(rig, clip)
    follow: dict[str, NDArray[np.float32]] = {}  # how much each vertex follows a joint or one below it
    for joint in reversed(rig.joints):
        share = joint.weights + follow.pop(joint.name, np.float32(0))
        if joint.name in motions:
            motion = motions[joint.name]
            farthest = np.linalg.norm(np.maximum(np.abs(low - joint.position), np.abs(high - joint.position)), axis=1)
            half_turn = np.arccos(np.clip(np.abs(motion.rotation[:, 0]).min(), 0, 1))
            away = np.linalg.norm(motion.translation, axis=1).max()
            moved = ((2 * np.sin(half_turn) * farthest + away) * share)[:, None]
            low, high = low - moved, high + moved
        if joint.parent is not None:
            follow[joint.parent] = share + follow.get(joint.parent, np.float32(0))
    return np.array([low.min(axis=0), high.max(axis=0)], np.float32)
