"""Random choices for the rows of a batch."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Dice:
    """Throws with one seeded generator."""

    generator: torch.Generator

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Return numbers between two others."""
        return low + (high - low) * torch.rand(*shape, generator=self.generator)

    def normal(self, *shape: int) -> Tensor:
        """Return numbers of mean 0 and variance 1."""
        return torch.randn(*shape, generator=self.generator)

    def chance(self, probability: float, *shape: int) -> Tensor:
        """Return True where the dice fall so."""
        return torch.rand(*shape, generator=self.generator) < probability

    def number(self, low: int, high: int, *shape: int) -> Tensor:
        """Return whole numbers from `low` to below `high`."""
        return torch.randint(low, high, shape, generator=self.generator)

    def some(self, among: Tensor, share: float) -> Tensor:
        """Return the numbers of some of the rows for which `among` [batch] is True, each by the chance `share`."""
        return (among & self.chance(share, len(among))).nonzero()[:, 0]

    def change(self, samples: Tensor, among: Tensor, share: float, how: Callable[[Tensor, "Dice"], Tensor]) -> Tensor:
        """Return samples [batch, n], some of the rows for which `among` is True changed by `how`."""
        rows = self.some(among, share)
        return samples.index_copy(0, rows, how(samples[rows], self)) if len(rows) else samples
