"""Degraded recordings: in noise, over a telephone, in a hall. Deterministic by seed."""

from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...audio import SAMPLE_RATE
from .motion import Curve, Samples

Spoil = Callable[[Samples, tuple[float, float], int], Samples]
"""From samples, start and end of the speech in seconds, and a seed, to as many samples."""

RATIOS_DB: Final = (20, 10, 5)

_TALKERS: Final = 6
_REVERBERATION_S: Final = 0.6


def conditions(voices: Iterable[Samples]) -> dict[str, Spoil]:
    """Return degradations by name; `voices` are recordings of other speakers, six of whom make the babble."""
    talkers = [samples / _rms(samples) for samples in voices][: 4 * _TALKERS]
    noises: dict[str, Callable[[int, np.random.Generator], Samples]] = {
        "white noise": lambda n, random: random.standard_normal(n).astype(np.float32),
        "pink noise": _pink,
        "babble": lambda n, random: _babble(talkers, n, random),
    }
    ways: dict[str, Spoil] = {
        f"{name}, {ratio} dB": _noisy(noise, ratio) for name, noise in noises.items() for ratio in RATIOS_DB
    }
    return {**ways, "telephone": _telephone, "reverberation": _reverberant}


def _noisy(noise: Callable[[int, np.random.Generator], Samples], ratio_db: float) -> Spoil:
    """Return a degradation that adds noise at a signal-to-noise ratio, measured within the speech alone."""

    def spoil(samples: Samples, speech_s: tuple[float, float], seed: int) -> Samples:
        start, end = (round(time * SAMPLE_RATE) for time in speech_s)
        added = noise(len(samples), np.random.default_rng(seed))
        gain = _rms(samples[start:end]) / _rms(added) * 10 ** (-ratio_db / 20)
        return np.asarray(samples + gain * added, np.float32)

    return spoil


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def _pink(n: int, random: np.random.Generator) -> Samples:
    """Return noise whose power falls by 3 dB an octave above 20 Hz."""
    return _filtered(random.standard_normal(n), lambda hertz: 1 / np.sqrt(np.maximum(hertz, 20)))


def _babble(talkers: list[Samples], n: int, random: np.random.Generator) -> Samples:
    chosen = random.choice(len(talkers), min(_TALKERS, len(talkers)), replace=False)
    voices = [np.resize(np.roll(talkers[k], random.integers(len(talkers[k]))), n) for k in chosen]
    return np.asarray(np.sum(voices, axis=0), np.float32)


def _telephone(samples: Samples, speech_s: tuple[float, float], seed: int) -> Samples:
    """Return samples band-passed to 300 to 3400 Hz."""
    return _filtered(samples, lambda hertz: 1.0 * ((hertz > 300) & (hertz < 3400)))


def _reverberant(samples: Samples, speech_s: tuple[float, float], seed: int) -> Samples:
    """Add reverberation as loud as the direct sound, which decays by 60 dB in 0.6 s."""
    random = np.random.default_rng(seed)
    time_s = np.arange(int(_REVERBERATION_S * SAMPLE_RATE)) / SAMPLE_RATE
    tail = random.standard_normal(len(time_s)) * 10 ** (-3 * time_s / _REVERBERATION_S)
    tail[: SAMPLE_RATE // 200] = 0  # no wall is nearer than 5 ms
    tail /= np.sqrt(np.sum(tail**2))
    echo = _filtered(samples, lambda hertz: np.fft.rfft(tail, 2 * len(hertz) - 2))
    return np.asarray(samples + echo, np.float32)


def _filtered(samples: NDArray[np.floating[Any]], response: Callable[[Curve], NDArray[np.inexact[Any]]]) -> Samples:
    """Return samples filtered by `response`, a gain by frequency in hertz; silence is taken to follow them."""
    size = 1 << (len(samples) + SAMPLE_RATE).bit_length()
    spectrum = np.fft.rfft(samples, size) * response(np.fft.rfftfreq(size, 1 / SAMPLE_RATE))
    return np.asarray(np.fft.irfft(spectrum, size)[: len(samples)], np.float32)
