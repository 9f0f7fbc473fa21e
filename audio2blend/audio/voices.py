"""Find the channels of a recording that hold speech.

The channels of a recorder are microphones, music, a tone, timecode or nothing, not a loudspeaker layout that could be
mixed down. The levels and correlations of all channels are measured over the whole file; the network analyses a few
seconds of each channel.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .clarity import clarity
from .mix import Floats
from .speech import SAMPLE_RATE, loudness_dbfs

Powers = NDArray[np.float64]

_ANALYSIS_HZ: Final = 8_000
_STEP_S: Final = 0.5
"""Window over which levels and correlations are measured."""
_PIECE_S: Final = 4.0
_N_PIECES: Final = 3
"""Pieces of a channel that the network analyses: those whose level varies most."""
_ACTIVE_DB: Final = 25.0
"""Steps are active if they are no more than this below the loud steps of the recording."""
_NEAR_DB: Final = 6.0
"""A microphone counts in a step if it is no more than this below the loudest one; anything softer is crosstalk."""
_OFTEN: Final = 0.02
"""Share of the active steps in which a microphone has to count."""
_AS_CLEARLY: Final = 0.4
"""Least clarity of a channel with speech, relative to the clearest channel."""
_OPPOSITE: Final = -0.3
"""Correlation below which two channels are of opposite polarity."""
_APART: Final = 0.3
"""Correlation above which two channels hold the same recording."""
_FULL: Final = 10.0
"""Level at which samples are clipped; beyond it they carry no information."""
_LOST: Final = 0.05
"""A mix that cancels the speech in more than this share of the active steps is rejected."""


class Channels:
    """Statistics of the channels of a recording, updated block by block."""

    def __init__(self, rate_hz: int, n_channels: int, *, listen: bool) -> None:
        """Start; with `listen`, pieces are kept for analysis by the network."""
        self._rate_hz, self._n = rate_hz, n_channels
        self._every = max(1, rate_hz // _ANALYSIS_HZ)
        step_s = _STEP_S * max(1, n_channels**2 / 1024)  # bounds the memory for very many channels
        self._step = max(1, round(step_s * rate_hz / self._every))
        self._rest = np.zeros((0, n_channels), np.float32)
        self._covariances: list[Floats] = []
        self._pieces = _Pieces(rate_hz, n_channels) if listen else None

    def add(self, block: Floats) -> None:
        """Add the next samples, shape (n, n_channels)."""
        if self._pieces is not None:
            self._pieces.add(block)
        if block.max(initial=0) > _FULL or block.min(initial=0) < -_FULL:  # outliers carry no information on voices
            block = np.clip(block, -_FULL, _FULL)
        coarse = self._coarse(block)
        coarse = np.concatenate([self._rest, coarse])
        n_steps = (len(coarse) - 1) // self._step
        if n_steps < 1:
            self._rest = coarse
            return
        # Differences attenuate rumble and remove DC offset.
        steps = np.diff(coarse[: n_steps * self._step + 1], axis=0).reshape(n_steps, self._step, self._n)
        self._covariances.append(np.matmul(steps.transpose(0, 2, 1), steps))
        self._rest = coarse[n_steps * self._step :]

    def _coarse(self, block: Floats) -> Floats:
        """Return a block decimated to about `_ANALYSIS_HZ` by sums of samples, shape (n, n_channels)."""
        count = len(block) // self._every
        whole = np.ascontiguousarray(block[: count * self._every])
        if self._n == 2:  # both at once, as real and imaginary parts: three times as fast
            pairs = whole.view(np.complex64)[:, 0]
            summed = np.ascontiguousarray(sum(pairs[offset :: self._every] for offset in range(self._every)))
            return np.asarray(summed.view(np.float32).reshape(count, 2), np.float32)
        return np.asarray(sum(whole[offset :: self._every] for offset in range(self._every)), np.float32)

    def weights(self) -> tuple[float, ...]:
        """Return the gain of each channel before summing; empty if all are equal."""
        covariances = self._all()
        power = np.diagonal(covariances, axis1=1, axis2=2).astype(np.float64)  # [step, channel]
        if not len(power) or not power.max():
            return ()
        counted = self._counted(power)
        part = power[:, counted]
        loudest = part.max(axis=1)
        active = loudest > np.percentile(loudest, 95) * 10 ** (-_ACTIVE_DB / 10)
        together = covariances[active].sum(axis=0, dtype=np.float64)
        loudness = np.diag(together)[counted]
        first = counted[int(np.flatnonzero(loudness >= 0.5 * loudness.max())[0])]
        weights = np.zeros(self._n)
        for channel in counted:
            weights[channel] = (-1 if _correlation(together, first, channel) < _OPPOSITE else 1) / len(counted)
        mixed = np.einsum("i,sij,j->s", weights, covariances[active], weights)
        lost = mixed < 0.5 * loudest[active] / len(counted) ** 2
        if lost.mean() > _LOST:  # polarity changes within the recording
            weights = np.where(np.arange(self._n) == first, 1.0, 0.0)
        return () if np.all(weights == 1 / self._n) else tuple(map(float, weights))

    def alike(self) -> bool:
        """Return whether two channels hold the same recording or one is empty, so that there is nothing to choose."""
        covariances = self._all()
        if not len(covariances):
            return True
        together = covariances.sum(axis=0, dtype=np.float64)
        power = np.diag(together)
        return bool(power.min() < 1e-3 * power.max()) or _correlation(together, 0, 1) > _APART

    def _counted(self, power: Powers) -> list[int]:
        """Return the channels with speech, without those that only hold crosstalk of others."""
        everything = list(range(self._n))
        if self._pieces is None:
            return everything
        clear = self._pieces.clarity()
        speaking = [c for c in everything if clear[c] >= _AS_CLEARLY * clear.max()] if clear.max() > 0 else everything
        part = power[:, speaking]
        loudest = part.max(axis=1, keepdims=True)
        active = loudest[:, 0] > np.percentile(loudest, 95) * 10 ** (-_ACTIVE_DB / 10)
        near = (part[active] >= loudest[active] * 10 ** (-_NEAR_DB / 10)).mean(axis=0)
        return [c for c, share in zip(speaking, near, strict=True) if share >= _OFTEN]

    def clearest(self) -> float:
        """Return the clarity of the clearest channel; see `clarity`."""
        assert self._pieces is not None
        return float(self._pieces.clarity().max())

    def _all(self) -> Floats:
        if not self._covariances:
            if len(self._rest) < 2:
                return np.zeros((0, self._n, self._n), np.float32)
            steps = np.diff(self._rest, axis=0)
            return np.asarray((steps.T @ steps)[None], np.float32)
        return np.asarray(np.concatenate(self._covariances), np.float32)


class _Pieces:
    """The pieces of each channel whose level varies most, as that of speech does."""

    def __init__(self, rate_hz: int, n_channels: int) -> None:
        self._rate_hz, self._n = rate_hz, n_channels
        self._size = round(_PIECE_S * rate_hz)
        self._blocks: list[Floats] = []
        self._n_waiting = 0
        self._kept: list[list[tuple[float, Floats]]] = [[] for _ in range(n_channels)]
        self._clarity: NDArray[np.float64] | None = None

    def add(self, block: Floats) -> None:
        self._blocks.append(np.array(block))
        self._n_waiting += len(block)
        while self._n_waiting >= self._size:
            whole = np.concatenate(self._blocks)
            self._keep(whole[: self._size])
            self._blocks = [whole[self._size :]]
            self._n_waiting = len(self._blocks[0])

    def _keep(self, piece: Floats) -> None:
        import soxr

        window = max(1, self._rate_hz // 50)
        count = len(piece) // window
        if not count:
            return
        levels = np.abs(piece[: count * window]).reshape(count, window, self._n).mean(axis=1)
        swell = np.minimum(levels, np.percentile(levels, 95, axis=0)).std(axis=0)  # a bang is not speech
        for channel, kept in enumerate(self._kept):
            if swell[channel] > 0 and (len(kept) < _N_PIECES or swell[channel] > kept[-1][0]):
                sound = soxr.resample(np.ascontiguousarray(piece[:, channel]), self._rate_hz, SAMPLE_RATE)
                kept.append((float(swell[channel]), np.asarray(sound, np.float32)))
                kept.sort(key=lambda one: -one[0])
                del kept[_N_PIECES:]

    def clarity(self) -> NDArray[np.float64]:
        """Return the clarity of speech in each channel, shape (n_channels,)."""
        if self._clarity is None:
            if self._n_waiting:
                self._keep(np.concatenate(self._blocks))
            self._clarity = np.array(
                [max((clarity(sound, loudness_dbfs(sound)) for _, sound in kept), default=0.0) for kept in self._kept]
            )
        return self._clarity


def _correlation(together: Powers, a: int, b: int) -> float:
    return float(together[a, b] / max(1e-30, np.sqrt(together[a, a] * together[b, b])))
