"""Effects of devices and transmission: automatic gain, clipping, companding, codecs, packet loss."""

import math
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from ...audio import SAMPLE_RATE
from .rng import Dice
from .stft import BINS, sound, spectra

_BLOCK: Final = SAMPLE_RATE // 100
_PACKET: Final = SAMPLE_RATE // 50


def levelled(samples: Tensor, dice: Dice) -> Tensor:
    """Apply automatic gain or a soft gate to samples [batch, n]; the gain follows the loudness just before.

    The gain is the loudness to the power of −0.8 to 0.5: negative exponents raise quiet passages, positive ones lower
    them.
    """
    batch, n = samples.shape
    power = functional.avg_pool1d(samples.square(), _BLOCK, ceil_mode=True)
    memory_s = dice.uniform(0.05, 0.6, batch, 1)
    ages_s = torch.arange(100, 0, -1) / 100 - 0.01
    weights = torch.exp(-ages_s / memory_s)
    weights = weights / weights.sum(1, keepdim=True)
    loud = functional.conv1d(functional.pad(power, (99, 0))[None], weights[:, None], groups=batch)[0]
    usual = power.mean(1, keepdim=True)
    relative = ((loud + 1e-9) / (usual + 1e-9)).log().clamp(-10, 3)
    gain = torch.exp(relative / 2 * dice.uniform(-0.8, 0.5, batch, 1))
    return samples * functional.interpolate(gain[None], n, mode="linear")[0]


def overdriven(samples: Tensor, dice: Dice) -> Tensor:
    """Clip samples [batch, n], softly or hard, at 0.7 to 4 times their root mean square."""
    limit = samples.square().mean(1, keepdim=True).sqrt().clamp_min(1e-6) * dice.uniform(0.7, 4, len(samples), 1)
    bent = samples / limit
    return torch.where(dice.chance(0.5, len(samples), 1), bent.tanh(), bent.clamp(-1, 1)) * limit


def coarse(samples: Tensor, dice: Dice) -> Tensor:
    """Quantise samples [batch, n] to 4 to 8 bits on a logarithmic scale.

    The scale is that of ITU-T G.711's μ-law, with μ between 30, which is near its A-law at low levels, and 255.
    """
    batch = len(samples)
    mu = torch.exp(dice.uniform(math.log(30), math.log(255), batch, 1))
    full = samples.abs().amax(1, keepdim=True).clamp_min(1e-6) * 10 ** dice.uniform(0, 0.6, batch, 1)
    steps = 2.0 ** dice.number(3, 8, batch, 1)
    small = torch.log1p(mu * (samples / full).abs()) / torch.log1p(mu)
    return torch.expm1((small * steps).round() / steps * torch.log1p(mu)) / mu * full * samples.sign()


def coded(samples: Tensor, dice: Dice) -> Tensor:
    """Imitate a codec of low bit rate on samples [batch, n].

    Such codecs spend their few bits where the energy is: weak bins of each short spectrum are lost, strong ones carry
    proportional noise, and the highest frequencies are missing or replaced by noise of the same power.
    """
    batch, n = samples.shape
    bins = spectra(samples)
    frames = bins.shape[1]
    noise = torch.view_as_complex(dice.normal(batch, frames, BINS, 2)) * math.sqrt(0.5)
    power = bins.real.square() + bins.imag.square()
    around = functional.avg_pool1d(power, 9, 1, 4, count_include_pad=False)
    kept = bins * (power > around * 10 ** dice.uniform(-2.5, -0.3, batch, 1, 1))
    noise *= around.sqrt()
    rough = kept + noise * 10 ** dice.uniform(-1.5, -0.2, batch, 1, 1)
    high = torch.arange(BINS) > dice.uniform(0.35, 1.1, batch, 1, 1) * BINS
    made_up = noise * dice.chance(0.5, batch, 1, 1)
    return sound(torch.where(high, made_up, rough), n)


def with_losses(samples: Tensor, dice: Dice) -> Tensor:
    """Drop packets of 20 ms of samples [batch, n], up to four in a row; they are zeroed or repeat the last one."""
    batch, n = samples.shape
    count = n // _PACKET
    packets = samples[:, : count * _PACKET].reshape(batch, count, _PACKET)
    starts = torch.rand(batch, count, generator=dice.generator) < dice.uniform(0.01, 0.08, batch, 1)
    lost = starts.clone()
    for _ in range(3):
        lost = starts | (functional.pad(lost[:, :-1], (1, 0)) & dice.chance(0.45, batch, count))
    lost[:, 0] = False
    last = torch.where(lost, 0, torch.arange(count)).cummax(1).values
    repeated = packets.gather(1, last[:, :, None].expand_as(packets))
    empty = lost & dice.chance(0.5, batch, 1)
    return torch.cat([(repeated * ~empty[:, :, None]).reshape(batch, -1), samples[:, count * _PACKET :]], 1)
