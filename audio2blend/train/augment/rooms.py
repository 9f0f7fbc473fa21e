"""Frequency and impulse responses of rooms and microphones."""

import math
from functools import cache
from typing import Final

import torch
from torch import Tensor

from ...audio import SAMPLE_RATE
from .rng import Dice

BANDS: Final = 8
"""Control points of a random frequency response."""
TAIL: Final = 5120
"""Length of an impulse response in samples; with a crop of 4 s it adds up to a length with a fast Fourier transform."""


def colour(batch: int, bins: int, dice: Dice, *, spread_db: Tensor | float, slope_db: Tensor | float = 0.0) -> Tensor:
    """Return a smooth random gain [batch, bin].

    Its standard deviation is `spread_db` in each of eight bands, and its mean rises by `slope_db` from one to the next;
    either may be [batch, 1].
    """
    points_db = dice.normal(batch, BANDS) * spread_db + torch.arange(BANDS) * slope_db
    return torch.exp((points_db @ _hats(bins)) * (math.log(10) / 20))


@cache
def _hats(bins: int) -> Tensor:
    """Return the weights [band, bin] that interpolate linearly from band centres to bins.

    Bands are evenly spaced on a warped axis, as on the mel scale.
    """
    at = torch.log1p(torch.linspace(0, 10, bins)) / math.log(11) * (BANDS - 1)
    return (1 - (at - torch.arange(BANDS)[:, None]).abs()).clamp_min(0)


def band(batch: int, bins: int, dice: Dice) -> Tensor:
    """Return the gain [batch, bin] of narrow channels: telephones, small loudspeakers, low sampling rates."""
    hertz = torch.linspace(0, SAMPLE_RATE / 2, bins)
    low, high = dice.uniform(50, 400, batch, 1), dice.uniform(2800, 7000, batch, 1)
    telephone = dice.chance(0.4, batch, 1)
    low, high = torch.where(telephone, 300.0, low), torch.where(telephone, 3400.0, high)
    return torch.where((hertz < low) | (hertz > high), 0.01, 1.0)


def room(batch: int, dice: Dice) -> Tensor:
    """Return impulse responses [batch, n]: the direct sound and a decaying tail of noise."""
    time_s = torch.arange(TAIL) / SAMPLE_RATE
    decay_s = dice.uniform(0.08, 0.58, batch, 1)
    tail = dice.normal(batch, TAIL) * torch.exp(-6.9 * time_s / decay_s)
    tail[:, : SAMPLE_RATE // 500] = 0
    tail = tail * dice.uniform(0.1, 0.7, batch, 1) / tail.square().sum(1, keepdim=True).sqrt()
    tail[:, 0] = 1
    return tail
