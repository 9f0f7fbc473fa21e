"""`Speech`: mono sound at 16 kHz, as the rest of the project expects it, and its loudness."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .mix import Mix

SAMPLE_RATE: Final = 16_000
"""Rate in Hz of every `Speech`."""

SILENT_DBFS: Final = -75.0
"""Level below which sound is silence: a 16-bit file that holds only dither is near -96."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Speech:
    """A recording: mono samples at 16 kHz."""

    samples: NDArray[np.float32]
    """Shape (n_samples,), in [-1, 1]. Read-only."""
    source: Path | None = None
    """The file that it was loaded from, in full."""
    mix: Mix = field(default_factory=Mix)
    """Track and downmix of the source."""
    gain: float = 1.0
    """Gain that was applied to the source's samples."""

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples, dtype=np.float32)
        if samples.ndim != 1:
            raise ValueError(f"samples of shape {samples.shape} are not mono")
        samples = samples.view()  # ours to freeze; the caller's array stays as it is
        samples.flags.writeable = False
        object.__setattr__(self, "samples", samples)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / SAMPLE_RATE


def loudness_dbfs(samples: NDArray[np.float32], *, ceiling: float = np.inf) -> float:
    """Return the loudness of the speech in a recording in dBFS (RMS), independent of its pauses.

    The gating is that of ITU-R BS.1770, without its frequency weighting: the mean power, without DC offset, of windows
    of 30 ms; first of all windows above -75 dBFS, then of those no more than 10 dB below that mean. Silence is -inf,
    and so is a click: sound shorter than 0.1 s in a longer recording. Samples beyond `ceiling` are clipped to it.

    >>> tone = np.sin(2 * np.pi * 440 * np.arange(14400) / 16000).astype(np.float32)
    >>> round(loudness_dbfs(np.concatenate([tone, np.zeros(160000, np.float32)])), 1)
    -3.0
    """
    if len(samples) == 0:
        return -np.inf
    window = min(len(samples), SAMPLE_RATE * 30 // 1000)
    windows = samples[: len(samples) // window * window].reshape(-1, window)
    parts = (windows[at : at + 4096] for at in range(0, len(windows), 4096))
    power = np.concatenate(
        [(part if ceiling == np.inf else np.clip(part, -ceiling, ceiling)).var(axis=1) for part in parts]
    )
    loud = power[power > 10 ** (SILENT_DBFS / 10)]
    if len(loud) < min(4, len(windows)):
        return -np.inf
    return float(10 * np.log10(loud[loud >= loud.mean() / 10].mean()))
