"""A clip in which everything moves, and the rates that films and games have."""

from fractions import Fraction

import numpy as np

from audio2blend.channels import ARKIT, CHANNELS, ROTATIONS
from audio2blend.clip import Clip

RATES = [Fraction(rate) for rate in (24, 25, 30, 50, 60, 120)] + [
    Fraction(rate, 1001) for rate in (24000, 30000, 60000)
]


def talking(count: int = 90, frame_rate: Fraction = Fraction(60), start_s: float = 0.0) -> Clip:
    """Return a clip of all channels: weights in [0, 1], angles of some degrees."""
    random = np.random.default_rng(3)
    weights = random.random((count, len(ARKIT)))
    angles = random.normal(0, 8, (count, len(ROTATIONS)))
    return Clip(values=np.hstack([weights, angles]), channels=CHANNELS, frame_rate=frame_rate, start_s=start_s)
