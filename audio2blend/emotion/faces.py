"""The face of each emotion."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..channels import ARKIT

EMOTIONS: Final[tuple[str, ...]] = ("joy", "sadness", "anger", "fear", "disgust", "surprise", "boredom")
"""The emotions that have a face; neutral is none of them."""


@cache
def emotion_faces() -> NDArray[np.float32]:
    """Return the ARKit weights of each of `EMOTIONS` at full strength, shape (n_emotions, 52)."""
    table = tomllib.loads((Path(__file__).parent / "faces.toml").read_text("utf-8"))
    found = np.zeros((len(EMOTIONS), len(ARKIT)), np.float32)
    for row, emotion in enumerate(EMOTIONS):
        for shape, weight in table[emotion].items():
            for column, name in enumerate(ARKIT):
                if name in (shape, f"{shape}Left", f"{shape}Right"):
                    found[row, column] = weight
    found.flags.writeable = False
    return found
