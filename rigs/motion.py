"""What the bone channels of a retargeted clip mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip

from .quaternions import from_axis_angle, multiply

BONE_CHANNEL: Final = re.compile(r"(?P<bone>.+)\.(?P<motion>rotation|translation)\.(?P<axis>[xyz])", re.DOTALL)
"""How a bone's channel is called: "jaw.rotation.x" in degrees, "jaw.translation.z" in metres."""
_SPIN: Final = {"z": 0, "x": 1, "y": 2}
"""A bone turns about z first, then x, then y, as the head does: roll, pitch, yaw."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Motion:
    """How one bone moves away from its rest, about the axes of the face: x to its own left, y up, z forward.

    With `rest` as the bone's orientation in the face's space, `rest⁻¹ · rotation · rest` is the turn in its own axes.
    """

    rotation: NDArray[np.float32]
    """Shape (n_frames, 4): unit quaternions, w first, about the bone's own pivot."""
    translation: NDArray[np.float32]
    """Shape (n_frames, 3), in metres."""


def motions(clip: Clip) -> Mapping[str, Motion]:
    """Return the motion of every bone that a clip has channels of, such as "jaw.rotation.x" in degrees.

    >>> from fractions import Fraction
    >>> clip = Clip(values=[[60.0, 0.01]], channels=("jaw.rotation.x", "jaw.translation.z"), frame_rate=Fraction(60))
    >>> motions(clip)["jaw"].rotation.round(3).tolist(), motions(clip)["jaw"].translation.round(3).tolist()
    ([[0.8659999966621399, 0.5, 0.0, 0.0]], [[0.0, 0.0, 0.009999999776482582]])
    """
    moved: dict[str, Motion] = {}
    parts = [found for channel in clip.channels if (found := BONE_CHANNEL.fullmatch(channel))]
    for part in sorted(parts, key=lambda part: _SPIN[part["axis"]]):
        axis = "xyz".index(part["axis"])
        curve = clip[part[0]]
        motion = moved.setdefault(part["bone"], _rest(len(clip)))
        if part["motion"] == "translation":
            motion.translation[:, axis] = curve
        else:
            motion.rotation[:] = multiply(from_axis_angle(axis, curve), motion.rotation)
    return {bone: moved[bone] for bone in dict.fromkeys(part["bone"] for part in parts)}


def _rest(n_frames: int) -> Motion:
    rotation = np.zeros((n_frames, 4), np.float32)
    rotation[:, 0] = 1
    return Motion(rotation=rotation, translation=np.zeros((n_frames, 3), np.float32))
