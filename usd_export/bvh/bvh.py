"""BVH: the rotations of head, jaw and eyes, a line of angles a frame.

```
Head                 the root, at rest at the origin: centimetres, Y up, looking along +Z
    Jaw              opens about X by 22 degrees at jawOpen 1
    LeftEye          turn by the eyes' angles, or without those by the eyeLook… weights
    RightEye
```

A joint's channels are Yrotation, Xrotation, Zrotation: roll first, then pitch, then yaw. Read are joints with such
names, whatever stands around them in the hierarchy, with channels in any order; their angles away from their parents.

Lost: all shapes but jawOpen, jawLeft and jawRight and the gaze, the sound, and the metadata.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from audio2blend.audio import Speech
from audio2blend.channels import ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from rigs.quaternions import degrees_of, from_axis_angle, multiply

from ..compare import differences
from ..rates import exact
from ..weights import Notes, from_zero, report_lost

_GAINS: Final[Mapping[str, Mapping[str, float]]] = {
    "headYaw": {"headYaw": 1}, "headPitch": {"headPitch": 1}, "headRoll": {"headRoll": 1},
    "jawPitch": {"jawOpen": -22}, "jawYaw": {"jawLeft": 6, "jawRight": -6}, "jawRoll": {},
    "leftEyeYaw": {"leftEyeYaw": 1, "eyeLookOutLeft": 26, "eyeLookInLeft": -26},
    "leftEyePitch": {"leftEyePitch": 1, "eyeLookDownLeft": -24, "eyeLookUpLeft": 22},
    "leftEyeRoll": {"leftEyeRoll": 1},
    "rightEyeYaw": {"rightEyeYaw": 1, "eyeLookOutRight": -26, "eyeLookInRight": 26},
    "rightEyePitch": {"rightEyePitch": 1, "eyeLookDownRight": -24, "eyeLookUpRight": 22},
    "rightEyeRoll": {"rightEyeRoll": 1},
}  # fmt: skip
"""What turns a joint, in degrees: the angles of the built-in head's shapes."""
_JOINTS: Final = {"Head": "head", "Jaw": "jaw", "LeftEye": "leftEye", "RightEye": "rightEye"}
_CALLED: Final = {
    "head": re.compile(r"(.*[:_. ])?head", re.I),
    "jaw": re.compile(r"(.*[:_. ])?jaw(root|_master)?", re.I),
    "leftEye": re.compile(r"(.*[:_. ])?(left_?eye|eye_?(l|left)|eye\.l|leye)", re.I),
    "rightEye": re.compile(r"(.*[:_. ])?(right_?eye|eye_?(r|right)|eye\.r|reye)", re.I),
}
_OFFSETS: Final = {"Jaw": "0 1 2", "LeftEye": "3.2 7 8", "RightEye": "-3.2 7 8"}
_ENDS: Final = {"Jaw": "0 -4 8", "LeftEye": "0 0 2", "RightEye": "0 0 2"}
_MOST: Final = 10_000


def angles(clip: Clip) -> Clip:
    """Return the angles of the joints in degrees, such as "jawPitch", with the signs of the head's."""
    values = np.zeros((len(clip), len(_GAINS)), np.float64)
    for column, gains in enumerate(_GAINS.values()):
        own = {*gains} & {*ROTATIONS} & {*clip.channels}  # angles, which the weights of the gaze repeat
        for channel, gain in gains.items():
            if channel in (own or clip.channels):
                values[:, column] += gain * clip[channel].astype(np.float64)
    return Clip(values=values.astype(np.float32), channels=tuple(_GAINS), frame_rate=clip.frame_rate)


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Notes) -> None:
    """Write `clip` to `path`; rig and speech are not used. Raises InputError if it does not start with the sound."""
    turns = angles(from_zero(clip))
    report_lost(clip, {channel for gains in _GAINS.values() for channel in gains}, options.note)
    lines = ["HIERARCHY", *_joint("ROOT", "Head", 0)]
    columns = []
    for prefix in _JOINTS.values():
        columns += [turns[f"{prefix}Yaw"], -turns[f"{prefix}Pitch"], turns[f"{prefix}Roll"]]
    rows = np.column_stack([*np.zeros((3, len(clip))), *columns]).astype(np.float64) + 0.0
    row = " ".join(["%.6f"] * rows.shape[1])
    lines += ["MOTION", f"Frames: {len(clip)}", f"Frame Time: {float(1 / clip.frame_rate):.12g}"]
    lines += [row % tuple(frame) for frame in rows.tolist()]
    path.write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")


