"""How a face must look, worked out independently of the exporters: shapes first, then linear blend skinning."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from rigs import Rig


def posed(rig: Rig, clip: Clip, frame: int, *, head: str = "head") -> NDArray[np.float64]:
    """Return the vertices in metres, Y up, shape (n_vertices, 3).

    Every joint turns about its place as its channels say, such as "jaw.rotation.x", in the axes of the face, and takes
    along what hangs below it; the one called `head` does so by headYaw, headPitch and headRoll as well.
    """
    vertices = rig.posed(clip.select(rig.shapes).values[frame]).astype(np.float64)
    whole = np.concatenate([vertices, np.ones((len(vertices), 1))], axis=1)
    moved: dict[str | None, NDArray[np.float64]] = {None: np.eye(4)}
    free = 1 - np.sum([joint.weights for joint in rig.joints], axis=0, initial=0.0, dtype=np.float64)
    total = np.multiply(np.broadcast_to(free, len(vertices))[:, None], vertices)
    for joint in rig.joints:
        channels = [f"{joint.name}.{motion}.{axis}" for motion in ("rotation", "translation") for axis in "xyz"]
        pitch, yaw, roll, *away = clip.select(channels).values[frame].astype(np.float64)
        turn = turn_about(1, yaw) @ turn_about(0, pitch) @ turn_about(2, roll)  # the last is applied first
        if joint.name == head:
            turn = head_turn(*clip.select(("headYaw", "headPitch", "headRoll")).values[frame]) @ turn
        matrix = np.eye(4)
        matrix[:3, :3] = turn
        matrix[:3, 3] = np.array(joint.position) + away - turn @ joint.position
        moved[joint.name] = moved[joint.parent] @ matrix
        total += joint.weights[:, None] * (whole @ moved[joint.name].T)[:, :3]
    return total


def head_turn(yaw: float, pitch: float, roll: float) -> NDArray[np.float64]:
    """Return the matrix of the head's turn by the definition in channels.ROTATIONS: pitch, in degrees, is about -X."""
    return turn_about(1, yaw) @ turn_about(0, -pitch) @ turn_about(2, roll)


def turn_about(axis: int, degrees: float) -> NDArray[np.float64]:
    """Return the matrix of a right-handed turn about X, Y or Z (0, 1 or 2)."""
    angle = np.radians(float(degrees))  # a clip's numbers are of single precision
    c, s = np.cos(angle), np.sin(angle)
    matrix = np.eye(3)
    one, other = (axis + 1) % 3, (axis + 2) % 3
    matrix[[one, one, other, other], [one, other, one, other]] = c, -s, s, c
    return matrix


def matrix(quaternion: Sequence[float]) -> NDArray[np.float64]:
    """Return the matrix of a quaternion, w first, by the textbook."""
    w, x, y, z = quaternion
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def blender_axes(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points given with Y up as Blender's importers turn them: Z up, the face looking along -Y."""
    return vertices @ np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])
