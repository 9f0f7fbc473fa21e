"""`Speech`: sound as the rest of the project wants it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE: Final = 16_000
"""Rate in Hz of every `Speech`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Speech:
    """A recording: mono samples at 16 kHz."""

    samples: NDArray[np.float32]
    """Shape (n_samples,), in [-1, 1]. Read-only."""
    source: Path | None = None
    """The file it came from."""
    source_rate_hz: int = SAMPLE_RATE
    """Rate of the file it came from."""

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples, dtype=np.float32)
        if samples.ndim != 1:
            raise ValueError(f"samples of shape {samples.shape} are not mono")
        samples.flags.writeable = False
        object.__setattr__(self, "samples", samples)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / SAMPLE_RATE
