"""What a living face does besides moving its mouth.

It blinks, looks about, sways and nods in time with the voice, and raises its brows where the voice does.
"""

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..audio import Speech
from ..audio.activity import envelope_db, voice_activity
from ..audio.pitch import pitch_hz, semitones
from ..channels import ARKIT, ROTATIONS
from ..clip import Clip
from .blinks import blink_curve, blink_times
from .brows import brow_curves, drawn_along
from .gaze import gaze_angles, gaze_channels
from .head import head_angles

__all__ = ["perform", "performance", "performed", "scaled"]

_PITCHES_HZ: Final = 20
"""Brows follow the pitch so often; it lies evenly in between."""


def perform(clip: Clip, speech: Speech, *, seed: int = 0) -> Clip:
    """Return `clip` with blinks, small saccades, raised brows and a gentle sway of the head, in time with `speech`.

    The eyes' and the head's channels are replaced; lids, gaze, brows and cheeks that the clip had are added to. The
    result depends on the seed and the sound alone: another line has other blinks under the same seed.
    """
    return performed(clip, performance(clip, speech, seed=seed))


def performance(clip: Clip, speech: Speech, *, seed: int = 0) -> Clip:
    """Return the lids, gaze, brows and head of `perform` alone, at the frames of `clip`."""
    sound_key = zlib.crc32(speech.samples.tobytes())
    blinking, looking, swaying, raising = (np.random.default_rng([seed, sound_key, part]) for part in range(4))
    times_s, frame_rate = clip.times_s, float(clip.frame_rate)
    level_db = envelope_db(speech, times_s)
    active = voice_activity(level_db, frame_rate)

    eyes_deg = gaze_angles(times_s, looking)
    head_deg = head_angles(level_db, active, frame_rate, swaying)
    blink = blink_curve(times_s, blink_times(times_s, active, blinking))
    curves = gaze_channels(eyes_deg) | dict(zip(("headYaw", "headPitch", "headRoll"), head_deg.T, strict=True))
    every = max(1, round(frame_rate / _PITCHES_HZ))
    pitch_st = np.full(len(times_s), np.nan, np.float32)
    pitch_st[::every] = semitones(pitch_hz(speech, times_s[::every]))
    curves |= brow_curves(pitch_st, level_db, active, frame_rate, raising)
    return clip.select(()).with_channels(curves | {"eyeBlinkLeft": blink, "eyeBlinkRight": blink})


def scaled(performance: Clip, *, blinks: float = 1, gaze: float = 1, head: float = 1, brows: float = 1) -> Clip:
    """Return a performance whose parts move so many times as far: 0 is still. Weights stay in [0, 1].

    Blinks above 1 are no deeper, since lids cannot do more than shut.
    """
    factors = {
        "eyeBlink": min(blinks, 1.0),
        "eyeLook": gaze,
        "leftEye": gaze,
        "rightEye": gaze,
        "head": head,
        "brow": brows,
    }
    curves: dict[str, NDArray[np.float32]] = {}
    for name in performance.channels:
        factor = next((factor for start, factor in factors.items() if name.startswith(start)), 1.0)
        if factor != 1:
            curve = performance[name] * np.float32(factor)
            curves[name] = np.clip(curve, 0, 1) if name in ARKIT else curve
    return performance.with_channels(curves)


def performed(clip: Clip, performance: Clip) -> Clip:
    """Return `clip` with what `performance` gave for it, and with cheeks and nose as its mouth draws them along."""
    curves = {name: performance[name] for name in performance.channels}
    for name in set(curves) & set(ARKIT) & set(clip.channels):
        curves[name] = np.clip(curves[name] + clip[name], 0, 1)
    for name, drawn in drawn_along(clip).items():
        curves[name] = np.asarray(1 - (1 - clip[name]) * (1 - drawn), np.float32)
    for side in ("Left", "Right"):
        if f"eyeWide{side}" in clip.channels and f"eyeBlink{side}" in performance.channels:  # lids cannot do both
            curves[f"eyeWide{side}"] = clip[f"eyeWide{side}"] * (1 - performance[f"eyeBlink{side}"])
    ordered = [*clip.channels, *(name for name in ARKIT + ROTATIONS if name not in clip.channels)]
    return clip.with_channels(curves).select(ordered)
