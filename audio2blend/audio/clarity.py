"""Clarity of speech in a piece of sound, measured by the network's response."""

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from .mix import Floats
from .speech import Speech

if TYPE_CHECKING:
    from ..network import Network

SPEAKS: Final = 0.55
"""Clarity from which on somebody speaks. 4 s of speech have 1.4 to 1.9 nats, with music 5 dB below it 1.1, and in noise
of the same level 0.7; music has up to 0.47, beeps 0.42, and tones, hum, clatter and noise less."""


def clarity(samples: Floats, loudness_dbfs: float) -> float:
    """Return the clarity of speech in samples at 16 kHz, shape (n,), of the given loudness, in nats; 0 is no speech.

    It is the mutual information of time and phones: large where the posteriors are confident in every frame and differ
    between frames, as in speech. In noise they are not confident, and in a tone they do not change (Bridle, Heading and
    MacKay, "Unsupervised classifiers, mutual information and phantom targets", 1991).
    """
    if not np.isfinite(loudness_dbfs):
        return 0.0
    levelled = np.clip(samples * np.float32(10 ** ((-23 - loudness_dbfs) / 20)), -1, 1)
    _, posteriors = _network().predict(Speech(samples=levelled))
    phones = posteriors.probabilities.astype(np.float64)
    return max(0.0, float(_entropy(phones.mean(axis=0)) - _entropy(phones).mean()))


def _entropy(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the entropy in nats of probabilities [..., class], shape [...]."""
    return np.asarray(-(probabilities * np.log(np.maximum(probabilities, 1e-12))).sum(axis=-1))


@cache
def _network() -> "Network":
    from ..network import Network

    return Network.load(quality="live", device="cpu", threads=1)
