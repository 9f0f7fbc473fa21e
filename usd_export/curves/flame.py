"""The parameters of FLAME and of other morphable models, as the programs that use them keep them: arrays a frame.

| array | shape | what |
|---|---|---|
| `expression` | (n_frames, n_modes) | coefficients of the expression basis |
| `jaw_pose` | (n_frames, 3) | turn of the jaw: axis times angle in radians |
| `eye_pose` | (n_frames, 6) | turns of the left and the right eye |
| `neck_pose` | (n_frames, 3) | turn of the head |
| `fps` | () | frames per second |

In a `Clip` they are channels "expression_000" …, "jaw.rotation.x" … in degrees, and headYaw, headPitch and headRoll.
FLAME's axes are the face's: x to its own left, y up, z forward. Translations of joints are no parameters of FLAME.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip, parse_frame_rate
from audio2blend.errors import InputError
from rigs.motion import motions
from rigs.quaternions import degrees_of, of_vector, vector_of
from rigs.skeleton import head_rotations

_MODE: Final = re.compile(r"expression_(\d+)")
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "expression": ("expression", "expr", "exp", "expression_params"),
    "jaw_pose": ("jaw_pose", "jaw"),
    "eye_pose": ("eye_pose", "eyes_pose", "eyes"),
    "neck_pose": ("neck_pose", "neck"),
    "fps": ("fps", "frame_rate"),
}
"""What an array may be called; the first that is there is taken."""
_JOINTS: Final = {"jaw_pose": ("jaw",), "eye_pose": ("eye.L", "eye.R")}
_HEAD: Final = (("headPitch", 0, -1.0), ("headYaw", 1, 1.0), ("headRoll", 2, 1.0))
"""Channel, axis and sign."""


def parameters(clip: Clip) -> dict[str, NDArray[Any]]:
    """Return the arrays for a clip of a morphable model's channels; none for any other clip."""
    modes = {int(found[1]): name for name in clip.channels if (found := _MODE.fullmatch(name))}
    if not modes:
        return {}
    expression = np.zeros((len(clip), max(modes) + 1), np.float32)
    for mode, name in modes.items():
        expression[:, mode] = clip[name]
    arrays: dict[str, NDArray[Any]] = {"expression": expression, "fps": np.array(float(clip.frame_rate))}
    moved = motions(clip)
    for array, joints in _JOINTS.items():
        if any(joint in moved for joint in joints):
            still = np.zeros((len(clip), 3))
            turns = [vector_of(moved[joint].rotation) if joint in moved else still for joint in joints]
            arrays[array] = np.hstack(turns).astype(np.float32)
    if any(channel in clip.channels for channel, _, _ in _HEAD):
        arrays["neck_pose"] = vector_of(head_rotations(clip)).astype(np.float32)
    return arrays


def is_one(archive: Mapping[str, NDArray[Any]]) -> bool:
    """Return whether an archive holds such parameters."""
    return any(name in archive for name in _NAMES["expression"])


def clip_of(archive: Mapping[str, NDArray[Any]]) -> Clip:
    """Return the clip of an archive's parameters.

    Raises InputError, without the file's name, if it lacks the rate, or arrays do not fit one another.
    """
    arrays = {part: archive[name] for part, names in _NAMES.items() for name in names[::-1] if name in archive}
    if "fps" not in arrays:
        raise InputError("holds parameters of a face without their rate; add an array fps, such as numpy.array(25.0)")
    rate: Fraction = parse_frame_rate(str(arrays["fps"].item()))
    expression = _rows(arrays, "expression", None, None)
    columns = {f"expression_{mode:03}": expression[:, mode] for mode in range(expression.shape[1])}
    for part, joints in _JOINTS.items():
        if part in arrays:
            turns = _rows(arrays, part, len(expression), 3 * len(joints)).reshape(len(expression), len(joints), 3)
            angles = degrees_of(of_vector(turns))
            for row, joint in enumerate(joints):
                columns |= {f"{joint}.rotation.{axis}": angles[:, row, i] for i, axis in enumerate("xyz")}
    if "neck_pose" in arrays:
        angles = degrees_of(of_vector(_rows(arrays, "neck_pose", len(expression), 3)))
        columns |= {channel: sign * angles[:, axis] for channel, axis, sign in _HEAD}
    return Clip(values=np.stack(list(columns.values()), axis=1), channels=tuple(columns), frame_rate=rate)


def _rows(
    arrays: Mapping[str, NDArray[Any]], part: str, count: int | None, width: int | None
) -> NDArray[np.floating[Any]]:
    """Return an array of shape (n_frames, width), of numbers."""
    array = arrays[part]
    if (
        array.dtype.kind not in "fiu"
        or array.ndim != 2
        or array.shape != (count or len(array), width or array.shape[1])
    ):
        wanted = f"({count or 'n_frames'}, {width or 'n_modes'})"
        raise InputError(f"'{part}' has the shape {array.shape} and not {wanted}; save one row of numbers a frame")
    if not np.isfinite(array).all():
        raise InputError(f"'{part}' holds numbers that are not finite; repair or leave out those frames")
    return array
