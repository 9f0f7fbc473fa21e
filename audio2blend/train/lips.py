"""Lip opening and width, read off a face mesh that blendshape weights drive."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..channels import ARKIT


class Lips(NamedTuple):
    """The lip vertices of the ICT face model and how the 52 shapes move them, in centimetres."""

    neutral: NDArray[np.float32]
    """[vertex, 3]"""
    deltas: NDArray[np.float32]
    """[52, vertex, 3] in the order of `ARKIT`."""
    upper: slice
    lower: slice
    corners: slice
    eyes: slice

    @property
    def eye_distance(self) -> float:
        """Distance of the outer eye corners at rest in centimetres."""
        first, second = self.neutral[self.eyes]
        return float(np.linalg.norm(first - second))

    def vertices(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the vertices [frame, vertex, 3] under weights [frame, 52]."""
        return np.asarray(self.neutral + np.tensordot(weights, self.deltas, axes=1), np.float32)

    def signed_opening(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the vertical gap of the inner lips over the eye distance [frame]; negative where lips are pressed."""
        height = self.vertices(weights)[..., 1]
        gap = height[:, self.upper].min(axis=1) - height[:, self.lower].max(axis=1)
        return np.asarray(gap / self.eye_distance, np.float32)

    def opening(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the visible gap of the inner lips over the eye distance [frame]; at least 0."""
        return np.maximum(0, self.signed_opening(weights))

    def width(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the distance of the mouth corners over the eye distance [frame]."""
        left, right = np.moveaxis(self.vertices(weights)[:, self.corners], 1, 0)
        return np.asarray(np.linalg.norm(left - right, axis=-1) / self.eye_distance, np.float32)


@cache
def load_lips(path: Path) -> Lips:
    """Return the lips stored in `lip_vertices.npz`; a shape that the model splits in two is the sum of its halves."""
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
