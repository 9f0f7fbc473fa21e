"""MikuMikuDance's motion, .vmd: keys of morphs and bones, thirty frames a second, names in Shift-JIS.

ARKit's channels become the morphs that models share (あ い う え お まばたき …) by the map of the preset "mmd"; a clip
in other names keeps them. The bones 頭, 左目 and 右目 turn as head and eyes do. MMD is left-handed and its models look
along -Z: a quaternion's x and y change sign.

A name has 15 bytes at most, as MMD itself cuts it. Between keys morphs run straight and bones turn evenly.

Lost: the sound, the metadata, frames between thirtieths of a second, and what `key_error` allows.
"""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.audio import Speech
from audio2blend.channels import ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from rigs.motion import BONE_CHANNEL
from rigs.quaternions import degrees_of, steady
from rigs.skeleton import head_rotations

from ..check_keys import strays
from ..keyed import Keys, sampled
from ..naming import in_names_of
from ..reduction import KeyOptions, curves
from ..weights import renamed, report_lost, timed
from . import VMD_RATE

_MARK: Final = b"Vocaloid Motion Data 0002"
_MORPH: Final = np.dtype([("name", "S15"), ("frame", "<u4"), ("weight", "<f4")])
_BONE: Final = np.dtype(
    [("name", "S15"), ("frame", "<u4"), ("place", "<f4", 3), ("turn", "<f4", 4), ("curve", "u1", 64)]
)
_LINE: Final = [20, 20, 0, 0, 20, 20, 20, 20, 107, 107, 107, 107, 107, 107, 107, 107] * 4
"""A straight way from key to key, as MMD writes it."""
_BONES: Final = {"頭": "head", "左目": "leftEye", "右目": "rightEye"}
_ANGLES: Final = ("Yaw", "Pitch", "Roll")
_LONGEST: Final = 15


def as_written(clip: Clip) -> Clip:
    """Return a clip in the names of models, with the rotations of head and eyes."""
    return in_names_of(clip, "mmd")


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: KeyOptions) -> None:
    """Write `clip` to `path`; rig and speech are not used.

    Raises InputError if it has no frames, begins before time 0 or between two frames, or a name is none in
    Shift-JIS.
    """
    clip = as_written(timed(clip))
    first = round(clip.start_s * VMD_RATE)
    if abs(clip.start_s * VMD_RATE - first) > 1e-3:
        raise InputError(f"the clip starts at {clip.start_s:g} s, between two of MMD's frames; set start_s to 0")
    morphs = [name for name in clip.channels if name not in ROTATIONS and not BONE_CHANNEL.fullmatch(name)]
    report_lost(clip, [*morphs, *ROTATIONS], options.note)
    moved = [angle for angle in ROTATIONS if angle in clip.channels and clip[angle].any()]
    clip = renamed(clip.select([*morphs, *moved]), _names(morphs) | {angle: angle for angle in moved}, options.note)
    keys = {curve.channel: curve for curve in curves(clip, options.key_error, options.note)}
    faces = [
        _rows(_MORPH, name, first + curve.frames, weight=curve.values)
        for name, curve in keys.items()
        if name not in ROTATIONS
    ]
    turns = []
    for bone, prefix in _BONES.items():
        own = [keys[f"{prefix}{angle}"].frames for angle in _ANGLES if f"{prefix}{angle}" in keys]
        if own:
            at = np.unique(np.concatenate(own))
            turns.append(_rows(_BONE, bone, first + at, turn=_turns(clip, prefix)[at], curve=_LINE))
    with path.open("wb") as file:
        file.write(_MARK.ljust(30, b"\0") + "audio2blend".encode("cp932").ljust(20, b"\0"))
        for rows in (turns, faces):
            file.write(struct.pack("<I", sum(map(len, rows))))
            file.writelines(part.tobytes() for part in rows)
        file.write(bytes(16))  # no cameras, lights, shadows or constraints


def _rows(kind: np.dtype[Any], name: str, frames: NDArray[np.int64], **fields: Any) -> NDArray[Any]:
    rows = np.zeros(len(frames), kind)
    rows["name"], rows["frame"] = name.encode("cp932"), frames
    for field, values in fields.items():
        rows[field] = values
    return rows


def _names(names: Iterable[str]) -> dict[str, str]:
    """Return what channels are called in the file; raises InputError for one that Shift-JIS has not."""
    found = {}
    for name in names:
        try:
            found[name] = name.encode("cp932")[:_LONGEST].decode("cp932", "ignore")
        except UnicodeEncodeError:
            raise InputError(f"the channel '{name}' has letters that Shift-JIS has not; rename it") from None
    return found


def _turns(clip: Clip, prefix: str) -> NDArray[np.float64]:
    """Return the turns of a bone, (n_frames, 4), as x, y, z, w in MMD's space."""
    own = replace(
        clip.select([f"{prefix}{angle}" for angle in _ANGLES]), channels=tuple(f"head{angle}" for angle in _ANGLES)
    )
    w, x, y, z = steady(head_rotations(own).astype(np.float64)).T
    return np.stack([-x, -y, z, w], axis=1)


def read(path: Path) -> Clip:
    """Read the morphs, and the turns of head and eyes; raises InputError if a file is no motion or has none of them."""
    content = path.read_bytes()
    if not content.startswith(b"Vocaloid Motion Data"):
        raise InputError(f"{path}: this is no motion of MikuMikuDance; give a .vmd file")
    at = 50 if content.startswith(_MARK) else 40
    try:
        bones, at = _table(content, at, _BONE)
        morphs, _ = _table(content, at, _MORPH)
        found: dict[str, Keys] = {}
        for name, rows in _by_name(morphs):
            found[name] = Keys(rows["frame"] / 30, rows["weight"])
        for name, rows in _by_name(bones):
            if name in _BONES:
                found |= _angles(_BONES[name], rows)
        return sampled(found, VMD_RATE)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (ValueError, struct.error):
        raise InputError(f"{path}: cut off; save the motion again") from None


def _table(content: bytes, at: int, kind: np.dtype[Any]) -> tuple[NDArray[Any], int]:
    (count,) = struct.unpack_from("<I", content, at)
    return np.frombuffer(content, kind, count, at + 4), at + 4 + count * kind.itemsize


def _by_name(rows: NDArray[Any]) -> Iterable[tuple[str, NDArray[Any]]]:
    """Yield the keys of each name in the order of their frames, the last of those that share one."""
    for name in dict.fromkeys(rows["name"].tolist()):
        own = rows[rows["name"] == name]
        _, last = np.unique(own["frame"][::-1], return_index=True)
        yield name.partition(b"\0")[0].decode("cp932", "replace"), own[len(own) - 1 - last]


def _angles(prefix: str, rows: NDArray[Any]) -> Mapping[str, Keys]:
    """Return the angles of a bone."""
    x, y, z, w = rows["turn"].astype(np.float64).T
    turns = np.stack([w, -x, -y, z], axis=1)
    turns = turns / np.maximum(np.linalg.norm(turns, axis=1, keepdims=True), 1e-9)
    x, y, z = degrees_of(turns).T
    times = rows["frame"] / 30
    return {f"{prefix}{angle}": Keys(times, values) for angle, values in zip(_ANGLES, (y, -x, z), strict=True)}


def check(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with a file."""
    written = as_written(clip)
    names = _names(written.channels)
    yield from strays(read(path), replace(written, channels=tuple(names[name] for name in written.channels)))
