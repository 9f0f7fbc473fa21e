"""Fewer keys for formats that hold curves as keys with lines between them: an error that is bounded, closures exact."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from audio2blend import wording
from audio2blend.channels import CHANNELS, MOUTH, ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.post.lip_opening import closedness
from rigs.motion import BONE_CHANNEL
from rigs.retarget import to_arkit

from .format import option
from .weights import Notes

MOST: Final = 0.005
"""No curve may stray further, as a weight."""
_DEGREES: Final = 10.0
"""Degrees that count like a weight of 1."""
_METRES: Final = 0.1
"""Metres that do."""
_EXACT: Final = 1e-6
"""What a line between two keys may miss where it is to be exact: some roundings of a float32."""
_CLOSURE_S: Final = 0.3
"""Lips that are shut for longer rest; for less, they say p, b or m."""
_STRETCH: Final = 512
"""Frames of which the first has a key in every channel that moves."""

Array = NDArray[np.float64]


def parse_error(text: str) -> float:
    """Return an error that curves may have; raises InputError for what is none."""
    try:
        error = float(text)
    except ValueError:
        error = -1.0
    if not 0 <= error <= MOST:
        raise InputError(f"'{text}' is no such error; give a number from 0, for a key on every frame, to {MOST}")
    return error


def key_option(default: float) -> Any:
    """Return the field `key_error` of a format's options, with its default."""
    about = f"how far a curve of keys may stray from the motion, up to {MOST}; 0 keeps a key on every frame"
    return option(default, about, parse=parse_error)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOptions(Notes):
    """How many keys a file has."""

    key_error: float = key_option(0.002)


class Curve(NamedTuple):
    """The keys of a channel; between them it runs straight."""

    channel: str
    frames: NDArray[np.int64]
    """Shape (n_keys,), rising: the first and the last frame of the clip are among them."""
    values: NDArray[np.float32]
    """Shape (n_keys,): the clip's own there."""


def curves(clip: Clip, key_error: float, note: Callable[[str], None]) -> list[Curve]:
    """Return the keys of every channel of a clip, and note how many were saved.

    Lines between the keys stay within `key_error` of the clip at every frame: of weights, of angles in tens of degrees,
    and of places in tenths of a metre. Where lips close for less than 0.3 s, and on the frames before and after, the
    channels of the mouth are met exactly, so that closures stay shut and in time. With 0 every frame has a key.

    Raises InputError for an error beyond 0 to 0.005, and for a clip without frames.
    """
    limits = _limits(clip, key_error, note)
    kept = np.ones(clip.values.shape, bool)
    if key_error:
        kept = _keys(clip.values.astype(np.float64), limits)
        n_kept, n_all = int(kept.sum()), kept.size
        note(f"{n_kept} of {n_all} keys ({n_kept / n_all:.0%}): curves stay within {key_error:g}, lip closures exact")
    found = [np.flatnonzero(column) for column in kept.T]
    return [Curve(channel, frames, clip[channel][frames]) for channel, frames in zip(clip.channels, found, strict=True)]


def _limits(clip: Clip, key_error: float, note: Callable[[str], None]) -> Array:
    """Return how far each value may be missed, shape (n_frames, n_channels)."""
    if not 0 <= key_error <= MOST:
        setting = wording.current().setting("key_error", key_error)
        raise InputError(f"{setting} is out of range; it must lie between 0 and {MOST}")
    if not len(clip):
        raise InputError("the clip holds no frames; such a file needs at least one")
    limits = np.tile([key_error * _scale(name) for name in clip.channels], (len(clip), 1))
    if not key_error:
        return limits
    shut = closures(clip)
    if shut is None:
        note("no channel has a name that is known, so closures of the lips are not met exactly")
        return limits
    arkit = {*clip.channels} & {*MOUTH}
    mouth = np.array([not arkit or name in arkit for name in clip.channels])
    limits[np.outer(shut, mouth)] = _EXACT
    return limits


def _scale(channel: str) -> float:
    bone = BONE_CHANNEL.fullmatch(channel)
    if channel in ROTATIONS or (bone and bone["motion"] == "rotation"):
        return _DEGREES
    return _METRES if bone else 1.0


def closures(clip: Clip) -> NDArray[np.bool_] | None:
    """Return which frames belong to closures of the lips, shape (n_frames,), with one before and one after each.

    Lips that rest shut do not count. None where no name of the clip says what the lips do.
    """
    if not {*clip.channels} & {*CHANNELS}:
        try:
            clip = to_arkit(clip)
        except InputError:
            return None
    shut = np.concatenate([[False], closedness(clip) >= 1, [False]])
    starts, ends = np.flatnonzero(shut[1:] & ~shut[:-1]), np.flatnonzero(shut[:-1] & ~shut[1:])
    held = np.zeros(len(clip), bool)
    for start, end in zip(starts, ends, strict=True):
        if end - start < _CLOSURE_S * clip.frame_rate:
            held[max(0, start - 1) : end + 1] = True
    return held


def _keys(values: Array, limits: Array) -> NDArray[np.bool_]:
    """Return which values, shape (n_frames, n_channels), are keys: lines between them miss no value by more than its
    limit.

    From a key on, every value leaves a cone of slopes for a line that does not miss it; the line runs on as long as it
    can end on a value within the cones of all before, and there the next key is set. This is the cone intersection of
    Sklansky and Gonzalez (Fast polygonal approximation of digitized curves, 1980) with distance along the value. All
    channels, and stretches of 512 frames, which begin with a key, are worked through side by side.
    """
    n_frames, n_channels = values.shape
    kept = np.zeros((n_frames, n_channels), bool)
    kept[[0, -1]] = True
    share = (np.arange(n_frames) / max(1, n_frames - 1))[:, None]
    bent = (np.abs(values[0] + (values[-1] - values[0]) * share - values) > limits).any(axis=0)
    n_parts = -(-max(1, n_frames - 1) // _STRETCH)
    rows = np.minimum(np.arange(_STRETCH + 1)[:, None] + np.arange(n_parts) * _STRETCH, n_frames - 1)
    at = values[:, bent][rows].reshape(_STRETCH + 1, -1)  # (frame of a stretch, stretch and channel)
    slack = limits[:, bent][rows].reshape(_STRETCH + 1, -1)
    keys = np.zeros(at.shape, bool)
    keys[[0, -1]] = True
    anchor, since = at[0].copy(), np.zeros(at.shape[1])
    low, high = np.full((2, at.shape[1]), np.inf) * [[-1], [1]]
    for frame in range(1, _STRETCH + 1):
        slope = (at[frame] - anchor) / (frame - since)
        ends = np.flatnonzero((slope < low) | (slope > high))
        keys[frame - 1, ends] = True
        anchor[ends], since[ends], low[ends], high[ends] = at[frame - 1, ends], frame - 1, -np.inf, np.inf
        rise, width = at[frame] - anchor, frame - since
        low = np.maximum(low, (rise - slack[frame]) / width)
        high = np.minimum(high, (rise + slack[frame]) / width)
    found = np.zeros((n_frames, int(bent.sum())), bool)
    np.logical_or.at(found, rows, keys.reshape(_STRETCH + 1, n_parts, -1))
    kept[:, bent] |= found
    return kept


def clip_of(curves: list[Curve], like: Clip) -> Clip:
    """Return the clip that keys make, with the frames of another."""
    at = np.arange(len(like))
    columns = [np.interp(at, curve.frames, curve.values) for curve in curves]
    return replace(like, values=np.stack(columns, axis=1), channels=tuple(curve.channel for curve in curves))
