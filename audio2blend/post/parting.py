"""How far weights part the lips, whichever head they drive, and keeping lips shut that were shut."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..clip import Clip
from ..qa.lips import CLOSED, OPEN

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
    "mouthUpperUpRight": (0.011, 0.04), "tongueOut": (0.0, 0.126),
}  # fmt: skip
"""What a shape at weight 1 adds to the opening, at least and at most.

Measured in the poses of speech on two heads with the same shapes and nothing else in common: the built-in one and
ICT FaceKit.
"""
_MOUTH_CLOSE: Final = (-0.435, -0.367)
"""The same for mouthClose, which undoes jawOpen."""


def closedness(clip: Clip) -> NDArray[np.float32]:
    """Return how closed the lips are, shape (n_frames,): 1 where some head's lips count as closed, 0 if none's do.

    Closed is an opening below `qa.lips.CLOSED`; from there to `qa.lips.OPEN` it falls.
    """
    least = sum((low * clip[name] for name, (low, _) in _known(clip)), np.full(len(clip), _AT_REST[0], np.float32))
    if "mouthClose" in clip.channels:
        least = least + _MOUTH_CLOSE[0] * clip["mouthClose"]
    return np.asarray(np.clip((OPEN - least) / (OPEN - CLOSED), 0, 1), np.float32)


def kept_closed(after: Clip, before: Clip) -> Clip:
    """Return `after` with its lips no further open than those of `before` where these were closed.

    They are held by mouthClose alone, as far as any head needs: no more than keeps the opening of `before`, nor than
    counts as closed. Both clips have the same channels and frames.
    """
    if not {"jawOpen", "mouthClose"} <= set(after.channels):
        return after
    rise = np.zeros(len(after), np.float32)
    most = np.full(len(after), _AT_REST[1], np.float32)
    for name, (low, high) in _known(after):
        change = after[name] - before[name]
        rise += np.maximum(low * change, high * change)
        most += high * after[name]
    weak, strong = -_MOUTH_CLOSE[1], -_MOUTH_CLOSE[0]
    as_before = before["mouthClose"] + np.where(rise > 0, rise / weak, rise / strong)
    needed = np.minimum(as_before, (most - CLOSED) / weak)
    lacking = np.maximum(0, needed - after["mouthClose"]) * closedness(before)
    return after.with_channels({"mouthClose": np.clip(after["mouthClose"] + lacking, 0, 1)})


def _known(clip: Clip) -> list[tuple[str, tuple[float, float]]]:
    return [(name, _PARTING[name]) for name in clip.channels if name in _PARTING]
