"""Normalise the sound of a file: amplify quiet speech, attenuate overloads, remove DC offset."""

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
"""DC offset below this share of the speech level is harmless."""

_log = logging.getLogger(__name__)


def bring_into_range(samples: Floats, path: Path) -> tuple[bool, float]:
    """Normalise `samples` in place. Raises InputError if they are silent.

    Returns whether a DC offset was removed, and the gain that was applied after that.
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
        if without_clicks < _QUIET_DBFS:  # a click must not keep it so
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
    """Return the DC offset of samples, drifting or not: the root mean square of their means over 0.25 s."""
    window = min(len(samples), SAMPLE_RATE // 4)
    means = samples[: len(samples) // window * window].reshape(-1, window).mean(axis=1, dtype=np.float64)
    return float(np.sqrt((means**2).mean()))
