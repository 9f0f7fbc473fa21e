"""Head motion: a slow sway while speaking, and small nods on what is stressed."""

import numpy as np
from numpy.typing import NDArray

from .curves import smoothed

SWAY_DEG = np.array([2.2, 1.1, 1.4])
"""How far the head sways in yaw, pitch and roll while somebody speaks."""
NOD_DEG = 1.8
"""How deep it nods on stress."""
_FADE_S = 0.4


def head_angles(
    level_db: NDArray[np.float32], active: NDArray[np.bool_], frame_rate: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return yaw, pitch and roll of the head in degrees, shape (n_frames, 3).

    Sway is a smooth walk between random poses about one and a half seconds apart, lively while `active` and calm in
    pauses. Nods follow the loudness of the voice between 0.5 and 3 Hz, where head motion and prosody go together
    (Munhall et al., "Visual prosody and speech intelligibility", 2004). Line ends are neutral, so that lines can be
    cut together.
    """
    n_frames = len(level_db)
    speaking = smoothed(active.astype(np.float64), 0.35 * frame_rate)
    sway = _walk(n_frames, frame_rate, rng) * SWAY_DEG * (0.35 + 0.65 * speaking)[:, None]
    voice = np.clip(level_db, -30, 6).astype(np.float64) * speaking
    stress = smoothed(voice, 0.09 * frame_rate) - smoothed(voice, 0.4 * frame_rate)
    sway[:, 1] -= NOD_DEG * np.tanh(stress / 8)
    time_s = np.arange(n_frames) / frame_rate
    from_end_s = np.minimum(time_s, time_s[::-1])
    fade = 0.5 - 0.5 * np.cos(np.pi * np.clip(from_end_s / _FADE_S, 0, 1))
    return np.asarray(sway * fade[:, None], np.float32)


def _walk(n_frames: int, frame_rate: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a smooth random walk of unit size around 0, shape (n_frames, 3)."""
    steps = rng.uniform(0.9, 2.2, int(n_frames / frame_rate / 0.9) + 3)
    knots = np.concatenate([[0], np.cumsum(steps)]) * frame_rate
    poses = rng.normal(0, 1, (len(knots), 3))
    frames = np.arange(n_frames)
    segment = np.searchsorted(knots, frames, side="right") - 1
    mix = (frames - knots[segment]) / (knots[segment + 1] - knots[segment])
    ease = (mix**3 * (mix * (mix * 6 - 15) + 10))[:, None]  # no jerk where two poses meet (Perlin, 2002)
    return np.asarray(poses[segment] * (1 - ease) + poses[segment + 1] * ease)
