"""Frames for web pages and agents: binary, JSON, and the forms of Azure and TalkingHead."""

import json
import struct
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from audio2blend.channels import ARKIT, CHANNELS
from audio2blend.clip import FRAME_RATE

from ..stream import Frame
from .order import on_the_wire

Encoded = Callable[[Sequence[Frame]], list[bytes | str]]


def binary(frames: Sequence[Frame]) -> list[bytes | str]:
    """Return 252 bytes a frame, little-endian: f64 sample position, then 61 × f32 in the order of `CHANNELS`."""
    return [
        struct.pack("<d", frame.sample) + np.concatenate([frame.weights, frame.rotations]).astype("<f4").tobytes()
        for frame in frames
    ]


def plain(frames: Sequence[Frame]) -> list[bytes | str]:
    """Return `{"type": "frame", "sample": 1600, "v": [61 numbers]}` for each frame."""
    return [_text(type="frame", sample=frame.sample, v=_rounded(_all(frame))) for frame in frames]


def named(frames: Sequence[Frame]) -> list[bytes | str]:
    """Return `{"type": "frame", "sample": 1600, "weights": {"jawOpen": 0.1, …}}` for each frame; 0 is left out."""
    return [
        _text(
            type="frame",
            sample=frame.sample,
            weights={name: value for name, value in zip(CHANNELS, _rounded(_all(frame)), strict=True) if value},
        )
        for frame in frames
    ]


def azure(frames: Sequence[Frame]) -> list[bytes | str]:
    """Return `{"FrameIndex": 96, "BlendShapes": [[55 numbers], …]}` for all frames, as Azure's viseme events have it.

    That is ARKit's 52 in the order of the wire, then the rolls of the head, the left and the right eye in radians.
    """
    if not frames:
        return []
    rows = [_rounded(np.concatenate([on_the_wire(f.weights), -np.radians(f.rotations[[2, 5, 8]])])) for f in frames]
    return [_text(FrameIndex=round(frames[0].time_s * FRAME_RATE), BlendShapes=rows)]


def talkinghead(frames: Sequence[Frame]) -> list[bytes | str]:
    """Return `{"name": "audio2blend", "dt": [ms, …], "vs": {"jawOpen": […]}}`, an animation for TalkingHead."""
    if not frames:
        return []
    ms = [round(1000 / float(FRAME_RATE), 3)] * len(frames)
    values = np.stack([frame.weights for frame in frames])
    moving = [k for k in range(len(ARKIT)) if values[:, k].any()]
    return [_text(name="audio2blend", dt=ms, vs={ARKIT[k]: _rounded(values[:, k]) for k in moving})]


ENCODINGS: Final[dict[str, Encoded]] = {
    "binary": binary,
    "json": plain,
    "named": named,
    "azure": azure,
    "talkinghead": talkinghead,
}


def _all(frame: Frame) -> Any:
    return np.concatenate([frame.weights, frame.rotations])


def _rounded(values: Any) -> list[float]:
    return [round(float(value), 5) for value in values]


def _text(**content: Any) -> str:
    return json.dumps(content, separators=(",", ":"))
