"""Turns of bones in the mode that an artist has given them."""

from typing import Any

import numpy as np
from mathutils import Quaternion
from numpy.typing import NDArray


def in_mode(mode: str, turns: NDArray[np.floating[Any]]) -> tuple[str, NDArray[np.float64]]:
    """Return the property of a pose bone with this rotation mode, and its values for unit quaternions (n_frames, 4).

    The values are of shape (n_frames, 3) or (n_frames, 4); angles do not jump by a full turn from frame to frame.
    """
    if mode == "QUATERNION":
        return "rotation_quaternion", np.asarray(turns, np.float64)
    if mode == "AXIS_ANGLE":
        return "rotation_axis_angle", _axis_angles(turns)
    angles = np.zeros((len(turns), 3))
    before = None
    for frame, turn in enumerate(turns.tolist()):
        before = Quaternion(turn).to_euler(mode, before) if before else Quaternion(turn).to_euler(mode)
        angles[frame] = before
    return "rotation_euler", angles


def _axis_angles(turns: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return an angle in radians and an axis for each turn; at rest about Y, as in Blender."""
    sine = np.linalg.norm(turns[:, 1:], axis=1)
    values = np.zeros((len(turns), 4))
    values[:, 0] = 2 * np.arctan2(sine, turns[:, 0])
    values[:, 2] = 1.0
    moved = sine > 0
    values[moved, 1:] = turns[moved, 1:] / sine[moved, None]
    return values
