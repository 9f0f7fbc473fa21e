"""Turns in space as unit quaternions, w first, shape (..., 4); arrays of them broadcast as numbers do."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

_SHORT: Final = 1e-6
"""A turn that is shorter than 1 by less is one."""


def multiply(second: Array, first: Array) -> Array:
    """Return one turn after another.

    >>> quarter = from_axis_angle(2, np.array(90.0))
    >>> multiply(quarter, quarter).round(6).tolist()
    [0.0, 0.0, 0.0, 1.0]
    """
    w, v = second[..., :1], second[..., 1:]
    u, s = first[..., :1], first[..., 1:]
    real = w * u - np.sum(v * s, axis=-1, keepdims=True)
    return np.concatenate([real, w * s + u * v + np.cross(v, s)], axis=-1)


def inverse(turn: Array) -> Array:
    """Return the turns back."""
    return turn * np.array([1, -1, -1, -1], turn.dtype)


def rotate(turn: Array, points: Array) -> Array:
    """Return points, shape (..., 3), after turns about the origin.

    >>> rotate(from_axis_angle(1, np.array(90.0)), np.array([0.0, 0.0, 1.0])).round(6).tolist()
    [1.0, 0.0, 0.0]
    """
    w, v = turn[..., :1], turn[..., 1:]
    return points + 2 * np.cross(v, np.cross(v, points) + w * points)


def from_axis_angle(axis: int, degrees: Array) -> NDArray[np.float64]:
    """Return right-handed turns about X, Y or Z (0, 1 or 2), shape (..., 4), for angles of shape (...)."""
    half = np.radians(np.asarray(degrees, np.float64)) / 2
    turn = np.zeros((*half.shape, 4))
    turn[..., 0], turn[..., axis + 1] = np.cos(half), np.sin(half)
    return turn


def of_matrix(matrix: Array) -> NDArray[np.float64]:
    """Return the turn (4,) that is nearest to what a matrix (3, 3) does to columns, with w ≥ 0; scales do not matter.

    What is not finite gives NaN. The nearest rotation is that of the polar decomposition; its quaternion is the
    eigenvector of Bar-Itzhack's matrix (2000) with the largest eigenvalue, which is right at every angle.
    """
    if not np.isfinite(matrix).all():
        return np.full(4, np.nan)
    left, _, right = np.linalg.svd(np.asarray(matrix, np.float64))
    left[:, 2] *= np.linalg.det(left @ right)
    (a, b, c), (d, e, f), (g, h, i) = left @ right
    system = np.array(
        [
            [a + e + i, h - f, c - g, d - b],
            [h - f, a - e - i, b + d, c + g],
            [c - g, b + d, e - a - i, f + h],
            [d - b, c + g, f + h, i - a - e],
        ]
    )
    found = np.linalg.eigh(system)[1][:, -1]
    return np.asarray(found * np.copysign(1.0, found[0]), np.float64)


def quadruple(turn: Array) -> tuple[float, float, float, float]:
    """Return a turn as plain numbers."""
    w, x, y, z = np.asarray(turn, np.float64).tolist()
    return w, x, y, z


def of_vector(vector: Array) -> NDArray[np.float64]:
    """Return the turns about vectors, shape (..., 3), by their lengths in radians."""
    vector = np.asarray(vector, np.float64)
    angle = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.concatenate([np.cos(angle / 2), vector * np.sinc(angle / (2 * np.pi)) / 2], axis=-1)


def vector_of(turn: Array) -> NDArray[np.float64]:
    """Return turns as vectors, shape (..., 3): along the axis, as long as the angle in radians, at most π.

    >>> vector_of(of_vector(np.array([0.0, 0.3, -0.2]))).round(6).tolist()
    [0.0, 0.3, -0.2]
    """
    turn = turn * np.where(turn[..., :1] < 0, -1, 1)
    sine = np.linalg.norm(turn[..., 1:], axis=-1, keepdims=True)
    half = np.arctan2(sine, turn[..., :1])
    return np.asarray(turn[..., 1:] * np.where(sine > 1e-9, 2 * half / np.maximum(sine, 1e-12), 2), np.float64)


def degrees_of(turn: Array) -> NDArray[np.float64]:
    """Return the angles about X, Y and Z, shape (..., 3), that make a turn about Z first, then X, then Y.

    >>> degrees_of(multiply(from_axis_angle(1, np.array(20.0)), from_axis_angle(0, np.array(-5.0)))).round(6).tolist()
    [-5.0, 20.0, 0.0]
    """
    matrix = matrix_of(turn)
    x = np.arcsin(np.clip(-matrix[..., 1, 2], -1, 1))
    y = np.arctan2(matrix[..., 0, 2], matrix[..., 2, 2])
    z = np.arctan2(matrix[..., 1, 0], matrix[..., 1, 1])
    return np.asarray(np.degrees(np.stack([x, y, z], axis=-1)) + 0.0, np.float64)


def matrix_of(turn: Array) -> NDArray[np.float64]:
    """Return the matrix (..., 3, 3) of turns: it turns columns."""
    return np.asarray(np.stack([rotate(turn, axis) for axis in np.eye(3)], axis=-1), np.float64)


def stored(turns: Array) -> NDArray[np.float32]:
    """Return turns as a file holds them: of length 1 or a few parts in 10⁷ less, never more, as glTF demands.

    What is so already stays as it is; else each number is cut towards 0, since rounding can make a turn longer than 1.

    >>> float(stored(np.array([1.0000000000000002, 0.0, 0.0, 0.0]))[0])
    1.0
    """
    short = np.asarray(turns, np.float32)
    length = np.linalg.norm(short.astype(np.float64), axis=-1, keepdims=True)
    unit = np.asarray(turns, np.float64)
    unit = (unit / np.linalg.norm(unit, axis=-1, keepdims=True)).clip(-1, 1)
    cut = unit.astype(np.float32)
    cut = np.where(np.abs(cut) > np.abs(unit), np.nextafter(cut, np.float32(0)), cut)
    return np.where((length <= 1) & (length > 1 - _SHORT), short, cut)


def steady(turns: Array) -> Array:
    """Return turns over time (n, 4) with signs such that a player which interpolates them takes the short way."""
    flips = np.cumprod(np.where((turns[1:] * turns[:-1]).sum(axis=1) < 0, -1, 1))
    return np.concatenate([turns[:1], turns[1:] * flips[:, None].astype(turns.dtype)])
