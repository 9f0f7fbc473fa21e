"""The one type that all corpora are loaded into."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...clip import FRAME_RATE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """A recording and its labels at 60 frames a second; frame k is at k/60 s."""

    name: str
    corpus: str
    language: str = ""
    """A BCP 47 tag such as "en-us"; "" where not known."""
    speaker: str = ""
    """A name that is one person's throughout a corpus; "" where not known."""
    samples: NDArray[np.float32]
    """[n] at 16 kHz."""
    weights: NDArray[np.float32] | None
    """[frame, 52], or None where the face is not known."""
    phones: NDArray[np.int64]
    """[frame] classes of `PHONES`; −1 where not known."""
    voice: NDArray[np.float32]
    """[frame] 1 where somebody speaks, 0 where nobody does, −1 where not known."""
    features: NDArray[np.float16] | None = None
    """[frame, feature] a teacher's features, each of unit variance; None where there are none."""


def frame_times(n_samples: int) -> NDArray[np.float64]:
    """Return the times in seconds of all frames of a recording."""
    return np.arange(-(-n_samples * FRAME_RATE // 16_000)) / float(FRAME_RATE)
