"""When things happen: seconds of a sound become frames of a scene."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip


@dataclass(frozen=True, slots=True)
class Timing:
    """The frames of a scene, and where a sound starts in it."""

    rate: Fraction
    """Frames a second, exact."""
    start_frame: int
    """The frame at which the sound starts."""
    stretch: Fraction = Fraction(1)
    """How far the animation moves on a frame, where the scene's time is stretched; 1 in most scenes."""

    @classmethod
    def of(cls, scene: Any, start_frame: int) -> Self:
        """Return that of a scene.

        Blender keeps a whole number of frames in a time that is a 32-bit float: 23.976 is 24 frames in 1.001 s.
        """
        render = scene.render
        rate = Fraction(render.fps) / Fraction(render.fps_base).limit_denominator(1001)
        return cls(rate, start_frame, Fraction(render.frame_map_old, render.frame_map_new))

    @classmethod
    def of_take(cls, scene: Any, take: Any) -> Self:
        """Return that by which the keys of a take lie, whatever rate its scene has by now."""
        now = cls.of(scene, take.start_frame)
        if not take.frame_rate:  # it was made before takes kept it
            return now
        return cls(Fraction(take.frame_rate), take.start_frame, Fraction(take.stretch or 1))

    def keep(self, take: Any) -> None:
        """Note it in a take."""
        take.start_frame, take.frame_rate, take.stretch = self.start_frame, str(self.rate), str(self.stretch)

    def sampled(self, clip: Clip) -> Clip:
        """Return the clip at every frame from the start on, and at least two.

        Its own first frame is at the sound's start. A clip too short for two frames is held.
        """
        sampled = clip.resampled(self.rate)
        if len(sampled) == 1:
            sampled = replace(sampled, values=np.repeat(sampled.values, 2, axis=0))
        return sampled

    def count(self, duration_s: float) -> int:
        """Return how many frames cover a sound, at least two."""
        return max(2, int(duration_s * self.rate) + 1)

    def position(self, seconds: float) -> float:
        """Return where a time of the sound lies, in frames of an Action."""
        return float((self.start_frame + seconds * float(self.rate)) * float(self.stretch))

    def positions(self, n_frames: int) -> NDArray[np.float64]:
        """Return where the keys of so many frames lie, shape (n_frames,), in frames of an Action."""
        return (self.start_frame + np.arange(n_frames)) * float(self.stretch)
