"""A clip as a glTF animation, on whatever nodes: times, samplers and channels."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs.readers.gltf_file import GltfFile

from ..take import name_of
from .arrays import Arrays, Json

OURS: Final = "audio2blend"
"""The member of an animation's extras that tells which are ours."""


class Track(NamedTuple):
    """How one property of one node moves."""

    node: int
    path: str
    """"weights", "rotation" or "translation"."""
    values: NDArray[Any]
    """Shape (n_frames, width), floats or integers that stand for numbers up to 1; a rotation is x, y, z, w."""


def refuse_untimed(clip: Clip) -> None:
    """Raise InputError for a clip without frames, or one that begins before time 0, which glTF has not."""
    if not len(clip):
        raise InputError("the clip holds no frames; a glTF file needs at least one")
    if clip.start_s < 0:
        raise InputError(f"the clip starts at {clip.start_s} s, but glTF has no time before 0; set start_s to 0")


def animation(arrays: Arrays, clip: Clip, tracks: Sequence[Track]) -> Json:
    """Return an animation; tracks that move alike share their numbers.

    Its extras hold the exact rate and the clip's metadata, and tell that it is ours. Frame k is at `start_s` + k /
    rate, worked out exactly and then rounded to float32.
    """
    times = arrays.accessor(clip.times_s.astype("<f4"), bounds=True)
    known: dict[bytes, int] = {}
    samplers: list[Json] = []
    channels: list[Json] = []
    for track in tracks:
        values = track.values if track.values.dtype.kind in "iu" else track.values.astype("<f4")
        key = track.path.encode() + values.tobytes()
        if key not in known:
            known[key] = len(samplers)
            numbers = arrays.accessor(values, normalized=values.dtype.kind in "iu", scalars=track.path == "weights")
            samplers.append({"input": times, "output": numbers})
        channels.append({"sampler": known[key], "target": {"node": track.node, "path": track.path}})
    about = {"frame_rate": str(clip.frame_rate), "metadata": dict(clip.metadata)}
    return {"name": name_of(clip), "samplers": samplers, "channels": channels, "extras": {OURS: about}}


def again(file: GltfFile, arrays: Arrays, about: Json) -> Json:
    """Return an animation of a file with its numbers copied to other arrays."""
    known: dict[int, int] = {}

    def copied(index: int, *, bounds: bool) -> int:
        if index not in known:
            rows = np.ascontiguousarray(file.accessor(index))
            known[index] = arrays.accessor(rows[:, 0] if rows.shape[1] == 1 else rows, bounds=bounds)
        return known[index]

    samplers = [
        one | {"input": copied(one["input"], bounds=True), "output": copied(one["output"], bounds=False)}
        for one in about["samplers"]
    ]
    return about | {"samplers": samplers}
