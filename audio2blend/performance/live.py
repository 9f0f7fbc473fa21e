"""What a living face does while its voice is still unheard to the end: blinks, gaze and head, from what came so far."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..channels import ARKIT, CHANNELS
from ..clip import FRAME_RATE
from .blinks import blink_curve
from .gaze import gaze_channels

_RATE: Final = float(FRAME_RATE)
_FLOOR_DB: Final = -50.0
"""Quieter than this nobody speaks."""
_LOOK_DEG: Final = np.array([3.0, 1.5])  # yaw, pitch
_SWAY_DEG: Final = np.array([2.2, 1.1, 1.4])  # yaw, pitch, roll
_NOD_DEG: Final = 1.8


class LivePerformance:
    """A seeded stream of blinks, gaze and head motion at 60 frames a second.

    Each frame follows from those before it alone, so that the frames are the same however the sound is cut. The figures
    are those of the offline performance; what needs the end of a phrase, such as blinks that move to it, is not here.
    """

    def __init__(self, *, seed: int = 0, blinks: float = 1.0, gaze: float = 1.0, head: float = 1.0) -> None:
        """Begin at rest; `blinks`, `gaze` and `head` say how many times as far each moves, and 0 is still."""
        self.blinks, self.gaze, self.head = blinks, gaze, head
        self._blinking, self._looking, self._swaying = (np.random.default_rng([seed, part]) for part in range(3))
        self._frame = 0
        self._blink_s = float(self._blinking.uniform(0.4, 2.5))
        self._look = self._aim = np.zeros(2)
        self._look_s = float(self._looking.uniform(0.3, 1.5))
        self._from = self._to = np.zeros(3)
        self._began_s, self._ends_s = 0.0, 0.5
        self._speaking = self._fast = self._slow = 0.0

    def push(self, level_db: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the next frames (n, 61) for the sound's level in each (n,), dB of full scale, to be added to a face.

        Weights are in [0, 1], rotations in degrees, in the order of `CHANNELS`.
        """
        out = np.zeros((len(level_db), len(CHANNELS)), np.float32)
        for row, level in zip(out, level_db, strict=True):
            time_s = self._frame / _RATE
            self._frame += 1
            row[_BLINK] = self.blinks * self._lids(time_s)
            for name, value in gaze_channels((self.gaze * self._eyes(time_s))[None]).items():
                row[CHANNELS.index(name)] = value[0]
            row[_HEAD] = self.head * self._sway(time_s, float(level))
        out[:, : len(ARKIT)] = np.clip(out[:, : len(ARKIT)], 0, 1)
        return out

    def _lids(self, time_s: float) -> float:
        if time_s > self._blink_s + 0.4:
            self._blink_s += float(np.clip(self._blinking.lognormal(np.log(2.6), 0.5), 0.7, 8.0))
        return float(blink_curve(np.array([time_s]), np.array([self._blink_s]))[0])

    def _eyes(self, time_s: float) -> NDArray[np.float64]:
        if time_s >= self._look_s:
            self._aim = self._looking.normal(0, 1, 2) * _LOOK_DEG
            self._look_s = time_s + float(self._looking.uniform(0.4, 2.2))
        self._look = self._look + 0.5 * (self._aim - self._look)  # a saccade of these sizes lasts some 40 ms
        return self._look

    def _sway(self, time_s: float, level_db: float) -> NDArray[np.float64]:
        if time_s >= self._ends_s:
            self._from, self._to = self._to, self._swaying.normal(0, 1, 3)
            self._began_s, self._ends_s = time_s, time_s + float(self._swaying.uniform(0.9, 2.2))
        mix = (time_s - self._began_s) / (self._ends_s - self._began_s)
        ease = mix**3 * (mix * (mix * 6 - 15) + 10)  # no jerk where two poses meet (Perlin, 2002)
        self._speaking += (float(level_db > _FLOOR_DB) - self._speaking) / (0.35 * _RATE)
        voice = max(level_db, _FLOOR_DB) * self._speaking
        self._fast += (voice - self._fast) / (0.09 * _RATE)
        self._slow += (voice - self._slow) / (0.4 * _RATE)
        angles = (self._from + (self._to - self._from) * ease) * _SWAY_DEG * (0.35 + 0.65 * self._speaking)
        angles[1] -= _NOD_DEG * np.tanh((self._fast - self._slow) / 8) * self._speaking
        return np.asarray(angles)


_BLINK: Final = [CHANNELS.index("eyeBlinkLeft"), CHANNELS.index("eyeBlinkRight")]
_HEAD: Final = [CHANNELS.index(name) for name in ("headYaw", "headPitch", "headRoll")]
