"""How somebody speaks, as a row of numbers: pitch, loudness, pace and colour of the voice, whatever the words."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..audio.activity import envelope_db, voice_activity
from ..audio.pitch import pitch_hz
from ..audio.speech import SAMPLE_RATE, Speech, loudness_dbfs

Numbers = NDArray[np.float64]

_RATE_HZ: Final = 100
_WINDOW: Final = 512
_N_BANDS: Final = 26
_N_COEFFICIENTS: Final = 13
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 7600.0
_FEWEST_VOICED: Final = 10
"""Frames: a tenth of a second of voice says nothing about anybody."""
_SYLLABLE_DB: Final = -18.0
"""A syllable is a peak of the level above this."""


@dataclass(frozen=True, slots=True, eq=False)
class Prosody:
    """What is measured 100 times a second of a recording."""

    pitch_st: Numbers
    """Shape (n,): semitones above 100 Hz; NaN where nothing is voiced."""
    level_db: Numbers
    """Shape (n,)."""
    active: NDArray[np.bool_]
    """Shape (n,)."""
    bands_db: Numbers
    """Shape (n, 26): mel bands over the loudness of the recording."""

    @classmethod
    def of(cls, speech: Speech) -> "Prosody":
        """Return the measurements of speech that is not all silence."""
        times_s = np.arange(0, speech.duration_s, 1 / _RATE_HZ)
        level = envelope_db(speech, times_s)
        pitch = pitch_hz(speech, times_s).astype(np.float64)
        at = np.round(times_s * SAMPLE_RATE).astype(np.int64)
        padded = np.pad(speech.samples, _WINDOW // 2 + 1)
        frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[at]
        power = np.abs(np.fft.rfft(frames * np.hanning(_WINDOW), axis=1)) ** 2
        bands = 10 * np.log10(np.maximum(power @ _bands()[0].T, 1e-10)) - loudness_dbfs(speech.samples)
        active = voice_activity(level, _RATE_HZ)
        return cls(12 * np.log2(pitch / 100), level.astype(np.float64), active, bands)

    def describe(self, first_s: float, last_s: float) -> Numbers | None:
        """Return the features of a part, shape (n_features,); None where too little of it is voiced.

        They are of the kind of eGeMAPS (Eyben and others, "The Geneva minimalistic acoustic parameter set for voice
        research and affective computing", 2016): percentiles and movement of pitch and level, syllables a second,
        spectral slopes of voiced sound, and means and deviations of cepstra.
        """
        part = slice(round(first_s * _RATE_HZ), round(last_s * _RATE_HZ))
        pitch, level, active = self.pitch_st[part], self.level_db[part], self.active[part]
        bands = self.bands_db[part]
        voiced = np.isfinite(pitch) & active
        if voiced.sum() < _FEWEST_VOICED:
            return None
        height, steps = pitch[voiced], np.diff(pitch)
        steps = steps[np.isfinite(steps)] if np.isfinite(steps).any() else np.zeros(1)
        loud, coloured = level[active], bands[voiced]
        middle = _bands()[1]
        low, mid, high = (coloured[:, band].mean(axis=1) for band in (middle < 1000, (middle > 1000) & (middle < 4000),
                                                                     middle > 4000))  # fmt: skip
        cepstra = bands @ _cosines().T
        moved = np.diff(cepstra, axis=0)[active[1:]]
        rise = np.polyfit(np.linspace(0, 1, len(height)), height, 1)[0]
        n_active = max(1, int(active.sum()))
        features = np.concatenate(
            [
                *(np.percentile(curve, [10, 50, 90]) for curve in (height, loud, low - mid, mid - high)),
                [height.std(), np.ptp(np.percentile(height, [5, 95])), np.abs(steps).mean(), steps.std(), rise],
                [loud.std(), voiced.sum() / n_active, _syllables(level) * _RATE_HZ / max(n_active, 30), active.mean()],
                cepstra[active].mean(axis=0),
                cepstra[active].std(axis=0),
                moved.std(axis=0) if len(moved) else np.zeros(_N_COEFFICIENTS),
            ]
        )
        return np.asarray(features, np.float64)


def _syllables(level: Numbers) -> int:
    """Return the number of peaks of a level (n,) above -18 dB, at a resolution of some 50 ms."""
    kernel = np.hanning(11)[1:-1]
    smooth = np.convolve(np.maximum(level, -30), kernel / kernel.sum(), mode="same")
    return int(((smooth[1:-1] > smooth[:-2]) & (smooth[1:-1] >= smooth[2:]) & (smooth[1:-1] > _SYLLABLE_DB)).sum())


@cache
def _bands() -> tuple[Numbers, Numbers]:
    """Return triangular filters (26, bin) on the mel scale (O'Shaughnessy 1987), and their middles in hertz."""
    ends = 2595 * np.log10(1 + np.array([_LOWEST_HZ, _HIGHEST_HZ]) / 700)
    edges = 700 * (10 ** (np.linspace(ends[0], ends[1], _N_BANDS + 2) / 2595) - 1)
    bins = np.arange(_WINDOW // 2 + 1) * SAMPLE_RATE / _WINDOW
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    return np.maximum(0, np.minimum(rising, falling)), edges[1:-1]


@cache
def _cosines() -> Numbers:
    """Return the cosines (13, 26) of a discrete cosine transform, of unit length."""
    angles = np.pi * np.arange(_N_COEFFICIENTS)[:, None] * (np.arange(_N_BANDS) + 0.5) / _N_BANDS
    return np.asarray(np.cos(angles) * np.sqrt(2 / _N_BANDS))
