"""How far jaw and lips move, at an artist's wish, with the closures kept."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..channels import ARKIT
from ..clip import Clip
from .controls import Controls
from .lip_opening import closedness, kept_closed

_SEALING = ("mouthRollLower", "mouthShrugLower", "mouthPressLeft", "mouthPressRight")
"""Shapes that would close a vowel if they grew in it."""


def dialled(clip: Clip, motion: Controls) -> Clip:
    """Return `clip` with jaw, lips and tongue moving as far as `motion`'s strength, jaw and lips say.

    A control below 1 multiplies weights. One above 1 raises what a weight w lacks to a power: 1 − (1 − w)^dial, which
    multiplies small weights too but comes to its limit softly, so that no curve is cut flat. mouthClose, which shuts
    the lips over an open jaw, follows the jaw. Lips that are closed stay closed (see `kept_closed`), and shapes that
    seal lips grow only where they are closed.

    >>> from fractions import Fraction
    >>> clip = Clip(values=[[0.4, 0.4, 0.4]], channels=("jawOpen", "mouthSmileLeft", "browInnerUp"),
    ...             frame_rate=Fraction(60))
    >>> dialled(clip, Controls(strength=1.5, lips=0.5)).values.round(3)
    array([[0.535, 0.3  , 0.4  ]], dtype=float32)
    """
    jaw, lips = motion.strength * motion.jaw, motion.strength * motion.lips
    if jaw == lips == motion.strength == 1:
        return clip
    curves: dict[str, NDArray[np.float32]] = {}
    for name in ARKIT:
        if name not in clip.channels or name == "mouthClose":
            continue
        if name.startswith("jaw"):
            curves[name] = _scaled(clip[name], jaw)
        elif name.startswith("mouth"):
            curves[name] = _scaled(clip[name], lips)
        elif name.startswith("tongue"):
            curves[name] = _scaled(clip[name], motion.strength)
    if lips > 1:
        closed = closedness(clip)
        for name in set(_SEALING) & set(curves):
            curves[name] = clip[name] + closed * (curves[name] - clip[name])
    if "mouthClose" in clip.channels:
        grown = np.full(len(clip), jaw, np.float32)
        if "jawOpen" in curves:
            np.divide(curves["jawOpen"], clip["jawOpen"], out=grown, where=clip["jawOpen"] > 0)
        curves["mouthClose"] = np.clip(grown * clip["mouthClose"], 0, 1)
    return kept_closed(clip.with_channels(curves), clip)


def _scaled(weights: NDArray[np.floating[Any]], dial: float) -> NDArray[np.float32]:
    scaled = dial * weights if dial <= 1 else 1 - (1 - weights) ** dial
    return np.asarray(scaled, np.float32)
