"""Adding emotion to a talking face, so that it still talks."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..channels import ARKIT, MOUTH
from ..clip import Clip
from ..emotion import emotion_faces
from .lip_opening import kept_closed

_AGAINST: Final = (
    ("mouthSmileLeft", "mouthFrownLeft"), ("mouthSmileRight", "mouthFrownRight"),
    ("browOuterUpLeft", "browDownLeft"), ("browOuterUpRight", "browDownRight"),
    ("eyeWideLeft", "eyeSquintLeft"), ("eyeWideRight", "eyeSquintRight"),
)  # fmt: skip
"""Shapes that pull one part of the face in opposite ways."""
_ROUND: Final = ("mouthFunnel", "mouthPucker")
_GIVES_WAY: Final = 0.8
"""How much of an emotion's lips is left out under fully rounded ones: a smiled "oo" is still an "oo"."""


def expressive(clip: Clip, amounts: NDArray[np.float32]) -> Clip:
    """Return `clip` with emotions in `amounts`, shape (n_frames, n_emotions) in [0, 1], on top of its speech.

    Each shape of the emotion takes its share of what speech leaves free: a weight s becomes 1 − (1 − s)(1 − e), which
    stays in [0, 1]. Speech comes first in three ways. Lips that were closed stay closed; an emotion's mouth gives way
    as far as speech rounds the lips; and of two shapes that pull one corner of the mouth in opposite ways, the emotion
    takes what it needs of speech's smile or frown, never of its opening. Channels that `clip` lacks are left out.
    """
    if not amounts.any():
        return clip
    emotion = dict(zip(ARKIT, np.clip(amounts @ emotion_faces(), 0, 1).T, strict=True))
    rounding = np.minimum(1, sum((clip[name] for name in _ROUND if name in clip.channels), np.zeros(len(clip))))
    spoken = {name: clip[name] for name in clip.channels}
    for pair in _AGAINST:
        for mine, other in (pair, pair[::-1]):
            if other in spoken:
                spoken[other] = spoken[other] * (1 - np.maximum(0, emotion[mine] - emotion[other]))
    curves = {}
    for name in clip.channels:
        if name in emotion:
            added = emotion[name] * (1 - _GIVES_WAY * rounding) if name in MOUTH else emotion[name]
            curves[name] = np.asarray(1 - (1 - spoken[name]) * (1 - added), np.float32)
    return kept_closed(clip.with_channels(curves), clip)
