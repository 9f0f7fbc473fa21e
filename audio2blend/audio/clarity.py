"""How clearly somebody speaks in a piece of sound, by what the network makes of it."""

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from .mix import Floats
from .speech import Speech

if TYPE_CHECKING:
    from ..network import Network

SPEAKS: Final = 0.55
"""From here on somebody does. In 4 s of sound, speech gives 1.4 to 1.9 nats, with music 5 dB below it 1.1 and in noise
as loud as itself 0.7; music gives up to 0.47, beeps 0.42, and tones, hum, clatter and noise less."""


def clarity(samples: Floats, loudness_dbfs: float) -> float:
    """Return how clearly somebody speaks in samples at 16 kHz, shape (n,), of that loudness: nats; 0 is not at all.

    It is the mutual information of time and phones: large where the network is sure of every frame and frames differ,
    as in speech. It is sure of nothing in noise, and of one thing throughout in a tone (Bridle, Heading and MacKay,
    "Unsupervised classifiers, mutual information and phantom targets", 1991).
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
