"""Poses that are held for some frames each, as in animation on twos and threes."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip

_CLOSED = 0.5
"""Lips that are closed by more than this are a closure that has to be seen."""


def held(clip: Clip, closed: NDArray[np.float32], step: int) -> Clip:
    """Return a clip whose frames come in groups of `step` that all show one pose of theirs.

    That is the one in the middle; but where the lips close, `closed` being how much they do in each frame from 0 to
    1, it is the one in which they are closed most, since a p that falls between two poses would not be seen.
    """
    chosen = np.empty(len(clip), np.int64)
    for start in range(0, len(clip), step):
        group = closed[start : start + step]
        pose = int(group.argmax()) if group.max() > _CLOSED > group.min() else (len(group) - 1) // 2
        chosen[start : start + step] = start + pose
    return replace(clip, values=clip.values[chosen])
