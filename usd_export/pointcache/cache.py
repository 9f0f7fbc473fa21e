"""Point caches: the vertices of a mesh at every frame, in its order, and nothing else.

Metres, Y up, looking along +Z, as the rig is; whoever has the mesh applies the cache to it. A .pc2 file (3ds Max,
Blender) counts frames from a first one and is little-endian; an .mdd file (LightWave, Blender) holds the time of every
frame in seconds and is big-endian.

Frames are posed and written in batches, so that memory does not grow with the length. Lost: all but the points.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from rigs.skeleton import posed

_PC2: Final = struct.Struct("<12siiffi")
_MDD: Final = struct.Struct(">ii")
_BATCH: Final = 2_000_000
"""Vertices that are posed at once."""
_NEAR_M: Final = 1e-5


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Any) -> None:
    """Write the vertices of `rig`, moved by `clip`, to a .pc2 or .mdd file; speech is not used.

    Raises InputError if the rig has no mesh or the clip no frames.
    """
    if rig is None or rig.mesh is None:
        raise InputError("a point cache needs a rig with a mesh")
    if not len(clip):
        raise InputError("the clip holds no frames; a point cache needs at least one")
    kind = "<f4" if path.suffix == ".pc2" else ">f4"
    with path.open("wb") as file:
        file.write(_header(path, clip, len(rig.mesh.vertices)))
        for points in _batches(rig, clip):
            file.write(np.ascontiguousarray(points, kind).tobytes())


def check(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with a .pc2 or .mdd file: its head, its length, the first and the last frame."""
    if rig is None or rig.mesh is None:
        return
    suffix, count = path.suffix.lower(), len(rig.mesh.vertices)
    head = _header(path, clip, count)
    with path.open("rb") as file:
        if file.read(len(head)) != head:
            yield "its header is not that of the clip"
            return
    if (size := path.stat().st_size - len(head)) != len(clip) * count * 12:
        yield f"it holds {size // 12:,} of {len(clip) * count:,} points"
        return
    found = np.memmap(path, "<f4" if suffix == ".pc2" else ">f4", "r", len(head), (len(clip), count, 3))
    for frame in {0, len(clip) - 1}:
        wanted = posed(rig, _part(clip, slice(frame, frame + 1)))[0]
        if (away := float(np.abs(found[frame] - wanted).max())) > _NEAR_M:
            yield f"frame {frame} is {1000 * away:.2f} mm off"


def _header(path: Path, clip: Clip, n_points: int) -> bytes:
    if path.suffix.lower() == ".pc2":
        first = clip.start_s * float(clip.frame_rate)
        return _PC2.pack(b"POINTCACHE2\0", 1, n_points, first, 1.0, len(clip))
    return _MDD.pack(len(clip), n_points) + clip.times_s.astype(">f4").tobytes()


def _batches(rig: Rig, clip: Clip) -> Iterator[NDArray[np.float32]]:
    """Yield the vertices of some frames at a time, shape (n_frames, n_vertices, 3)."""
    assert rig.mesh is not None
    step = max(1, _BATCH // len(rig.mesh.vertices))
    for first in range(0, len(clip), step):
        yield posed(rig, _part(clip, slice(first, first + step)))


def _part(clip: Clip, frames: slice) -> Clip:
    return replace(clip, values=clip.values[frames])
