"""`Mix`: how the channels of a file become one."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_WINDOW_S: Final = 0.25
"""Over so long direct current is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """What is taken of a file, and how it becomes one channel."""

    track: int = 1
    """Of the file's sound tracks, counted from 1."""
    weights: tuple[float, ...] = ()
    """What each channel is multiplied by before they are added; empty: all alike."""
    ceiling: float = math.inf
    """Where the sum is clipped: a few wild samples lie beyond."""
    steady: bool = False
    """Whether direct current is taken out."""

    def mono(self, blocks: Iterable[Floats], rate_hz: int) -> Iterator[Floats]:
        """Yield the sound of blocks of shape (n, n_channels), in blocks of shape (n,)."""
        mixed = map(self._mixed, blocks)
        return steadied(mixed, rate_hz) if self.steady else mixed

    def _mixed(self, block: Floats) -> Floats:
        n_channels = block.shape[1]
        weights = self.weights or (1 / n_channels,) * n_channels
        used = [channel for channel, weight in enumerate(weights) if weight]
        mixed = block[:, used[0]] * np.float32(weights[used[0]])
        for channel in used[1:]:  # a column that is not used may hold anything, such as NaN
            mixed += block[:, channel] * np.float32(weights[channel])
        if self.ceiling < math.inf:
            np.clip(mixed, -self.ceiling, self.ceiling, out=mixed)
        return mixed


def steadied(blocks: Iterable[Floats], rate_hz: int) -> Iterator[Floats]:
    """Yield blocks of shape (n,) without direct current, however it drifts: less their mean over 0.25 s, which runs
    straight from the middle of one such window to the next.

    >>> [float(abs(block).max()) for block in steadied([np.full(1000, 0.5, np.float32)], 1000)]
    [0.0, 0.0]
    """
    window = max(1, round(rate_hz * _WINDOW_S))
    waiting = np.zeros(0, np.float32)
    before: float | None = None  # the mean of the window before what waits
    for block in blocks:
        waiting = np.concatenate([waiting, block])
        count = len(waiting) // window
        if count < 2:
            continue
        means = waiting[: count * window].reshape(count, window).mean(axis=1, dtype=np.float64)
        yield _less(waiting[: (count - 1) * window], means, before, window)
        before, waiting = float(means[-2]), waiting[(count - 1) * window :].copy()
    if len(waiting):
        count = max(1, len(waiting) // window)
        last = waiting[: count * window] if len(waiting) >= window or before is None else None
        means = np.array([before]) if last is None else last.reshape(count, -1).mean(axis=1, dtype=np.float64)
        yield _less(waiting, means, before, window)


def _less(samples: Floats, means: NDArray[np.float64], before: float | None, window: int) -> Floats:
    """Return samples less a mean that drifts; `means` are those of their windows, `before` of the one before."""
    centres = (np.arange(len(means)) + 0.5) * window
    if before is not None:
        means, centres = np.concatenate([[before], means]), np.concatenate([[-0.5 * window], centres])
    if len(means) > 1:  # before the first middle and after the last it drifts on as between the next two
        means = np.concatenate([[2 * means[0] - means[1]], means, [2 * means[-1] - means[-2]]])
        centres = np.concatenate([[centres[0] - window], centres, [centres[-1] + window]])
    return (samples - np.interp(np.arange(len(samples)), centres, means)).astype(np.float32)
