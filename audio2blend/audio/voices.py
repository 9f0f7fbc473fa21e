"""Which channels of a recording somebody speaks in.

The channels of a recorder are microphones, music, a tone, timecode or nothing, and no loudspeakers whose mix means
anything. All of a file is looked at for what is loud where and what is alike; the network listens to a few seconds of
each channel.
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
"""Over so long it is seen what is loud and what is alike."""
_PIECE_S: Final = 4.0
_N_PIECES: Final = 3
"""So many pieces of a channel the network listens to: those in which it swells and fades most."""
_ACTIVE_DB: Final = 25.0
"""Sound is what lies no more than so far below the loud steps of a recording."""
_NEAR_DB: Final = 6.0
"""A microphone counts where it is no more than this below the one that is loudest at the time; less is the voice of
somebody else."""
_OFTEN: Final = 0.02
"""In so much of the time it has to."""
_AS_CLEARLY: Final = 0.4
"""Channels count in which somebody speaks at least so clearly, against the clearest."""
_OPPOSITE: Final = -0.3
_APART: Final = 0.3
_FULL: Final = 10.0
"""Beyond it samples say nothing."""
_LOST: Final = 0.05
"""A mix that cancels what is said in more than so much of the time is none."""


class Channels:
    """What is known of the channels of a recording, as it comes."""

    def __init__(self, rate_hz: int, n_channels: int, *, listen: bool) -> None:
        """Begin; `listen` says whether pieces are kept for the network to listen to."""
        self._rate_hz, self._n = rate_hz, n_channels
        self._every = max(1, rate_hz // _ANALYSIS_HZ)
        step_s = _STEP_S * max(1, n_channels**2 / 1024)  # what is kept of very many channels stays small
        self._step = max(1, round(step_s * rate_hz / self._every))
        self._rest = np.zeros((0, n_channels), np.float32)
        self._covariances: list[Floats] = []
        self._pieces = _Pieces(rate_hz, n_channels) if listen else None

    def add(self, block: Floats) -> None:
        """Take note of the next samples, shape (n, n_channels)."""
        if self._pieces is not None:
            self._pieces.add(block)
        if block.max(initial=0) > _FULL or block.min(initial=0) < -_FULL:  # wild samples say nothing of voices
            block = np.clip(block, -_FULL, _FULL)
        coarse = self._coarse(block)
        coarse = np.concatenate([self._rest, coarse])
        n_steps = (len(coarse) - 1) // self._step
        if n_steps < 1:
            self._rest = coarse
            return
        # Differences: less of rumble, nothing of direct current.
        steps = np.diff(coarse[: n_steps * self._step + 1], axis=0).reshape(n_steps, self._step, self._n)
        self._covariances.append(np.matmul(steps.transpose(0, 2, 1), steps))
        self._rest = coarse[n_steps * self._step :]

    def _coarse(self, block: Floats) -> Floats:
        """Return sums of so many samples that their rate is low, shape (n, n_channels)."""
        count = len(block) // self._every
        whole = np.ascontiguousarray(block[: count * self._every])
        if self._n == 2:  # both at once, as real and imaginary parts: three times as fast
            pairs = whole.view(np.complex64)[:, 0]
            summed = np.ascontiguousarray(sum(pairs[offset :: self._every] for offset in range(self._every)))
            return np.asarray(summed.view(np.float32).reshape(count, 2), np.float32)
        return np.asarray(sum(whole[offset :: self._every] for offset in range(self._every)), np.float32)

    def weights(self) -> tuple[float, ...]:
        """Return what each channel is to be multiplied by before they are added; nothing where all count alike."""
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
        if lost.mean() > _LOST:  # what is opposite now and alike then
            weights = np.where(np.arange(self._n) == first, 1.0, 0.0)
        return () if np.all(weights == 1 / self._n) else tuple(map(float, weights))

    def alike(self) -> bool:
        """Return whether two channels hold one recording, or one of them nothing: there is nothing to choose then."""
        covariances = self._all()
        if not len(covariances):
            return True
        together = covariances.sum(axis=0, dtype=np.float64)
        power = np.diag(together)
        return bool(power.min() < 1e-3 * power.max()) or _correlation(together, 0, 1) > _APART

    def _counted(self, power: Powers) -> list[int]:
        """Return the channels in which somebody speaks, as they do not in others at the same time."""
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
        """Return how clearly somebody speaks in the channel where they do so most clearly; see `speaking`."""
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
    """The pieces of each channel in which it swells and fades most, as speech does."""

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
        swell = np.minimum(levels, np.percentile(levels, 95, axis=0)).std(axis=0)  # a bang is no swelling
        for channel, kept in enumerate(self._kept):
            if swell[channel] > 0 and (len(kept) < _N_PIECES or swell[channel] > kept[-1][0]):
                sound = soxr.resample(np.ascontiguousarray(piece[:, channel]), self._rate_hz, SAMPLE_RATE)
                kept.append((float(swell[channel]), np.asarray(sound, np.float32)))
                kept.sort(key=lambda one: -one[0])
                del kept[_N_PIECES:]

    def clarity(self) -> NDArray[np.float64]:
        """Return how clearly somebody speaks in each channel, shape (n_channels,)."""
        if self._clarity is None:
            if self._n_waiting:
                self._keep(np.concatenate(self._blocks))
            self._clarity = np.array(
                [max((clarity(sound, loudness_dbfs(sound)) for _, sound in kept), default=0.0) for kept in self._kept]
            )
        return self._clarity


def _correlation(together: Powers, a: int, b: int) -> float:
    return float(together[a, b] / max(1e-30, np.sqrt(together[a, a] * together[b, b])))
