"""Short-time Fourier transform with half-overlapping windows, and its inverse."""

import torch
from torch import Tensor

WINDOW = 512
HOP = WINDOW // 2
BINS = HOP + 1


def spectra(samples: Tensor) -> Tensor:
    """Return the spectra [batch, frame, bin] of samples [batch, n]."""
    n = samples.shape[1]
    padded = torch.nn.functional.pad(samples, (HOP, HOP + -n % HOP))
    return torch.fft.rfft(padded.unfold(1, WINDOW, HOP) * _window())


def sound(spectra: Tensor, n: int) -> Tensor:
    """Return the samples [batch, n] of spectra: the exact inverse of `spectra`."""
    frames = torch.fft.irfft(spectra, WINDOW) * _window()
    batch = len(frames)
    late, early = frames[:, :-1, HOP:], frames[:, 1:, :HOP]
    return (late + early).reshape(batch, -1)[:, :n]


def _window() -> Tensor:
    return torch.sin(torch.pi * (torch.arange(WINDOW) + 0.5) / WINDOW)
