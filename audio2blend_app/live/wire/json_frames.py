"""Frames as JSON: by name, and as Azure's and TalkingHead's clients read them."""

import json
from collections.abc import Sequence

import numpy as np

from audio2blend.channels import ARKIT, CHANNELS
from audio2blend.clip import FRAME_RATE

from ..stream import Frame
from .order import COLUMNS

_ROLLS = [CHANNELS.index(name) for name in ("headRoll", "leftEyeRoll", "rightEyeRoll")]


def named(frames: Sequence[Frame]) -> list[str]:
    """Return one message a frame: its sample, its time in seconds, and what each channel is, rotations in degrees."""
    return [
        json.dumps({"type": "frame", "sample": frame.sample, "time": frame.time_s, "values": _by_name(frame)})
        for frame in frames
    ]


def azure(frames: Sequence[Frame]) -> list[str]:
    """Return one message: `FrameIndex` and rows of 55 numbers at 60 a second, rolls in radians of the other sign."""
    rows = [np.concatenate([f.values[COLUMNS], np.radians(-f.values[_ROLLS])]).round(5).tolist() for f in frames]
    index = round(frames[0].time_s * float(FRAME_RATE))
    return [json.dumps({"FrameIndex": index, "BlendShapes": rows})]


def talkinghead(frames: Sequence[Frame]) -> list[str]:
    """Return one message that is an entry of `anims` for TalkingHead's `streamAudio`, times in milliseconds."""
    durations = [1000 / float(FRAME_RATE)] * len(frames)
    values = {name: [round(float(f.values[i]), 5) for f in frames] for i, name in enumerate(ARKIT)}
    return [json.dumps({"name": "blendshapes", "dt": durations, "vs": values})]


def _by_name(frame: Frame) -> dict[str, float]:
    return {name: round(float(value), 5) for name, value in zip(CHANNELS, frame.values, strict=True)}
