"""`Sample`: a recording with its labels, as all corpora are loaded."""

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
    """A BCP 47 tag such as "en-us"; "" where unknown."""
    speaker: str = ""
    """An identifier, unique within the corpus; "" where unknown."""
    samples: NDArray[np.float32]
    """[n] at 16 kHz."""
    weights: NDArray[np.float32] | None
    """[frame, 52], or None where the face is unknown."""
    phones: NDArray[np.int64]
    """[frame] indices into `PHONES`; −1 where unknown."""
    voice: NDArray[np.float32]
    """[frame] voice activity: 1 for speech, 0 for none, −1 where unknown."""
    features: NDArray[np.float16] | None = None
    """[frame, feature] teacher features, each of unit variance, or None."""


def frame_times(n_samples: int) -> NDArray[np.float64]:
    """Return the frame times of a recording in seconds."""
    return np.arange(-(-n_samples * FRAME_RATE // 16_000)) / float(FRAME_RATE)
