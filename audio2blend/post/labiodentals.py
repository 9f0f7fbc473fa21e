"""Putting the lower lip to the upper teeth on f and v, which is how people distinguish them from vowels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..clip import Clip

"""The phones that the lower lip meets the teeth on."""

_ROLL, _BARE = 0.4, 0.2
"""How far the lower lip is rolled in and the upper lip bares the teeth. Networks that learn from filmed faces roll no
lips, because trackers see none rolled; by eye on the built-in head."""
_AJAR = 0.12
"""The jaw's opening, less what the lips undo of it, beyond which f and v are brought together: lips part 0.045 eye
distances then; real ones (GRID) less in three f and v of four."""


def on_teeth(clip: Clip, touch: NDArray[np.floating[Any]]) -> Clip:
    """Return `clip` with the lower lip at the upper teeth as far as `touch`, shape (n_frames,) in [0, 1], says.

    A clip that lacks jawOpen or mouthClose comes back as it is.
    """
    if not touch.any() or not {"jawOpen", "mouthClose"} <= set(clip.channels):
        return clip
    excess = touch * np.maximum(0, clip["jawOpen"] - clip["mouthClose"] - _AJAR)
    curves = {"jawOpen": clip["jawOpen"] - excess / 2, "mouthClose": clip["mouthClose"] + excess / 2}
    for name in ("mouthLowerDownLeft", "mouthLowerDownRight", "mouthFunnel"):
        if name in clip.channels:
            curves[name] = clip[name] * (1 - touch)
    for name, least in (("mouthRollLower", _ROLL), ("mouthUpperUpLeft", _BARE), ("mouthUpperUpRight", _BARE)):
        if name in clip.channels:
            curves[name] = np.maximum(clip[name], least * touch)
    return clip.with_channels(curves)
