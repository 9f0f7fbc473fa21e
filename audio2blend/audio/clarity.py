"""Clarity of speech in a piece of sound, measured by the network's response."""

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from .mix import Floats
from .speech import Speech

if TYPE_CHECKING:
    from ..network import Network

SPEAKS: Final = 0.02
"""Clarity from which on somebody speaks. Typical values: speech 0.055, in noise or music 0.03; music 0.012, noise 0."""


def clarity(samples: Floats, loudness_dbfs: float) -> float:
    """Return the clarity of speech in samples at 16 kHz, shape (n,), of the given loudness; 0 is no speech.

    It is the standard deviation of jawOpen, times the mean probability of the best phone in the quarter of the frames
    where that is highest.
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
