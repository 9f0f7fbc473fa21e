"""Speaker augmentation."""

import math

import torch
from torch import Tensor

from .rng import Dice
from .stft import BINS, sound, spectra

_QUEFRENCIES = 28  # 1.75 ms: the envelope without the pitch, for any voice below some 500 Hz


def with_other_tract(samples: Tensor, dice: Dice) -> Tensor:
    """Lengthen or shorten the vocal tract in samples [batch, n] by up to 20 %, at the same pitch and tempo.

    The envelope of each short spectrum, given by the first coefficients of its cepstrum, is scaled in frequency;
    harmonics and phases are unchanged.
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
