"""What a living face does besides moving its mouth: it blinks, looks about and sways in time with the voice."""

import zlib

import numpy as np

from ..audio import Speech
from ..audio.activity import envelope_db, voice_activity
from ..channels import ARKIT, ROTATIONS
from ..clip import Clip
from .blinks import blink_curve, blink_times
from .gaze import gaze_angles, gaze_channels
from .head import head_angles

__all__ = ["perform", "performance", "performed"]


def perform(clip: Clip, speech: Speech, *, seed: int = 0) -> Clip:
    """Return `clip` with blinks, small saccades and a gentle sway of the head, in time with `speech`.

    The eyes' and the head's channels are replaced; lids and gaze that the clip had are added to. The result
    depends on the seed and the sound alone: another line has other blinks under the same seed.
    """
    return performed(clip, performance(clip, speech, seed=seed))


def performance(clip: Clip, speech: Speech, *, seed: int = 0) -> Clip:
    """Return the lids, gaze and head of `perform` alone, at the frames of `clip`."""
    sound_key = zlib.crc32(speech.samples.tobytes())
    blinking, looking, swaying = (np.random.default_rng([seed, sound_key, part]) for part in range(3))
    times_s, frame_rate = clip.times_s, float(clip.frame_rate)
    level_db = envelope_db(speech, times_s)
    active = voice_activity(level_db, frame_rate)

    eyes_deg = gaze_angles(times_s, looking)
    head_deg = head_angles(level_db, active, frame_rate, swaying)
    blink = blink_curve(times_s, blink_times(times_s, active, blinking))
    curves = gaze_channels(eyes_deg) | dict(zip(("headYaw", "headPitch", "headRoll"), head_deg.T, strict=True))
    return clip.select(()).with_channels(curves | {"eyeBlinkLeft": blink, "eyeBlinkRight": blink})


def performed(clip: Clip, performance: Clip) -> Clip:
    """Return `clip` with what `performance` gave for it."""
    curves = {name: performance[name] for name in performance.channels}
    for name in set(curves) & set(ARKIT) & set(clip.channels):
        curves[name] = np.clip(curves[name] + clip[name], 0, 1)
    ordered = [*clip.channels, *(name for name in ARKIT + ROTATIONS if name not in clip.channels)]
    return clip.with_channels(curves).select(ordered)
