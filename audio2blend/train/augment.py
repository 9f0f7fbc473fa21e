"""Making recordings sound as if made by other people, in other rooms, with other microphones."""

import math
from typing import Final

import torch
from torch import Tensor

from ..audio import SAMPLE_RATE

BANDS: Final = 8
"""Points of a random frequency response."""


def disguise(samples: Tensor, random: torch.Generator) -> Tensor:
    """Return samples [batch, n] with another loudness, response, room and background, each row its own.

    One row in four keeps its sound but for the loudness.
    """
    batch, n = samples.shape

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(*(shape or (batch, 1)), generator=random)

    def chance(probability: float) -> Tensor:
        return (torch.rand(batch, 1, generator=random) < probability).float()

    size = n + SAMPLE_RATE // 2  # room for the tail, so that it does not come round to the start
    spectrum = torch.fft.rfft(samples, size)
    changed = chance(0.75)
    spectrum = spectrum * torch.lerp(torch.ones(()), _response(batch, size, random), changed)
    spectrum = spectrum * torch.fft.rfft(_room(batch, changed * chance(0.4), random), size)
    bins = spectrum.shape[1]
    noise = torch.complex(torch.randn(batch, bins, generator=random), torch.randn(batch, bins, generator=random))
    noise = noise * _response(batch, size, random, spread_db=8, slope_db=uniform(-7, 2))
    loudness = _power(spectrum)
    empty = n * 10 ** (uniform(-55, -15) / 10)
    loudness = torch.where(loudness < n * 1e-10, empty, loudness)  # a room in which nobody speaks
    ratio_db = torch.where(chance(0.5) * changed > 0, uniform(5, 30), uniform(35, 70))
    noise = noise * (loudness / _power(noise)).sqrt() * 10 ** (-ratio_db / 20)
    sound = torch.fft.irfft(spectrum + noise, size)[:, :n]
    return sound * 10 ** (uniform(-20, 12) / 20)


def _power(spectrum: Tensor) -> Tensor:
    """Return the mean power [batch, 1] of spectra [batch, bin]."""
    return (spectrum.real.square() + spectrum.imag.square()).mean(1, keepdim=True)


def _response(
    batch: int, size: int, random: torch.Generator, *, spread_db: float = 6.0, slope_db: Tensor | None = None
) -> Tensor:
    """Return a smooth random gain [batch, bin]; some rows keep only the band of a telephone.

    It scatters by `spread_db` in each of eight bands, and rises by `slope_db` [batch, 1] from one to the next.
    """
    bins = size // 2 + 1
    points = torch.randn(batch, 1, BANDS, generator=random) * spread_db
    if slope_db is not None:
        points = points + torch.arange(BANDS) * slope_db[:, :, None]
    # Bands are as wide as their distance from 0 Hz asks: the axis is warped like a mel scale.
    at = torch.linspace(0, 1, bins)
    at = torch.log1p(at * 10) / math.log(11) * 2 - 1
    grid = torch.stack([at, torch.zeros_like(at)], -1).expand(batch, 1, bins, 2)
    curve_db = torch.nn.functional.grid_sample(points[:, :, None, :], grid, align_corners=True)[:, 0, 0]
    hertz = torch.linspace(0, SAMPLE_RATE / 2, bins)
    telephone = (torch.rand(batch, 1, generator=random) < 0.15).float()
    outside = ((hertz < 250) | (hertz > 3600)).float()
    return 10 ** ((curve_db - 40 * telephone * outside) / 20)


def _room(batch: int, present: Tensor, random: torch.Generator) -> Tensor:
    """Return impulse responses [batch, n]: the direct sound and a decaying tail of noise."""
    n = SAMPLE_RATE // 3
    time = torch.arange(n) / SAMPLE_RATE
    decay = 0.08 + 0.5 * torch.rand(batch, 1, generator=random)
    tail = torch.randn(batch, n, generator=random) * torch.exp(-6.9 * time / decay)
    tail[:, : SAMPLE_RATE // 500] = 0
    tail = tail / tail.square().sum(1, keepdim=True).sqrt().clamp_min(1e-9)
    tail = tail * present * (0.1 + 0.6 * torch.rand(batch, 1, generator=random))
    tail[:, 0] = 1
    return tail
