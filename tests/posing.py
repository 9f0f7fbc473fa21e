"""How a face must look, worked out independently of the exporters: shapes first, then linear blend skinning."""

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from rigs import Rig


def posed(rig: Rig, clip: Clip, frame: int) -> NDArray[np.float64]:
    """Return the vertices in metres, Y up, shape (n_vertices, 3), of a rig with the joints "root" and "head"."""
    vertices = rig.posed(clip.select(rig.shapes).values[frame]).astype(np.float64)
    (head,) = [joint for joint in rig.joints if joint.name == "head"]
    yaw, pitch, roll = clip.select(("headYaw", "headPitch", "headRoll")).values[frame].astype(np.float64)
    turn = _turn(1, yaw) @ _turn(0, -pitch) @ _turn(2, roll)  # the last is applied first
    turned = (vertices - head.position) @ turn.T + head.position
    return vertices + head.weights[:, None] * (turned - vertices)


def _turn(axis: int, degrees: float) -> NDArray[np.float64]:
    """Return the matrix of a right-handed turn about X, Y or Z (0, 1 or 2)."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.eye(3)
    one, other = (axis + 1) % 3, (axis + 2) % 3
    matrix[[one, one, other, other], [one, other, one, other]] = c, -s, s, c
    return matrix


def blender_axes(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points given with Y up as Blender's importers turn them: Z up, the face looking along -Y."""
    return vertices @ np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])
