"""How clearly somebody speaks in a piece of sound, by what the network makes of it."""

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from .mix import Floats
from .speech import Speech

if TYPE_CHECKING:
    from ..network import Network

SPEAKS: Final = 0.02
"""From here on somebody does: speech lies near 0.055, over noise or music at 0.03, music near 0.012, noise at 0."""


def clarity(samples: Floats, loudness_dbfs: float) -> float:
    """Return how clearly somebody speaks in samples at 16 kHz, shape (n,), which are so loud; 0 is not at all.

    It is how much the jaw moves, as a standard deviation, times how sure the network is of its phones, on average over
    the quarter of the frames where it is surest.
    """
    if not np.isfinite(loudness_dbfs):
        return 0.0
    levelled = np.clip(samples * np.float32(10 ** ((-23 - loudness_dbfs) / 20)), -1, 1)
    face, posteriors = _network().predict(Speech(samples=levelled))
    phones = [name for name in posteriors.phones if name != "sil"]
    columns = [posteriors.phones.index(name) for name in phones]
    surest = np.sort(posteriors.probabilities[:, columns].max(axis=1))[-max(1, len(face) // 4) :]
    return float(face["jawOpen"].std() * surest.mean())


@cache
def _network() -> "Network":
    from ..network import Network

    return Network.load(quality="live", device="cpu", threads=1)
