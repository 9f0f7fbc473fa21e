"""Breaths in the pauses of speech."""

import math
from itertools import pairwise
from typing import Final

import numpy as np
import torch
from torch import Tensor

from ...audio import SAMPLE_RATE
from ...clip import FRAME_RATE
from .rng import Dice
from .rooms import colour

_LONGEST: Final = SAMPLE_RATE * 6 // 10
_SHORTEST: Final = SAMPLE_RATE * 2 // 10


def breathe(samples: Tensor, quiet: Tensor, random: torch.Generator) -> None:
    """Add a breath of 0.2 to 0.6 s, 8 to 32 dB below the voice, to the longest pause of some rows [batch, n].

    `quiet` [batch, frame] is True in the frames, at 60 a second, in which nobody speaks.
    """
    dice = Dice(random)
    rows = dice.some(quiet.any(1), 0.3)
    if not len(rows):
        return
    level = torch.linalg.vector_norm(samples[rows], dim=1, keepdim=True) / samples.shape[1] ** 0.5
    breaths = _breaths(len(rows), dice) * level * 10 ** dice.uniform(-1.6, -0.4, len(rows), 1)
    thrown = dice.uniform(0, 1, len(rows), 3).tolist()
    for row, breath, (where, size, shape) in zip(rows.tolist(), breaths, thrown, strict=True):
        start, end = _longest_pause(quiet[row])
        length = min(end - start, int(_SHORTEST + (_LONGEST - _SHORTEST) * size))
        if length >= _SHORTEST:
            at = start + int(where * (end - start - length))
            envelope = torch.sin(math.pi * torch.linspace(0, 1, length) ** (0.5 + 1.5 * shape))  # swells or fades
            samples[row, at : at + length] += breath[:length] * envelope


def _breaths(batch: int, dice: Dice) -> Tensor:
    """Return noise [batch, n] of unit power with the spectrum of a breath, without an envelope."""
    spectrum = torch.fft.rfft(dice.normal(batch, _LONGEST))
    bins = spectrum.shape[1]
    spectrum *= colour(batch, bins, dice, spread_db=6, slope_db=dice.uniform(-4, 2, batch, 1))
    spectrum[:, : bins * 200 * 2 // SAMPLE_RATE] = 0
    noise = torch.fft.irfft(spectrum, _LONGEST)
    return noise / noise.square().mean(1, keepdim=True).sqrt()


def _longest_pause(quiet: Tensor) -> tuple[int, int]:
    """Return the longest run of True as a half-open range of samples."""
    edges = np.flatnonzero(np.diff(quiet.numpy(), prepend=False, append=False)).tolist()
    start, end = max(pairwise(edges), key=lambda run: (run[1] - run[0]) * bool(quiet[run[0]]))
    return start * SAMPLE_RATE // FRAME_RATE, end * SAMPLE_RATE // FRAME_RATE
