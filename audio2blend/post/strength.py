"""Adjusting what the network said."""

import numpy as np

from ..channels import ARKIT
from ..clip import Clip
from ..errors import InputError

_MOUTH = tuple(name for name in ARKIT if name.startswith(("jaw", "mouth", "tongue")))


def check_strength(strength: float) -> None:
    """Raise InputError if no artist can mean such a strength."""
    if not 0 <= strength <= 10:
        raise InputError(f"strength {strength:g} is out of range; give a number from 0 to 10, where 1 changes nothing")


def strengthened(clip: Clip, strength: float) -> Clip:
    """Return `clip` with the motion of jaw, mouth and tongue multiplied by `strength` and kept within [0, 1].

    >>> from fractions import Fraction
    >>> clip = Clip(values=[[0.4, 0.4]], channels=("jawOpen", "eyeBlinkLeft"), frame_rate=Fraction(60))
    >>> strengthened(clip, 1.5).values.round(3)
    array([[0.6, 0.4]], dtype=float32)
    """
    if strength == 1:
        return clip
    return clip.with_channels({n: np.clip(clip[n] * strength, 0, 1) for n in clip.channels if n in _MOUTH})
