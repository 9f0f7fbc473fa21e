"""Calmer curves that are not late."""

import math

import numpy as np

from ..clip import Clip
from .lip_opening import kept_closed


def smooth_reach(smooth_ms: float, frame_rate: float) -> int:
    """Return how many frames before and after a frame are averaged with it."""
    return max(0, math.ceil(smooth_ms / 1000 * frame_rate) - 1)


def smoothed(clip: Clip, smooth_ms: float) -> Clip:
    """Return `clip`, of weights alone, averaged over about `smooth_ms` of time, and the lips closed where they were.

    The weights of the average are a raised cosine over twice that time, so half of it counts more than half: the same
    before as after, and nothing comes late. Beyond its ends the clip is held. What is shorter than a frame changes
    nothing.

    >>> from fractions import Fraction
    >>> clip = Clip(values=[[0], [0], [1], [0], [0]], channels=("jawOpen",), frame_rate=Fraction(60))
    >>> smoothed(clip, 2000 / 60)["jawOpen"]
    array([0.  , 0.25, 0.5 , 0.25, 0.  ], dtype=float32)
    """
    rate = float(clip.frame_rate)
    reach = smooth_reach(smooth_ms, rate)
    if reach == 0 or len(clip) == 0:
        return clip
    kernel = 1 + np.cos(np.pi * np.arange(-reach, reach + 1) / (smooth_ms / 1000 * rate))
    held = np.pad(clip.values, ((reach, reach), (0, 0)), mode="edge")
    values = np.zeros_like(clip.values)
    for shift, weight in enumerate(kernel / kernel.sum()):
        values += np.float32(weight) * held[shift : shift + len(clip)]
    curves = dict(zip(clip.channels, np.clip(values, 0, 1).T, strict=True))
    return kept_closed(clip.with_channels(curves), clip)
