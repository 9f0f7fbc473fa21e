"""Frames as bytes of a fixed size: u64 sample, f64 seconds, 61 f32 in the order of `CHANNELS`; little-endian."""

import struct
from collections.abc import Sequence

from ..stream import Frame


def binary(frames: Sequence[Frame]) -> list[bytes]:
    """Return one message of 260 bytes a frame."""
    return [struct.pack("<Qd", frame.sample, frame.time_s) + frame.values.astype("<f4").tobytes() for frame in frames]
