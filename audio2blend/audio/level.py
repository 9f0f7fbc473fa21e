"""Bringing the sound of a file into range: quiet speech up, overloads down, direct current out."""

import logging
from pathlib import Path
from typing import Final

import numpy as np

from ..errors import InputError
from .mix import Floats, steadied
from .outliers import Peaks
from .speech import SAMPLE_RATE, loudness_dbfs

_QUIET_DBFS: Final = -45.0  # speech is commonly recorded at -30 to -15
_SPEECH_DBFS: Final = -23.0
_WANDERS: Final = 0.25
"""Direct current of less than this share of the speech does no harm."""

_log = logging.getLogger(__name__)


def bring_into_range(samples: Floats, path: Path) -> tuple[bool, float]:
    """Bring `samples` into range in place; raises InputError if they are silent.

    Returns whether direct current was taken out of them, and by what they were multiplied then.
    """
    loudness = loudness_dbfs(samples)
    if steady := bool(_direct_current(samples) > _WANDERS * 10 ** (loudness / 20)):
        at = 0
        for block in steadied(np.array_split(samples, -(-len(samples) // SAMPLE_RATE)), SAMPLE_RATE):
            samples[at : at + len(block)] = block
            at += len(block)
    peaks = Peaks(SAMPLE_RATE)
    peaks.add(samples)
    if (ceiling := peaks.ceiling(full_scale=0)) < np.inf:
        without_clicks = loudness_dbfs(samples, ceiling=ceiling)
        if without_clicks < _QUIET_DBFS:  # and is not to stay so on account of a click
            np.clip(samples, -ceiling, ceiling, out=samples)
            loudness = without_clicks
    if loudness == -np.inf:
        raise InputError(f"{path} is silent; check the microphone, or which track was exported")
    peak = max(float(samples.max()), -float(samples.min()))
    gain = 1.0
    if loudness < _QUIET_DBFS:
        gain = min(10 ** ((_SPEECH_DBFS - loudness) / 20), 1 / peak)
        _log.warning("%s is very quiet (%.0f dBFS); raised by %.0f dB", path, loudness, 20 * np.log10(gain))
    elif peak > 1:
        if peak > 1.1:  # below that it is the resampler's overshoot
            _log.warning("%s exceeds full scale (peak %.1f); turned down to fit", path, peak)
        gain = 1 / peak
    if gain != 1:
        samples *= np.float32(gain)
    return steady, float(gain)


def _direct_current(samples: Floats) -> float:
    """Return the direct current of samples, however it drifts: the root mean square of their mean over 0.25 s."""
    window = min(len(samples), SAMPLE_RATE // 4)
    means = samples[: len(samples) // window * window].reshape(-1, window).mean(axis=1, dtype=np.float64)
    return float(np.sqrt((means**2).mean()))
