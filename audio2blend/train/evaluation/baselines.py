"""Contenders: networks, and the regressions that serve as baselines."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from ...audio import SAMPLE_RATE, Speech
from ...audio.activity import envelope_db
from ...channels import ARKIT
from ...clip import FRAME_RATE
from ...network import Network
from ...pipeline import animate
from ...qa import Lips
from ..corpora import Sample
from ..mel import N_FFT, WINDOW, mel_filters
from ..teacher import RATE as TEACHER_RATE
from ..teacher import Encoder, encode_all
from .motion import FILM_RATE, Curve, MouthMotion, Samples, motion_of

Features = NDArray[np.floating[Any]]
Encode = Callable[[Sequence[Samples]], list[Features]]
"""From recordings to the features [n, width] of each, at a constant rate."""


class Contender(Protocol):
    """Anything that animates recordings."""

    name: str
    quality: str
    """Which aims apply: those of "best" or "live"; "" for a baseline, which has none."""

    def motions(self, recordings: Sequence[Samples]) -> list[MouthMotion]:
        """Return the mouth motion for each recording."""
        ...


class OfNetwork:
    """A network, with the post-processing of `animate` or without."""

    def __init__(self, name: str, network: Network, lips: Lips, *, raw: bool = False) -> None:
        """Take a network; `raw` skips post-processing."""
        self.name = name
        self.quality = network.quality
        self._network = network
        self._lips = lips
        self._raw = raw

    def motions(self, recordings: Sequence[Samples]) -> list[MouthMotion]:
        """Return the mouth motion for each recording."""
        lines = [Speech(samples=samples) for samples in recordings]
        if self._raw:
            return [motion_of(self._network.run(line), self._lips) for line in lines]
        return [motion_of(animate(line, network=self._network, performance=False), self._lips) for line in lines]

    def phones(self, samples: Samples) -> tuple[str, ...]:
        """Return the most probable phone of each frame of a recording, at 60 frames a second."""
        heard = self._network.predict(Speech(samples=samples))[1]
        return tuple(heard.phones[index] for index in heard.probabilities.argmax(axis=1))


class Ridge:
    """A ridge regression from a window of features to opening, width and jawOpen at its centre."""

    quality = ""

    def __init__(self, name: str, encode: Encode, *, rate: int, first_s: float = 0.0, around: Sequence[int]) -> None:
        """Feature k lies at k/rate + first_s seconds; `around` are the offsets of the features in its window."""
        self.name = name
        self._encode = encode
        self._rate = rate
        self._first_s = first_s
        self._around = tuple(around)

    def fit(self, examples: Iterable[Sample], lips: Lips, *, strength: float = 300.0) -> "Ridge":
        """Fit to recordings with a known face, at 25 frames a second; return self."""
        known = [sample for sample in examples if sample.weights is not None]
        heard = self._encode([sample.samples for sample in known])
        everything = np.concatenate(heard).astype(np.float64)
        self._mean, self._scale = everything.mean(axis=0), everything.std(axis=0) + 1e-6
        width = len(self._around) * len(self._mean) + 1
        gram, moment = np.zeros((width, width)), np.zeros((width, 3))
        for sample, features in zip(known, heard, strict=True):
            assert sample.weights is not None
            rows = self._rows(features)[:: self._rate // FILM_RATE]
            weights = sample.weights
            jaw = weights[:, ARKIT.index("jawOpen")].astype(float)
            curves = (lips.opening(weights), lips.width(weights), jaw)
            times = self._first_s + np.arange(len(rows)) / FILM_RATE
            target = np.stack(
                [np.interp(times, np.arange(len(weights)) / float(FRAME_RATE), curve) for curve in curves], axis=1
            )
            gram += rows.T @ rows
            moment += rows.T @ target
        penalty = np.full(width, strength)
        penalty[-1] = 0  # the offset is not penalised
        self._slope = np.linalg.solve(gram + np.diag(penalty), moment)
        return self

    def motions(self, recordings: Sequence[Samples]) -> list[MouthMotion]:
        """Return the mouth motion for each recording."""
        out = []
        for features in self._encode(recordings):
            opening, width, jaw = (self._rows(features) @ self._slope).T
            times = self._first_s + np.arange(len(features)) / self._rate
            out.append(MouthMotion(times, np.maximum(0, opening), width, np.clip(jaw, 0, 1)))
        return out

    def _rows(self, features: Features) -> Curve:
        """Return the window of every feature, standardised, and a 1: shape (n, n_window · width + 1)."""
        reach = max(map(abs, self._around))
        even = np.pad((features - self._mean) / self._scale, ((reach, reach), (0, 0)), mode="edge")
        parts = [even[reach + step : reach + step + len(features)] for step in self._around]
        return np.concatenate([*parts, np.ones((len(features), 1))], axis=1)


TAUGHT: Final = "teacher ridge"
"""Name of the regression on the teacher's features."""

_MEL_RATE: Final = 100


def levels(recordings: Sequence[Samples]) -> list[Features]:
    """Return the level of 40 ms every 10 ms, in dB relative to the recording's loudness, clipped to [-40, 5]."""
    out = []
    for samples in recordings:
        times = np.arange(-(-len(samples) * _MEL_RATE // SAMPLE_RATE)) / _MEL_RATE
        level = envelope_db(Speech(samples=samples), times, window_s=0.04)
        out.append(np.clip(level, -40, 5)[:, None])
    return out


def log_mels(recordings: Sequence[Samples]) -> list[Features]:
    """Return 40 log-mel features every 10 ms, with their mean over the recording removed."""
    hop = SAMPLE_RATE // _MEL_RATE
    out = []
    for samples in recordings:
        padded = np.pad(samples, (WINDOW // 2, WINDOW + hop))
        frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::hop][: -(-len(samples) // hop)]
        power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW), N_FFT)) ** 2
        mels = np.log(power @ mel_filters(40).T + 1e-8)
        out.append((mels - mels.mean(axis=0)).astype(np.float32))
    return out


def baselines(encoder: Encoder | None = None) -> list[Ridge]:
    """Return the regressions, unfitted: on loudness, on log-mels and, given an encoder, on the teacher's features.

    The latter two use a window of ±120 ms.
    """
    simple = [
        Ridge("loudness", levels, rate=_MEL_RATE, around=(0,)),
        Ridge("mel ridge", log_mels, rate=_MEL_RATE, around=range(-12, 13, 3)),
    ]
    if encoder is None:
        return simple
    encode = partial(encode_all, encoder)
    first_s = 0.5 / TEACHER_RATE
    return [*simple, Ridge(TAUGHT, encode, rate=TEACHER_RATE, first_s=first_s, around=range(-6, 7, 3))]
