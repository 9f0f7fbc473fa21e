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
    """Yield what is wrong with a file."""
    back = read(path)
    if len(back) != len(clip):
        yield f"{len(back)} of {len(clip)} frames are there"
        return
    wanted = clip.select(back.channels)
    missed = np.abs(back.values - wanted.values)
    limits = [(10 if name in ROTATIONS else 1) * MOST * 1.01 for name in back.channels]
    if (over := missed > limits).any():
        frame, column = np.argwhere(over)[0]
        found, asked = back.values[frame, column], wanted.values[frame, column]
        yield f"{back.channels[column]} is {found:.3f} and not {asked:.3f} in frame {frame}"
