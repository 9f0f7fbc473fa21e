"""How well each phone fits each frame: the network's posteriors, freed of its habits, and the level of the sound."""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..phones import PHONES
from ..posteriors import PhonePosteriors

Floats = NDArray[np.float64]

HABITS: Final = Path(__file__).with_name("habits.npz")
"""What the network says for each phone that is spoken, counted by `python -m audio2blend.train habits`."""
_TRUST: Final = 0.1
"""Share of the posteriors as they are; the rest is what they mean, by the network's habits."""
_PRIOR: Final = 0.3
"""How far the frequency of phones in training is taken out of them."""
_FLOOR: Final = 1e-4
_SILENT_BELOW_DB: Final = -30.0
"""Sound above this level is hardly silence, relative to the loudness of the speech …"""
_ABOVE_NOISE_DB: Final = 6.0
"""… or so far above the noise between the words, where that is louder."""
_SOFTNESS_DB: Final = 3.0
_AT_ONCE: Final = 8192


def evidence(posteriors: PhonePosteriors, level_db: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the log-likelihood of each phone class of `PHONES` in each frame, shape (n_frames, 41).

    The network takes some phones for others, and does so by habit: a German "t" is a "k" to it more often than an "m".
    What it says of a frame is therefore read as what is spoken when it says so, and divided by how often a phone
    occurs (H. Bourlard, N. Morgan, *Connectionist speech recognition*, 1994). Loud sound is not silence: `level_db`,
    shape (n_frames,), is that of `envelope_db`.
    """
    spoken_when, prior = _habits()
    columns = [posteriors.phones.index(name) for name in PHONES]
    fits = np.empty((len(posteriors.probabilities), len(PHONES)), np.float32)
    for first in range(0, len(fits), _AT_ONCE):
        said = posteriors.probabilities[first : first + _AT_ONCE, columns].astype(float)
        likely = _TRUST * said + (1 - _TRUST) * said @ spoken_when
        fits[first : first + _AT_ONCE] = np.log((likely + _FLOOR) / (prior + 1e-3) ** _PRIOR)
    level = level_db.astype(float)
    if len(level):
        threshold = max(_SILENT_BELOW_DB, float(np.quantile(level, 0.05)) + _ABOVE_NOISE_DB)
        fits[:, 0] -= np.logaddexp(0, (level - threshold) / _SOFTNESS_DB)
    return fits


@cache
def _habits() -> tuple[Floats, Floats]:
    """Return [phone said, phone spoken] probabilities, and how often each phone is said."""
    with np.load(HABITS) as arrays:
        counts = arrays["counts"].astype(float)  # [spoken, said]
    counts += 1e-3
    given_spoken = counts / counts.sum(axis=1, keepdims=True)
    prior = counts.sum(axis=0) / counts.sum()
    return np.ascontiguousarray((given_spoken / given_spoken.sum(axis=0)).T), prior