def _joint(kind: str, name: str, depth: int) -> list[str]:
    turns = "Yrotation Xrotation Zrotation"
    channels = f"6 Xposition Yposition Zposition {turns}" if kind == "ROOT" else f"3 {turns}"
    inner = [f"OFFSET {_OFFSETS.get(name, '0 0 0')}", f"CHANNELS {channels}"]
    if kind == "ROOT":
        inner += [line for child in _OFFSETS for line in _joint("JOINT", child, depth + 1)]
    else:
        inner += ["End Site", "{", f"  OFFSET {_ENDS[name]}", "}"]
    return [f"{kind} {name}", "{", *(f"  {line}" for line in inner), "}"]


class _Motion(NamedTuple):
    joints: list[tuple[str, list[str]]]
    """Names and channels, in the order of the columns."""
    rows: NDArray[np.float64]
    rate: Fraction


def read(path: Path) -> Clip:
    """Read the angles of head, jaw and eyes. Raises InputError if a file is no BVH, or has none of those joints."""
    try:
        motion = _parsed(path.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file; export the BVH again") from None
    except ValueError as error:
        said = str(error) if isinstance(error, InputError) else "damaged, no number where one must be; export it again"
        raise InputError(f"{path}: {said}") from None
    columns: dict[str, NDArray[np.float64]] = {}
    start = 0
    for name, channels in motion.joints:
        own = motion.rows[:, start : start + len(channels)]
        start += len(channels)
        prefix = next((prefix for prefix, called in _CALLED.items() if called.fullmatch(name)), None)
        if prefix is not None and f"{prefix}Yaw" not in columns:
            x, y, z = degrees_of(_turns(channels, own)).T
            columns |= {f"{prefix}Yaw": y, f"{prefix}Pitch": -x, f"{prefix}Roll": z}
    if not columns:
        names = ", ".join(name for name, _ in motion.joints[:4])
        raise InputError(f"{path}: has no joint that is a head, a jaw or an eye, only {names} …; name one so")
    if "jawPitch" in columns:
        open_, side = columns.pop("jawPitch") / -22, columns.pop("jawYaw") / 6
        columns |= {"jawOpen": open_, "jawLeft": np.maximum(side, 0), "jawRight": np.maximum(-side, 0)}
        del columns["jawRoll"]
    return Clip(values=np.stack([*columns.values()], axis=1), channels=tuple(columns), frame_rate=motion.rate)


def _turns(channels: Sequence[str], own: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the turns of a joint, (n_frames, 4): its channels are turned about one after another, the last first."""
    turn = np.tile([1.0, 0, 0, 0], (len(own), 1))
    for channel, column in zip(channels, own.T, strict=True):
        if channel.lower().endswith("rotation"):
            turn = multiply(turn, from_axis_angle("XYZ".index(channel[0].upper()), column))
    return turn


def _parsed(text: str) -> _Motion:
    head, found, tail = text.partition("MOTION")
    if not head.lstrip().startswith("HIERARCHY") or not found:
        raise InputError("holds no HIERARCHY and MOTION; give a .bvh file")
    joints: list[tuple[str, list[str]]] = []
    for name, channels in re.findall(r"(?:ROOT|JOINT)\s+([^\n{]+?)\s*\{[^{}]*?CHANNELS\s+\d+([^\n{}]*)", head):
        joints.append((name, channels.split()))
    width = sum(len(channels) for _, channels in joints)
    about = re.match(r"\s*Frames:\s*(\d{1,9})\s*Frame Time:\s*(\S+)[ \t]*\n?", tail)
    if not about or not joints or width > _MOST:
        raise InputError("has no frames and frame time below MOTION; export it again")
    if any(channel[:1].upper() not in tuple("XYZ") for _, channels in joints for channel in channels):
        raise InputError("has a channel that is neither Xrotation nor the like; export it again")
    numbers = np.array(tail[about.end() :].split(), np.float64)
    count, step = int(about[1]), float(about[2])
    if len(numbers) != count * width or not count:
        raise InputError(f"has {len(numbers)} numbers for {count} frames of {width} channels; export it again")
    if not (np.abs(numbers) < 1e6).all() or not step > 0:
        raise InputError("holds a number that is no angle; export it again")
    return _Motion(joints, numbers.reshape(count, width), exact(1 / step))


def check(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with a file."""
    back, wanted = angles(read(path)), angles(clip)
    channels = tuple(name if name in ROTATIONS else ROTATIONS[0] for name in wanted.channels)
    yield from differences(back.values, wanted.values, channels)
