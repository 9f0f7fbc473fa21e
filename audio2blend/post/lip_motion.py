"""`LipMotion`: how far the lips of a capture are open and how wide the mouth is, from a film or from weights."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..clip import Clip
from .lip_opening import least_opening, most_opening

_WIDENING: Final = {
    "jawOpen": -0.067, "mouthClose": 0.051, "mouthFunnel": -0.133, "mouthPucker": -0.142, "mouthLeft": -0.046,
    "mouthRight": -0.046, "mouthSmileLeft": 0.097, "mouthSmileRight": 0.097, "mouthFrownLeft": 0.021,
    "mouthFrownRight": 0.021, "mouthDimpleLeft": 0.041, "mouthDimpleRight": 0.041, "mouthStretchLeft": 0.09,
    "mouthStretchRight": 0.09, "mouthRollUpper": 0.018, "mouthPressLeft": -0.016, "mouthPressRight": -0.016,
}  # fmt: skip
"""What a shape at weight 1 adds to the width of a mouth, in distances of the outer eye corners: the mean of the
built-in head and ICT FaceKit, at weights of one half."""
_AT_REST: Final = 0.55
"""The width at rest, of the same two."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LipMotion:
    """Lips over time, in distances of the outer eye corners: what can be measured on any face."""

    times_s: NDArray[np.floating[Any]]
    """Shape (n,), increasing."""
    opening: NDArray[np.floating[Any]]
    """Shape (n,): the gap that can be seen between the inner lips, 0 where they touch."""
    width: NDArray[np.floating[Any]]
    """Shape (n,): the distance of the mouth corners."""

    @classmethod
    def of(cls, clip: Clip) -> "LipMotion":
        """Return the lips under ARKit weights, as they are on the mean of two heads with the same shapes."""
        opening = (least_opening(clip) + most_opening(clip)) / 2
        width = _AT_REST + clip.values @ np.array([_WIDENING.get(name, 0.0) for name in clip.channels], np.float32)
        return cls(times_s=clip.times_s, opening=np.maximum(0, opening), width=width)

    def at(self, times_s: NDArray[np.floating[Any]]) -> "LipMotion":
        """Return the lips at other times, interpolated; before the first and after the last as at them."""
        opening, width = (np.interp(times_s, self.times_s, curve) for curve in (self.opening, self.width))
        return LipMotion(times_s=times_s, opening=opening, width=width)
