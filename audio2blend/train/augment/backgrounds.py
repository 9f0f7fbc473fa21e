"""Background sounds: noise, other speakers, music, machines and clatter."""

from functools import cache
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ...audio import SAMPLE_RATE
from .music import compose
from .noise import clatter, hum
from .rng import Dice

_BANK_SAMPLES: Final = 30 * SAMPLE_RATE
_MAKERS: Final = (compose, clatter, compose, hum)
_FLUCTUATIONS_PER_S: Final = 8


def white(batch: int, n: int, dice: Dice) -> Tensor:
    """Return white noise [batch, n], stationary in half of the rows."""
    every = torch.ones(batch, dtype=torch.bool)
    return dice.change(dice.normal(batch, n), every, 0.5, _fluctuating)


def _fluctuating(noise: Tensor, dice: Dice) -> Tensor:
    """Return noise [batch, n] whose level fluctuates by up to some 10 dB within fractions of a second."""
    batch, n = noise.shape
    points = n * _FLUCTUATIONS_PER_S // SAMPLE_RATE + 2
    loudness = torch.exp(dice.normal(batch, points) * dice.uniform(0.2, 1.2, batch, 1))
    return noise * functional.interpolate(loudness[None], n, mode="linear")[0]


def others(samples: Tensor, count: Tensor, dice: Dice) -> Tensor:
    """Return for each row the sum of `count` [batch] other rows [batch, n], normalised, at random levels."""
    batch = len(samples)
    rank = dice.uniform(0, 1, batch, batch).fill_diagonal_(2).argsort(1).argsort(1)
    loudness = torch.linalg.vector_norm(samples, dim=1) / samples.shape[1] ** 0.5
    level = torch.where(loudness > 1e-5, 1 / loudness.clamp_min(1e-5), 0)
    mix = (rank < count[:, None]) * 10 ** dice.uniform(-0.5, 0, batch, batch) * level
    return mix.fill_diagonal_(0) @ samples


def things(batch: int, n: int, dice: Dice) -> Tensor:
    """Return music, hum or clatter [batch, n], each row a random excerpt of a cached bank; n is at most 30 s."""
    bank = _bank()
    which, start = dice.number(0, len(bank), batch), dice.number(0, _BANK_SAMPLES - n + 1, batch)
    return torch.stack([bank[k, s : s + n] for k, s in zip(which.tolist(), start.tolist(), strict=True)])


@cache
def _bank() -> Tensor:
    """Return the bank [sound, n], 30 s each; 31 MB."""
    random = np.random.default_rng(0)
    return torch.from_numpy(np.stack([make(_BANK_SAMPLES, random) for make in _MAKERS * 4]))
