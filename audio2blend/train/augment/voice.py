"""Other speakers from the same recording."""

import math

import torch
from torch import Tensor

from .rng import Dice
from .stft import BINS, sound, spectra

_QUEFRENCIES = 28  # 1.75 ms: the envelope of any voice below some 500 Hz, and nothing of its pitch


def with_other_tract(samples: Tensor, dice: Dice) -> Tensor:
    """Return samples [batch, n] as if from longer or shorter vocal tracts, by up to 20 %, at the same pitch and pace.

    The envelope of each short spectrum, its cepstrum's first coefficients, is moved along the frequencies; harmonics
    and phases stay where they are.
    """
    bins = spectra(samples)
    loudness = torch.log(bins.real.square() + bins.imag.square() + 1e-9) / 2
    at = torch.linspace(0, math.pi, BINS)
    order = torch.arange(1, _QUEFRENCIES)
    ends = torch.full((BINS, 1), 1.0)
    ends[0] = ends[-1] = 0.5
    cepstrum = loudness @ (torch.cos(at[:, None] * order) * ends * (2 / (BINS - 1)))
    length = torch.exp(dice.uniform(math.log(0.82), math.log(1.22), len(samples), 1, 1))
    moved = torch.cos((at * length).clamp_max(math.pi) * order[:, None]) - torch.cos(at * order[:, None])
    return sound(bins * torch.exp((cepstrum @ moved).clamp(-5, 3)), samples.shape[1])
