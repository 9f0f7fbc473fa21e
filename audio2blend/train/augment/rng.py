"""Random choices for the rows of a batch."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Dice:
    """Random draws from one seeded generator."""

    generator: torch.Generator

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Return uniform numbers in [low, high)."""
        return low + (high - low) * torch.rand(*shape, generator=self.generator)

    def normal(self, *shape: int) -> Tensor:
        """Return standard normal numbers."""
        return torch.randn(*shape, generator=self.generator)

    def chance(self, probability: float, *shape: int) -> Tensor:
        """Return True with a probability."""
        return torch.rand(*shape, generator=self.generator) < probability

    def number(self, low: int, high: int, *shape: int) -> Tensor:
        """Return integers in [low, high)."""
        return torch.randint(low, high, shape, generator=self.generator)

    def some(self, among: Tensor, share: float) -> Tensor:
        """Return the indices of rows for which `among` [batch] is True, each chosen with probability `share`."""
        return (among & self.chance(share, len(among))).nonzero()[:, 0]

    def change(self, samples: Tensor, among: Tensor, share: float, how: Callable[[Tensor, "Dice"], Tensor]) -> Tensor:
        """Return samples [batch, n] with `how` applied to rows chosen by `some`."""
        rows = self.some(among, share)
        return samples.index_copy(0, rows, how(samples[rows], self)) if len(rows) else samples
