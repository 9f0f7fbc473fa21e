"""Unlabelled recordings of speech, with voice activity by loudness."""

from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from ...audio import SAMPLE_RATE, loudness_dbfs
from ...clip import FRAME_RATE
from .sample import Sample, frame_times

_HALF_WINDOW: Final = 200  # samples: a window of 25 ms
_LOUD_DB: Final = -20.0
_QUIET_DB: Final = -45.0
_MARGIN: Final = round(0.15 * FRAME_RATE)


def voice_by_loudness(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the voice activity of a clean recording, [frame]: 1 where it is loud, 0 in lasting quiet, −1 in between.

    Loud is above -20 dB relative to the loudness of its speech. Quiet is below -45 dB, or digital silence, and at least
    0.15 s from anything louder, since consonants are faint and lips move before they sound.
    """
    times = frame_times(len(samples))
    power = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    middle = np.rint(times * SAMPLE_RATE).astype(int)
    first, last = np.maximum(middle - _HALF_WINDOW, 0), np.minimum(middle + _HALF_WINDOW, len(samples))
    mean = (power[last] - power[first]) / np.maximum(last - first, 1)
    level = 10 * np.log10(mean + 1e-12) - loudness_dbfs(samples)
    loud = np.convolve(level > _QUIET_DB, np.ones(2 * _MARGIN + 1), mode="same")[: len(level)] > 0
    return np.where(level > _LOUD_DB, 1, np.where(loud, -1, 0)).astype(np.float32)


def listen(path: Path, *, corpus: str, language: str, speaker: str) -> Sample:
    """Return a recording with voice activity by loudness, phones labelled in silence only, and no face."""
    loud, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    samples = soxr.resample(loud.mean(axis=1), rate_hz, SAMPLE_RATE).astype(np.float32)
    voice = voice_by_loudness(samples)
    return Sample(
        name=path.stem,
        corpus=corpus,
        language=language,
        speaker=speaker,
        samples=samples,
        weights=None,
        phones=np.where(voice == 0, 0, -1).astype(np.int64),
        voice=voice,
    )
