"""The CSV files of Epic's Live Link Face app, which Unreal, Faceit and many scripts import.

A row is `Timecode,BlendshapeCount` and 61 numbers with ten decimals: the 52 ARKit weights, then the yaw, pitch and
roll of the head and of both eyes, under the app's names (`JawOpen`, `HeadYaw`). BlendshapeCount is 61. How a timecode
counts, and how the frame rate is found again, is described in `timecode.py`.

Angles are in radians and turn the other way than this project's degrees: the app's yaw is positive towards the
character's right, its pitch downwards. This was read off the eye columns of public recordings by the app, which go
with EyeLookDown (pitch +0.17 at 0.28), EyeLookUp (-0.17 at 0.38), EyeLookOutLeft and EyeLookInRight (yaw -0.36 and
-0.30 at 0.50 and 0.60). Those recordings hold no head rotation; the head is taken to follow the eyes' rule, and roll
to follow yaw's, since the two turn over together in a mirror.

Lost: channels other than the 61 (those that the clip lacks are written as 0), the metadata, the eleventh decimal,
and more than 1/60000 s of the start.
"""

from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.audio import Speech
from audio2blend.channels import CHANNELS, ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig

from .timecode import DAY, TICKS_PER_S, format_timecode, infer_frame_rate, split_timecode, ticks, ticks_of

_CLOCK_S: Final = 3600
"""A first timecode from here on is the time of day, as the app writes it, not a time in the recording."""


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Any) -> None:
    """Write `clip` to `path`; rig, speech and options are not used.

    Raises InputError for what a timecode cannot hold: a start before 0, or a rate above 1000 fps.
    """
    if clip.start_s < 0:
        raise InputError(f"the clip starts at {clip.start_s} s, but a timecode cannot be negative; write a .json file")
    if clip.frame_rate > 1000:
        raise InputError(f"{clip.frame_rate} fps is too fast for timecodes; resample the clip to at most 1000 fps")
    columns = clip.select(CHANNELS)
    numbers = columns.values.astype(np.float64) / _units(CHANNELS) + 0.0  # + 0.0 turns -0 into 0
    row = ",".join([f",{len(CHANNELS)}", *["%.10f"] * len(CHANNELS)]) + "\n"
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.write(",".join(["Timecode", "BlendshapeCount", *(name[0].upper() + name[1:] for name in CHANNELS)]) + "\n")
        times = ticks(len(clip), frame_rate=clip.frame_rate, start_s=clip.start_s)
        for tick, frame in zip(times, numbers, strict=True):
            file.write(format_timecode(tick) + row % tuple(frame))


def recognises(content: bytes) -> bool:
    """Return whether a file has timecodes."""
    return b"timecode" in content[:64].lower()


def read(path: Path) -> Clip:
    """Read a file by the app, by this module or by anyone who keeps to the layout.

    Rows that are not evenly spaced, because frames were dropped or the clock drifted, are interpolated linearly in
    time. A first timecode of an hour or more is the time of day: the clip then starts at 0 and its metadata keeps the
    timecode. Raises InputError, naming the line, if the file is damaged or something else.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file; give a .csv file by Live Link Face") from None
    channels = _channels(lines[0] if lines else "", path)
    at, numbers = _rows(lines, len(channels), path)
    rate = infer_frame_rate(at)
    start_s = int(at[0]) / TICKS_PER_S
    clock = start_s >= _CLOCK_S
    try:
        return Clip(
            values=_evenly(at, numbers * _units(channels), rate).astype(np.float32),
            channels=channels,
            frame_rate=rate,
            start_s=0.0 if clock else start_s,
            metadata={"timecode": format_timecode(int(at[0]))} if clock else {},
        )
    except ValueError as error:
        raise InputError(f"{path}: {error}; correct the file") from None


def _units(channels: tuple[str, ...]) -> NDArray[np.float64]:
    """Return what one unit of the file is in the clip, per channel: -57.3 degrees for an angle, else 1."""
    return np.array([-180 / np.pi if name in ROTATIONS else 1.0 for name in channels])


def _channels(header: str, path: Path) -> tuple[str, ...]:
    """Return the channel names of the header line."""
    names = [name.strip() for name in header.split(",")]
    if [name.lower() for name in names[:2]] != ["timecode", "blendshapecount"] or not all(names):
        raise InputError(
            f"{path}: line 1 is not the header 'Timecode,BlendshapeCount,EyeBlinkLeft,…'; "
            "give a .csv file by Live Link Face"
        )
    channels = tuple(name[0].lower() + name[1:] for name in names[2:])
    if len(set(channels)) != len(channels):
        raise InputError(f"{path}: line 1 names a column twice; correct it")
    return channels


def _rows(lines: list[str], n_channels: int, path: Path) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the rising ticks of the rows below the header, (n_rows,), and their numbers, (n_rows, n_channels)."""
    rows = [(number, line.split(",")) for number, line in enumerate(lines[1:], start=2) if line.strip()]
    if not rows:
        raise InputError(f"{path}: holds no frames; record again")
    codes = []
    numbers = np.empty((len(rows), n_channels))
    for index, (number, cells) in enumerate(rows):
        if len(cells) != n_channels + 2:
            raise InputError(
                f"{path}: line {number} has {len(cells)} columns, but the header {n_channels + 2}; "
                "if the file was cut off there, delete that line"
            )
        try:
            codes.append(split_timecode(cells[0]))
            numbers[index] = [float(cell) for cell in cells[2:]]
        except ValueError as error:
            raise InputError(f"{path}: line {number}: {error}; correct it") from None
    if (endless := ~np.isfinite(numbers).all(axis=1)).any():
        line = rows[int(endless.argmax())][0]
        raise InputError(f"{path}: line {line} holds a NaN or an infinity; correct it")
    at = np.unwrap(ticks_of(codes), period=DAY).astype(np.int64)  # past midnight
    if len(still := np.flatnonzero(np.diff(at) <= 0)):
        line = rows[still[0] + 1][0]
        raise InputError(f"{path}: line {line}: the timecode does not move on from the line before; correct it")
    return at, numbers


def _evenly(at: NDArray[np.int64], rows: NDArray[np.float64], rate: Fraction) -> NDArray[np.float64]:
    """Return rows, shape (n_rows, n_channels), taken at ticks `at`, as frames at `rate`."""
    step = TICKS_PER_S / float(rate)
    if np.all(np.abs(at - at[0] - np.arange(len(at)) * step) <= 1):  # the frames themselves, but for rounding
        return rows
    grid = np.arange(at[0], at[-1] + step / 1000, step)
    return np.stack([np.interp(grid, at, column) for column in rows.T], axis=1)
