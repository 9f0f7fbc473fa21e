"""Trim, pad and level decoded speech with pydub.

pydub keeps whole segments in memory, which suits lines of dialogue. For hours of sound use `audio2blend.load`.
"""

import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .speech import SAMPLE_RATE, Speech, loudness_dbfs

with warnings.catch_warnings():
    # On import pydub looks for ffmpeg and warns if there is none; we do not decode with it.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

_FULL_SCALE = 2**31 - 1


def _edited(speech: Speech, edit: Callable[[AudioSegment], AudioSegment]) -> Speech:
    """Return `speech` with `edit` applied to it as a pydub segment of 32-bit samples, without its source."""
    whole = np.clip(np.round(speech.samples.astype(np.float64) * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE)
    segment = AudioSegment(whole.astype("<i4").tobytes(), sample_width=4, frame_rate=SAMPLE_RATE, channels=1)
    samples = np.frombuffer(edit(segment).raw_data, "<i4") / np.float64(_FULL_SCALE)
    return replace(speech, samples=samples.astype(np.float32), source=None, gain=1.0)


def trimmed(speech: Speech, start_s: float = 0.0, end_s: float | None = None) -> Speech:
    """Return the part of `speech` from `start_s` up to `end_s` (its end if None), to the millisecond.

    Raises ValueError if nothing is left.

    >>> trimmed(Speech(samples=np.zeros(16000, np.float32)), 0.25, 0.75).duration_s
    0.5
    """
    end_s = speech.duration_s if end_s is None else end_s
    if start_s < 0 or not round(start_s * 1000) < round(min(end_s, speech.duration_s) * 1000):
        raise ValueError(f"nothing lies between {start_s} s and {end_s} s of {speech.duration_s:.3f} s of speech")
    return _edited(speech, lambda segment: segment[round(start_s * 1000) : round(end_s * 1000)])


def padded(speech: Speech, before_s: float = 0.0, after_s: float = 0.0) -> Speech:
    """Return `speech` with silence before and after it, to the millisecond.

    Raises ValueError for a length below 0.

    >>> padded(Speech(samples=np.ones(16000, np.float32)), before_s=0.5, after_s=1.0).duration_s
    2.5
    """
    if before_s < 0 or after_s < 0:
        raise ValueError(f"silence of {min(before_s, after_s)} s cannot be added; cut speech with `trimmed`")

    def pad(segment: AudioSegment) -> AudioSegment:
        before, after = (
            AudioSegment.silent(round(length_s * 1000), frame_rate=SAMPLE_RATE).set_sample_width(4)
            for length_s in (before_s, after_s)
        )
        return before + segment + after

    return _edited(speech, pad)


def levelled(speech: Speech, target_dbfs: float = -23.0) -> Speech:
    """Return `speech` with its loudness (see `loudness_dbfs`) at `target_dbfs`, or as near as full scale allows.

    Silence comes back as it is.

    >>> tone = 0.01 * np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
    >>> round(loudness_dbfs(levelled(Speech(samples=tone.astype(np.float32))).samples), 1)
    -23.0
    """
    loudness = loudness_dbfs(speech.samples)
    if loudness == -np.inf:
        return speech
    return _edited(speech, lambda segment: segment.apply_gain(min(target_dbfs - loudness, -segment.max_dBFS)))
