"""What the formats with a rig share: the head's rotation, the joints that move each vertex, where the face reaches."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from rigs import Joint, Mesh, Rig

HEAD = "head"
"""Name of the joint that takes headYaw, headPitch and headRoll."""


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


def local_positions(joints: tuple[Joint, ...]) -> NDArray[np.float64]:
    """Return where each joint lies from its parent, in metres, shape (n_joints, 3)."""
    position = {joint.name: np.array(joint.position) for joint in joints}
    return np.array([position[j.name] - (0 if j.parent is None else position[j.parent]) for j in joints])


def influences(joints: tuple[Joint, ...], most: int = 4) -> Influences:
    """Return the joints that move each vertex: as many columns as the vertex with the most of them needs, up to `most`.

    Weights beyond the `most` strongest are dropped and the rest scaled to add up to 1.
    """
    weights = np.stack([joint.weights for joint in joints], axis=1).astype(np.float64)
    count = min(most, max(1, int((weights > 0).sum(axis=1).max())))
    order = np.argsort(-weights, axis=1, kind="stable")[:, :count]
    strongest = np.take_along_axis(weights, order, axis=1)
    strongest /= strongest.sum(axis=1, keepdims=True)
    return Influences(np.where(strongest > 0, order, 0).astype(np.int32), strongest.astype(np.float32))


def head_rotations(clip: Clip) -> NDArray[np.float32]:
    """Return the head's rotation in every frame as unit quaternions (w, x, y, z), shape (n_frames, 4).

    The turns are those of `channels.ROTATIONS`: roll about +Z first, then pitch about -X, then yaw about +Y.
    Neighbouring frames have the same sign, so that a player which interpolates them takes the short way.
    """
    angles = np.radians(clip.select(("headYaw", "headPitch", "headRoll")).values.astype(np.float64)) / 2
    (cy, cp, cr), (sy, sp, sr) = np.cos(angles).T, np.sin(angles).T
    rotations = np.stack(
        [
            cy * cp * cr - sy * sp * sr,
            -cy * sp * cr + sy * cp * sr,
            sy * cp * cr + cy * sp * sr,
            cy * cp * sr + sy * sp * cr,
        ],
        axis=1,
    )
    flips = np.cumprod(np.where((rotations[1:] * rotations[:-1]).sum(axis=1) < 0, -1, 1))
    rotations[1:] *= flips[:, None]
    return np.asarray(rotations, np.float32)


def reach(rig: Rig, mesh: Mesh, clip: Clip) -> NDArray[np.float32]:
    """Return a box, shape (2, 3), that holds the face in every frame of `clip`: its lowest and its highest corner.

    The box is safe, not tight: each vertex is taken to its farthest along each axis by every shape at once, and then
    moved as far as the largest turn of the head moves it.
    """
    weights = clip.select(rig.shapes).values
    low, high = mesh.vertices.astype(np.float64), mesh.vertices.astype(np.float64)
    for delta, least, most in zip(mesh.deltas, weights.min(axis=0), weights.max(axis=0), strict=True):
        ends = np.stack([delta * min(least, 0), delta * max(most, 0)])
        low, high = low + ends.min(axis=0), high + ends.max(axis=0)
    turning: dict[str, Joint] = {}  # the head and the joints below it
    for joint in rig.joints:
        if joint.name == HEAD or joint.parent in turning:
            turning[joint.name] = joint
    if turning:
        pivot = turning[HEAD].position
        farthest = np.linalg.norm(np.maximum(np.abs(low - pivot), np.abs(high - pivot)), axis=1)
        half_turn = np.arccos(np.clip(np.abs(head_rotations(clip)[:, 0]).min(), 0, 1))
        follow = np.sum([joint.weights for joint in turning.values()], axis=0)
        moved = (2 * np.sin(half_turn) * farthest * follow)[:, None]
        low, high = low - moved, high + moved
    return np.array([low.min(axis=0), high.max(axis=0)], np.float32)
