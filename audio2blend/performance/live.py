"""Blinks, gaze and head motion for a stream: they know only what was said so far, and go on when nobody speaks."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..channels import ARKIT, ROTATIONS
from ..clip import FRAME_RATE, Clip
from .blinks import blink_curve
from .gaze import gaze_channels, saccade
from .head import NOD_DEG, SWAY_DEG

_RATE: Final = float(FRAME_RATE)
_BLINK_GAP_S: Final = 0.7
_BLINK_S: Final = 0.32
_PHRASE_END: Final = 0.5
"""How often a blink comes with the end of a phrase."""
_AFTER_S: Final = 0.12
"""Silence after which a phrase counts as ended."""
_QUICK_S, _SLOW_S = 0.07, 0.35
"""Time constants of the two loudnesses whose difference is stress."""
_LOUD_DB: Final = -38.0

CHANNELS: Final = tuple(
    name for name in (*ARKIT, *ROTATIONS) if name.startswith(("eyeBlink", "eyeLook", "leftEye", "rightEye", "head"))
)
"""What is performed, in this order."""


class LivePerformance:
    """Frame by frame, the lids, eyes and head of one stream; the same seed and loudness give the same.

    Rates and shapes are those of `perform`: blinks some 20 times a minute and at the ends of phrases, saccades after
    Lee, Badler and Badler (2002), a head that sways and nods with stress. What `perform` takes from the whole line,
    this takes from the past: a blink comes after a phrase has ended, and a nod as the loudness rises.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self._blinking, self._looking, self._swaying = (np.random.default_rng([seed, part]) for part in range(3))
        self._frame = 0
        self._blink_s = float(self._blinking.uniform(0.4, 2.5))
        """When the next blink begins."""
        self._blinked_s = -9.0
        self._quiet_s = 1.0
        """How long nobody has spoken."""
        self._eyes = np.zeros(2), np.zeros(2), 0.0
        """Where the eyes come from and go to, and when they set out."""
        self._look_s = 0.0
        self._sway = np.zeros(3), np.zeros(3), 0.0, 1.0
        """The poses of the head that it comes from and goes to, when it set out and how long it takes."""
        self._speaking = self._quick_db = self._slow_db = 0.0

    def frames(self, level_db: NDArray[np.floating[Any]]) -> Clip:
        """Return the next frames, for how loud they are: shape (n,) in dBFS, −inf for silence."""
        rows = [self._next(max(-90.0, float(level))) for level in level_db]
        start_s = (self._frame - len(rows)) / _RATE
        lids = np.array([row[0] for row in rows], np.float32)
        head = np.array([row[2] for row in rows], np.float32).reshape(-1, 3)
        curves = gaze_channels(np.array([row[1] for row in rows], np.float32).reshape(-1, 2))
        curves |= {"eyeBlinkLeft": lids, "eyeBlinkRight": lids}
        curves |= dict(zip(("headYaw", "headPitch", "headRoll"), head.T, strict=True))
        values = np.stack([curves[name] for name in CHANNELS], axis=1)
        return Clip(values=values, channels=CHANNELS, frame_rate=FRAME_RATE, start_s=start_s)

    def _next(self, level_db: float) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        at_s = self._frame / _RATE
        self._frame += 1
        speaks = level_db > _LOUD_DB
        ended = not speaks and self._quiet_s < _AFTER_S <= self._quiet_s + 1 / _RATE
        self._quiet_s = 0.0 if speaks else self._quiet_s + 1 / _RATE
        self._speaking += ((1.0 if speaks else 0.0) - self._speaking) / (_RATE * _SLOW_S)
        return self._lids(at_s, ended), self._gaze(at_s), self._head(at_s, level_db)

    def _lids(self, at_s: float, ended: bool) -> float:
        free = at_s - self._blinked_s >= _BLINK_GAP_S
        if free and (at_s >= self._blink_s or (ended and self._blinking.uniform() < _PHRASE_END)):
            self._blinked_s = at_s
            self._blink_s = at_s + float(np.clip(self._blinking.lognormal(np.log(2.9), 0.5), _BLINK_GAP_S, 8.0))
        if at_s - self._blinked_s > _BLINK_S:
            return 0.0
        return float(blink_curve(np.array([at_s]), np.array([self._blinked_s]))[0])

    def _gaze(self, at_s: float) -> NDArray[np.float64]:
        if at_s >= self._look_s:
            self._eyes = self._eyes[1], saccade(self._looking), at_s
            self._look_s = at_s + float(np.clip(self._looking.lognormal(np.log(0.9), 0.6), 0.2, 4.0))
        here, there, since_s = self._eyes
        lasts_s = 0.025 + 0.0024 * float(np.linalg.norm(there - here))
        share = min(1.0, (at_s - since_s) / lasts_s)
        return np.asarray(here + (there - here) * share**2 * (3 - 2 * share))

    def _head(self, at_s: float, level_db: float) -> NDArray[np.float64]:
        here, there, since_s, lasts_s = self._sway
        if at_s >= since_s + lasts_s:
            here, there = there, self._swaying.normal(0, 1, 3)
            since_s, lasts_s = at_s, float(self._swaying.uniform(0.9, 2.2))
            self._sway = here, there, since_s, lasts_s
        mix = (at_s - since_s) / lasts_s
        ease = mix**3 * (mix * (mix * 6 - 15) + 10)
        angles = (here + (there - here) * ease) * SWAY_DEG * (0.35 + 0.65 * self._speaking)
        voice_db = float(np.clip(level_db + 24, -30, 6)) * self._speaking
        self._quick_db += (voice_db - self._quick_db) / (_RATE * _QUICK_S)
        self._slow_db += (voice_db - self._slow_db) / (_RATE * _SLOW_S)
        angles[1] -= NOD_DEG * float(np.tanh((self._quick_db - self._slow_db) / 8))
        return np.asarray(angles)
