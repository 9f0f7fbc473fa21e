"""What a network has to beat: a jaw driven by loudness, and a linear regression on mel features."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from ..audio import SAMPLE_RATE
from .corpora import grid
from .mel import N_FFT, WINDOW, mel_filters

Curve = NDArray[np.float64]

_REACH: Final = 12
"""Frames of 10 ms on either side that the regression sees: ±120 ms."""


def log_mel(samples: NDArray[np.float32]) -> Curve:
    """Return 40 log-mel features [frame, mel] every 10 ms, frame k centred on k/100 s, less their mean."""
    hop = SAMPLE_RATE // 100
    count = -(-len(samples) // hop)
    padded = np.pad(samples, (WINDOW // 2, WINDOW + hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::hop][:count]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW), N_FFT)) ** 2
    mels = np.log(power @ mel_filters(40).T + 1e-8)
    return np.asarray(mels - mels.mean(axis=0))


def at_25(curve: Curve, rate: float, count: int) -> Curve:
    """Return a curve [frame] at `rate` frames a second, read at k/25 s for the first `count` k."""
    return np.interp(np.arange(count) / grid.FPS, np.arange(len(curve)) / rate, curve)


def loudness(samples: NDArray[np.float32], count: int) -> Curve:
    """Return the loudness [count] at 25 fps: root mean square over 40 ms."""
    square = np.convolve(samples.astype(float) ** 2, np.full(640, 1 / 640), mode="same")
    return np.sqrt(at_25(square, SAMPLE_RATE, count))


class MelRidge:
    """A ridge regression from ±120 ms of log-mel features to a curve at 25 fps."""

    def __init__(self, examples: Iterable[tuple[NDArray[np.float32], Curve]], *, strength: float = 100.0) -> None:
        rows, values = [], []
        for samples, curve in examples:
            rows.append(self._features(samples, len(curve)))
            values.append(curve)
        features, target = np.concatenate(rows), np.concatenate(values)
        self._mean = features.mean(axis=0)
        self._offset = float(target.mean())
        centred = features - self._mean
        gram = centred.T @ centred + strength * np.eye(centred.shape[1])
        self._slope = np.linalg.solve(gram, centred.T @ (target - self._offset))

    def __call__(self, samples: NDArray[np.float32], count: int) -> Curve:
        """Return the curve [count] at 25 fps."""
        return np.asarray((self._features(samples, count) - self._mean) @ self._slope + self._offset)

    @staticmethod
    def _features(samples: NDArray[np.float32], count: int) -> Curve:
        mels = np.pad(log_mel(samples), ((_REACH, _REACH + 4 * count), (0, 0)), mode="edge")
        windows = [mels[4 * k : 4 * k + 2 * _REACH + 1 : 3].ravel() for k in range(count)]
        return np.stack(windows)


def grid_examples(data: Path, *, held: bool) -> list[tuple[str, NDArray[np.float32], Curve, tuple[float, float]]]:
    """Return (sentence, samples, true opening [75] at 25 fps, start and end of speech in seconds)."""
    tracks = grid.load_tracks(data)
    return [
        (name, soundfile.read(data / "grid" / "audio" / f"{name}.flac", dtype="float32")[0], opening, speech)
        for name, opening, speech in zip(tracks.ids, tracks.opening.astype(float), tracks.speech, strict=True)
        if grid.held_out(name) == held
    ]
