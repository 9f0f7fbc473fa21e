"""How far weights part the lips, whichever head they drive, and keeping lips shut that were shut."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..clip import Clip
from ..lips import CLOSED, OPEN

_AT_REST: Final = (-0.001, 0.008)
"""The opening of a face at rest, at least and at most among heads, in distances of the outer eye corners."""
_PARTING: Final = {
    "jawForward": (0.0, 0.015), "jawLeft": (-0.003, 0.0), "jawRight": (-0.003, 0.0), "jawOpen": (0.367, 0.368),
    "mouthFunnel": (0.138, 0.149), "mouthPucker": (-0.012, 0.0), "mouthLeft": (-0.007, 0.0),
    "mouthRight": (-0.007, 0.0), "mouthSmileLeft": (-0.012, 0.012), "mouthSmileRight": (-0.012, 0.012),
    "mouthFrownLeft": (-0.005, 0.005), "mouthFrownRight": (-0.005, 0.005), "mouthDimpleLeft": (-0.004, 0.001),
    "mouthDimpleRight": (-0.004, 0.001), "mouthStretchLeft": (-0.005, 0.005), "mouthStretchRight": (-0.005, 0.005),
    "mouthRollLower": (-0.041, -0.001), "mouthRollUpper": (-0.003, 0.025), "mouthShrugLower": (-0.078, -0.028),
    "mouthShrugUpper": (0.0, 0.059), "mouthPressLeft": (-0.014, 0.001), "mouthPressRight": (-0.014, 0.001),
    "mouthLowerDownLeft": (0.014, 0.043), "mouthLowerDownRight": (0.014, 0.043), "mouthUpperUpLeft": (0.011, 0.04),
    "mouthUpperUpRight": (0.011, 0.04), "mouthClose": (-0.435, -0.367), "tongueOut": (0.0, 0.126),
    "noseSneerLeft": (0.001, 0.035), "noseSneerRight": (0.001, 0.035), "cheekSquintLeft": (0.0, 0.003),
    "cheekSquintRight": (0.0, 0.003),
}  # fmt: skip
"""What a shape at weight 1 adds to the opening, at least and at most.

Measured in the poses of speech on two heads with the same shapes and nothing else in common: the built-in one and
ICT FaceKit.
"""


def closedness(clip: Clip) -> NDArray[np.float32]:
    """Return how closed the lips are, shape (n_frames,): 1 where some head's lips count as closed, 0 if none's do.

    Closed is an opening below `qa.lips.CLOSED`; from there to `qa.lips.OPEN` it falls.
    """
    return np.asarray(np.clip((OPEN - least_opening(clip)) / (OPEN - CLOSED), 0, 1), np.float32)


def least_opening(clip: Clip) -> NDArray[np.float32]:
    """Return how far the lips are apart on the head whose are the nearest, shape (n_frames,); below 0 if pressed."""
    return np.asarray(_AT_REST[0] + clip.values @ _parting(clip.channels)[0], np.float32)


def most_opening(clip: Clip) -> NDArray[np.float32]:
    """Return how far the lips are apart on the head whose are the farthest, shape (n_frames,); below 0 if pressed."""
    return np.asarray(_AT_REST[1] + clip.values @ _parting(clip.channels)[1], np.float32)


def kept_closed(after: Clip, before: Clip) -> Clip:
    """Return `after` with its lips no further open than those of `before` where these were closed.

    They are held by mouthClose alone, as far as any head needs: no more than keeps the opening of `before`, nor than
    counts as closed. Both clips have the same channels and frames.
    """
    if not {"jawOpen", "mouthClose"} <= set(after.channels):
        return after
    low, high = _parting(after.channels)
    change = after.values - before.values
    rise = np.maximum(low * change, high * change).sum(axis=1)
    most = most_opening(after)
    shuts = -_PARTING["mouthClose"][1]
    lacking = np.maximum(0, np.minimum(rise, most - CLOSED)) / shuts * closedness(before)
    return after.with_channels({"mouthClose": np.minimum(after["mouthClose"] + lacking, 1)})


@cache
def _parting(channels: tuple[str, ...]) -> NDArray[np.float32]:
    """Return what every channel adds to the opening at least and at most, shape (2, n_channels)."""
    return np.array([_PARTING.get(name, (0.0, 0.0)) for name in channels], np.float32).T
