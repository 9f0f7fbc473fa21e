"""Pictures and videos of one small size, as ffmpeg decodes them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.support.sounds import ffmpeg

SIZE = 64
"""Width and height in pixels."""


def pictures(path: Path) -> NDArray[np.int16]:
    """Return the decoded frames as grey values, shape (n_frames, height, width)."""
    grey = ffmpeg("-i", path, "-f", "rawvideo", "-pix_fmt", "gray", "-")
    return np.frombuffer(grey, np.uint8).reshape(-1, SIZE, SIZE).astype(np.int16)
