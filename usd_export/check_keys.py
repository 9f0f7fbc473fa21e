"""Whether a file of keys holds what was written: it becomes a clip again that strays no further than it may."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from audio2blend.channels import ROTATIONS
from audio2blend.clip import Clip
from rigs import Rig

from .reduction import MOST
from .registry import read


def check(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with a file that has the clip's own names."""
    yield from strays(read(path), clip)


def strays(back: Clip, clip: Clip) -> Iterable[str]:
    """Yield a sentence if what was read is not what was written, beyond what any file of keys may stray."""
    if len(back) != len(clip):
        yield f"{len(back)} of {len(clip)} frames are there"
        return
    wanted = clip.select(back.channels)
    limits = [(10 if name in ROTATIONS else 1) * MOST * 1.01 for name in back.channels]
    if (over := np.abs(back.values - wanted.values) > limits).any():
        frame, column = np.argwhere(over)[0]
        found, asked = back.values[frame, column], wanted.values[frame, column]
        yield f"{back.channels[column]} is {found:.3f} and not {asked:.3f} in frame {frame}"
