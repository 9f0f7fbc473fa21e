"""The lips of the ICT face model, on which training and evaluation measure the mouth's opening and width."""

from functools import cache
from pathlib import Path

import numpy as np

from ..channels import ARKIT
from ..qa import Lips


@cache
def load_lips(path: Path) -> Lips:
    """Return the lips stored in `lip_vertices.npz`; a shape that the model splits into left and right is their sum."""
    with np.load(path) as stored:
        names = [str(name) for name in stored["names"]]
        deltas = stored["deltas"]
        upper, lower = int(stored["n_upper"]), int(stored["n_lower"])
        neutral = stored["neutral"]
    ours = np.zeros((len(ARKIT), *neutral.shape), np.float32)
    for row, name in zip(deltas, names, strict=True):
        plain = name.replace("_L", "Left").replace("_R", "Right")
        whole = name.removesuffix("_L").removesuffix("_R")
        for column in {plain, whole} & set(ARKIT):
            ours[ARKIT.index(column)] += row
    end = upper + lower
    return Lips(neutral, ours, slice(0, upper), slice(upper, end), slice(end, end + 2), slice(end + 4, end + 6))
