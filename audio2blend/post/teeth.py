"""Putting the lower lip to the upper teeth on f and v, which is how people tell them from vowels."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..clip import Clip

LABIODENTALS: Final = ("f", "v")
"""The phones that the lower lip meets the teeth on."""

_ROLL, _BARE = 0.5, 0.15
"""How far the lower lip is rolled in and the upper lip bares the teeth. Networks that learn from filmed faces roll no
lips, because trackers see none rolled; by eye on the built-in head."""
_AJAR = 0.09
"""The greatest opening of the jaw that the lips do not undo, so that they part no more than 0.035 eye distances; real
lips on f and v: 0.03 in the median."""


def on_teeth(clip: Clip, touch: NDArray[np.floating[Any]]) -> Clip:
    """Return `clip` with the lower lip at the upper teeth as far as `touch`, shape (n_frames,) in [0, 1], says.

    A clip that lacks jawOpen or mouthClose comes back as it is.
    """
    if not {"jawOpen", "mouthClose"} <= set(clip.channels):
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
