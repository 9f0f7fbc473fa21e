"""How loud a recording is over its length, for a small picture of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from audio2blend.audio import Speech, load

_BARS: Final = 512


def run(*, speech: str, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Return "duration_s" and "envelope" of the recording at a path."""
    return outline(load(Path(speech)))


def outline(speech: Speech) -> dict[str, Any]:
    """Return "duration_s" in seconds and "envelope": the peaks of up to 512 equal parts, from 0 to 1."""
    peaks = [float(np.abs(part).max()) for part in np.array_split(speech.samples, _BARS) if len(part)]
    return {"duration_s": speech.duration_s, "envelope": [round(peak, 3) for peak in peaks]}
