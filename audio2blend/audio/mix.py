"""`Mix`: the downmix of a file's channels to mono."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_WINDOW_S: Final = 0.25
"""Window over which the DC offset is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Which track of a file is used, and how its channels are mixed to mono."""

    track: int = 1
    """Number of the sound track in the file, counted from 1."""
    weights: tuple[float, ...] = ()
    """Gain of each channel before summing; empty: equal gains."""
    ceiling: float = math.inf
    """Level at which the sum is clipped, because a few outliers exceed it."""
    steady: bool = False
    """Whether the DC offset is removed."""

    def mono(self, blocks: Iterable[Floats], rate_hz: int) -> Iterator[Floats]:
        """Mix blocks of shape (n, n_channels) down to blocks of shape (n,)."""
        mixed = map(self._mixed, blocks)
        return steadied(mixed, rate_hz) if self.steady else mixed

    def _mixed(self, block: Floats) -> Floats:
        n_channels = block.shape[1]
        weights = self.weights or (1 / n_channels,) * n_channels
        used = [channel for channel, weight in enumerate(weights) if weight]
        mixed = block[:, used[0]] * np.float32(weights[used[0]])
        for channel in used[1:]:  # unused channels may hold anything, such as NaN
            mixed += block[:, channel] * np.float32(weights[channel])
        if self.ceiling < math.inf:
            np.clip(mixed, -self.ceiling, self.ceiling, out=mixed)
        return mixed


def steadied(blocks: Iterable[Floats], rate_hz: int) -> Iterator[Floats]:
    """Remove the DC offset, drifting or not, from blocks of shape (n,): subtract their means over 0.25 s, interpolated
    linearly between the centres of these windows.

    >>> [float(abs(block).max()) for block in steadied([np.full(1000, 0.5, np.float32)], 1000)]
    [0.0, 0.0]
    """
    window = max(1, round(rate_hz * _WINDOW_S))
    waiting = np.zeros(0, np.float32)
    before: float | None = None  # mean of the window before `waiting`
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
    """Subtract the interpolated mean; `means` are those of the samples' windows, `before` that of the previous one."""
    centres = (np.arange(len(means)) + 0.5) * window
    if before is not None:
        means, centres = np.concatenate([[before], means]), np.concatenate([[-0.5 * window], centres])
    if len(means) > 1:  # extrapolated before the first centre and after the last
        means = np.concatenate([[2 * means[0] - means[1]], means, [2 * means[-1] - means[-2]]])
        centres = np.concatenate([[centres[0] - window], centres, [centres[-1] + window]])
    return (samples - np.interp(np.arange(len(samples)), centres, means)).astype(np.float32)
