"""`PhonePosteriors`: the probability of each phone in each frame."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .intervals import runs
from .owned import owned


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhonePosteriors:
    """Phone posteriors of a recording.

    >>> each = np.eye(3)[[0, 1, 1, 2]]
    >>> posteriors = PhonePosteriors(probabilities=each, phones=("sil", "p", "a"), frame_rate=Fraction(10))
    >>> posteriors.intervals(["p"], at_least=0.7).tolist()
    [[0.1, 0.3]]
    """

    probabilities: NDArray[np.float32]
    """Shape (n_frames, n_phones); frame k is at k / frame_rate."""
    phones: tuple[str, ...]
    """What the columns are called."""
    frame_rate: Fraction

    def __post_init__(self) -> None:
        object.__setattr__(self, "probabilities", owned(self.probabilities))

    def probability(self, phones: Iterable[str]) -> NDArray[np.float64]:
        """Return how probable it is that one of `phones` is said, shape (n_frames,); names it lacks count nothing."""
        columns = [self.phones.index(name) for name in phones if name in self.phones]
        return np.asarray(self.probabilities[:, columns].sum(axis=1, dtype=np.float64))

    def intervals(self, phones: Iterable[str], *, at_least: float, min_frames: int = 1) -> NDArray[np.float64]:
        """Return where one of `phones` is said with that probability: (n, 2) start and end in seconds, half-open."""
        spans = runs(self.probability(phones) >= at_least)
        return np.asarray(spans[spans[:, 1] - spans[:, 0] >= min_frames] / float(self.frame_rate))
