"""How far lips are open, and how wide a mouth is, from the vertices of a face mesh or the weights that drive it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

CLOSED: Final = 0.02
"""Lips below this opening count as closed."""
OPEN: Final = 0.04
"""Lips above this opening count as open; those between the two count neither way."""


def lip_gap(upper: ArrayLike, lower: ArrayLike, *, eye_distance: float) -> NDArray[np.float64]:
    r"""Return the vertical gap of the inner lips over the distance of the eyes; negative where lips are pressed.

    .. math:: g_t = (\min_{u} y_{t,u} - \max_{l} y_{t,l}) / d

    The lowest point of the upper lip against the highest of the lower is what can be seen through: the plain
    distance of two points of the inner lips also grows where lips are rolled in or pressed.

    Args:
        upper: points of the inner upper lip, shape (..., n_upper, 3), Y up.
        lower: points of the inner lower lip, shape (..., n_lower, 3), in the same unit.
        eye_distance: distance of the outer eye corners at rest in that unit; it makes faces of any size alike.

    Returns:
        Shape (...), in eye distances; a mouth open in speech reads some 0.05 to 0.2.

    Raises:
        ValueError: if the eyes are not apart.

    Source:
        This project.

    >>> lip_gap([[0, 1.0, 0]], [[0, 0.4, 0]], eye_distance=10.0).item()
    0.06
    """
    if eye_distance <= 0:
        raise ValueError(f"eyes {eye_distance} apart give no scale")
    top, bottom = np.asarray(upper, float)[..., 1], np.asarray(lower, float)[..., 1]
    return np.asarray((top.min(axis=-1) - bottom.max(axis=-1)) / eye_distance)


def lip_width(corners: ArrayLike, *, eye_distance: float) -> NDArray[np.float64]:
    """Return the distance of the mouth corners over the distance of the eyes.

    Args:
        corners: the two corners, shape (..., 2, 3).
        eye_distance: distance of the outer eye corners at rest in the same unit.

    Returns:
        Shape (...), in eye distances.

    Raises:
        ValueError: if the eyes are not apart.

    Source:
        This project.

    >>> lip_width([[-3, 0, 0], [3, 0, 0]], eye_distance=12.0).item()
    0.5
    """
    if eye_distance <= 0:
        raise ValueError(f"eyes {eye_distance} apart give no scale")
    points = np.asarray(corners, float)
    return np.asarray(np.linalg.norm(points[..., 0, :] - points[..., 1, :], axis=-1) / eye_distance)


@dataclass(frozen=True, slots=True, eq=False)
class Lips:
    """The vertices of a face that say how its mouth stands, and how shapes move them, in any one unit.

    >>> lips = Lips.of(
    ...     np.array([[0, 0, 0], [0, 0, 0], [-2, 0, 0], [2, 0, 0], [-5, 9, 0], [5, 9, 0]], float),
    ...     np.array([[[0, 0, 0], [0, -1, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]], float),
    ...     {"upperLip": [0], "lowerLip": [1], "mouthCorners": [2, 3], "eyeCorners": [4, 5]},
    ... )
    >>> lips.opening(np.array([[0.0], [0.5]])).tolist(), lips.width(np.array([[0.0]])).tolist()
    ([0.0, 0.05], [0.4])
    """

    neutral: NDArray[np.float32]
    """Shape (n_vertices, 3), Y up: the face at rest."""
    deltas: NDArray[np.float32]
    """Shape (n_shapes, n_vertices, 3): what each shape at weight 1 adds."""
    upper: slice
    """The inner upper lip among the vertices."""
    lower: slice
    """The inner lower lip."""
    corners: slice
    """The two corners of the mouth."""
    eyes: slice
    """The two outer corners of the eyes."""

    @classmethod
    def of(cls, vertices: ArrayLike, deltas: ArrayLike, landmarks: Mapping[str, Sequence[int]]) -> "Lips":
        """Return the lips of a mesh (n, 3) with deltas (n_shapes, n, 3), by the vertices that a rig's landmarks name.

        Raises KeyError if one of "upperLip", "lowerLip", "mouthCorners" and "eyeCorners" is not named.
        """
        groups = [list(landmarks[name]) for name in ("upperLip", "lowerLip", "mouthCorners", "eyeCorners")]
        ends = np.cumsum([len(group) for group in groups]).tolist()
        parts = [slice(end - len(group), end) for group, end in zip(groups, ends, strict=True)]
        rows = [vertex for group in groups for vertex in group]
        return cls(np.asarray(vertices, np.float32)[rows], np.asarray(deltas, np.float32)[:, rows], *parts)

    @property
    def eye_distance(self) -> float:
        """Distance of the outer eye corners at rest."""
        first, second = self.neutral[self.eyes]
        return float(np.linalg.norm(first - second))

    def vertices(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the vertices, shape (n_frames, n_vertices, 3), under weights of shape (n_frames, n_shapes)."""
        return np.asarray(self.neutral + np.tensordot(weights, self.deltas, axes=1), np.float32)

    def lip_vertices(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return those of the vertices that are lips: inner upper, inner lower and corners."""
        vertices = self.vertices(weights)
        return np.concatenate([vertices[:, part] for part in (self.upper, self.lower, self.corners)], axis=1)

    def gap(self, weights: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return `lip_gap` under weights of shape (n_frames, n_shapes)."""
        vertices = self.vertices(weights)
        return lip_gap(vertices[:, self.upper], vertices[:, self.lower], eye_distance=self.eye_distance)

    def opening(self, weights: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the lip opening, shape (n_frames,): the visible part of `gap`, which is at least 0."""
        return np.maximum(0, self.gap(weights))

    def width(self, weights: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return `lip_width` under weights of shape (n_frames, n_shapes)."""
        return lip_width(self.vertices(weights)[:, self.corners], eye_distance=self.eye_distance)
