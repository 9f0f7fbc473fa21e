"""Mouth motion: the curves that are compared."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...channels import ARKIT
from ...clip import Clip
from ...qa import Lips

Curve = NDArray[np.float64]
Samples = NDArray[np.float32]

FILM_RATE = 25
"""Frames a second at which mouths are compared, as in GRID's films; frame k is at k/25 s."""


@dataclass(frozen=True, slots=True, eq=False)
class MouthMotion:
    """The motion of the mouth in one recording."""

    times_s: Curve
    """Shape (n,), increasing."""
    opening: Curve
    """Shape (n,): the visible vertical gap of the inner lips over the distance of the outer eye corners."""
    width: Curve
    """Shape (n,): the distance of the mouth corners over that of the outer eye corners."""
    jaw: Curve
    """Shape (n,): the weight of jawOpen."""

    def at(self, times_s: Curve) -> "MouthMotion":
        """Return the motion linearly interpolated at other times."""
        return MouthMotion(
            times_s, *(np.interp(times_s, self.times_s, curve) for curve in (self.opening, self.width, self.jaw))
        )


def motion_of(clip: Clip, lips: Lips) -> MouthMotion:
    """Return the motion of `lips` under a clip of all 52 weights."""
    weights = np.stack([clip[name] for name in ARKIT], axis=1)
    return MouthMotion(clip.times_s, lips.opening(weights), lips.width(weights), clip["jawOpen"].astype(float))


def film_times(duration_s: float) -> Curve:
    """Return the times of the film frames within a duration."""
    return np.arange(int(duration_s * FILM_RATE + 1e-6)) / FILM_RATE
