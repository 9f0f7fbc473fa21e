"""Augmentation: other voices, rooms, backgrounds, microphones and transmission channels."""

from typing import Final

import torch
from torch import Tensor

from . import backgrounds
from . import channels as lines
from . import rooms as places
from .rng import Dice
from .voice import with_other_tract

CLEAN: Final = 0.25
"""Share of rows that change in loudness alone, with noise 35 dB or more below the voice."""


def disguise(samples: Tensor, random: torch.Generator) -> Tensor:
    """Return samples [batch, n] augmented row by row: voice, loudness, room, background, microphone and channel.

    Other rows serve as background speech, and a row without sound becomes a room in which nobody speaks. Timing is
    unchanged, so labels stay valid.
    """
    batch = len(samples)
    dice = Dice(random)
    changed = ~dice.chance(CLEAN, batch)
    voices = dice.change(samples, changed, 0.25, with_other_tract)
    surroundings, ratio_db = _surroundings(samples, changed, dice)
    sound = _recorded(voices, surroundings, ratio_db, changed, dice)
    for how, share in (
        (lines.levelled, 0.2),
        (lines.overdriven, 0.1),
        (lines.coded, 0.2),
        (lines.coarse, 0.1),
        (lines.with_losses, 0.12),
    ):
        sound = dice.change(sound, changed, share, how)
    return sound * 10 ** (dice.uniform(-20, 12, batch, 1) / 20)


def _surroundings(samples: Tensor, changed: Tensor, dice: Dice) -> tuple[Tensor, Tensor]:
    """Return the background [batch, n] and the signal-to-noise ratio in dB, [batch, 1].

    The ratio is 0 to 25 dB in two thirds of the changed rows, or 5 to 25 where others speak, so that the main voice is
    unambiguous; it is 35 to 70 in all other rows. Rows that are not changed have noise alone.
    """
    batch, n = samples.shape
    empty = torch.linalg.vector_norm(samples, torch.inf, dim=1) < 1e-5
    several = torch.where(
        empty, batch, dice.number(1, 9, batch)
    )  # in an empty row a single voice would be taken for the main one
    spoken = changed & dice.chance(0.35, batch)
    sources = (
        (backgrounds.white(batch, n, dice), torch.ones(batch, dtype=torch.bool)),
        (backgrounds.others(samples, several, dice), spoken),
        (backgrounds.things(batch, n, dice), changed & dice.chance(0.35, batch)),
    )
    total = torch.zeros(batch, n)
    for source, present in sources:
        power = torch.linalg.vector_norm(source, dim=1, keepdim=True) / n**0.5
        total.addcmul_(source, 10 ** dice.uniform(-1, 0, batch, 1) / power.clamp_min(1e-5) * present[:, None])
    loud = changed & dice.chance(0.67, batch)
    least_db = 5.0 * spoken
    near_db = dice.uniform(0, 1, batch) * (25 - least_db) + least_db
    return total, torch.where(loud, near_db, dice.uniform(35, 70, batch))[:, None]


def _recorded(voices: Tensor, surroundings: Tensor, ratio_db: Tensor, changed: Tensor, dice: Dice) -> Tensor:
    """Mix voices and backgrounds [batch, n] at `ratio_db` [batch, 1], in rooms and through microphones."""
    batch, n = voices.shape
    size = n + places.TAIL  # padded, so that the tail does not wrap around to the start
    voice, other = torch.fft.rfft(voices, size), torch.fft.rfft(surroundings, size)
    bins = voice.shape[1]
    other *= places.colour(batch, bins, dice, spread_db=5, slope_db=dice.uniform(-6, 3, batch, 1))
    rows = dice.some(changed, 0.4)
    if len(rows):
        rooms = torch.fft.rfft(places.room(len(rows), dice), size)
        voice[rows] *= rooms
        other[rows] *= rooms.roll(1, 0)
    loudness = _power(voice)
    empty = n * 10 ** dice.uniform(-5.5, -1.5, batch, 1)
    loudness = torch.where(loudness < n * 1e-10, empty, loudness)
    voice += other * ((loudness / _power(other)).sqrt() * 10 ** (-ratio_db / 20))
    rows = changed.nonzero()[:, 0]
    if len(rows):
        voice[rows] *= places.colour(len(rows), bins, dice, spread_db=6)
    rows = dice.some(changed, 0.25)
    if len(rows):
        voice[rows] *= places.band(len(rows), bins, dice)
    return torch.fft.irfft(voice, size)[:, :n]


def _power(spectrum: Tensor) -> Tensor:
    """Return the mean power [batch, 1] of spectra [batch, bin]."""
    parts = torch.view_as_real(spectrum).flatten(1)
    return torch.linalg.vector_norm(parts, dim=1, keepdim=True).square() / spectrum.shape[1]
