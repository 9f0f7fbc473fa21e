"""Mel filters and Fourier kernel of the network and of the baseline that it is compared with."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..audio import SAMPLE_RATE

WINDOW: Final = 400
"""Samples in an analysis window: 25 ms."""
N_FFT: Final = 512
N_MELS: Final = 80


def mel_filters(n_mels: int = N_MELS, low_hz: float = 40.0, high_hz: float = 7800.0) -> NDArray[np.float32]:
    """Return triangular filters [mel, bin] on O'Shaughnessy's mel scale, each of unit sum."""

    def mel(hz: float) -> float:
        return float(2595 * np.log10(1 + hz / 700))

    edges = 700 * (10 ** (np.linspace(mel(low_hz), mel(high_hz), n_mels + 2) / 2595) - 1)
    bins = np.arange(N_FFT // 2 + 1) * SAMPLE_RATE / N_FFT
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    filters = np.maximum(0, np.minimum(rising, falling))
    # The lowest filters are narrower than a bin and may miss them all: give those their nearest bin.
    for row, centre in zip(filters, edges[1:-1], strict=True):
        if not row.any():
            row[np.abs(bins - centre).argmin()] = 1
    return np.asarray(filters / filters.sum(axis=1, keepdims=True), np.float32)


def fourier_kernel() -> NDArray[np.float32]:
    """Return Hann-windowed cosines, then sines, [2 · bin, sample]; their dot products with samples are a spectrum."""
    angle = 2 * np.pi * np.outer(np.arange(N_FFT // 2 + 1), np.arange(WINDOW)) / N_FFT
    window = np.hanning(WINDOW + 1)[:-1] / np.sqrt(WINDOW)
    return np.asarray(np.concatenate([np.cos(angle), np.sin(angle)]) * window, np.float32)
