"""Morphable models made from the built-in head, in the layouts of FLAME and the Basel Face Model."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from rigs import Rig
from tests.support.head_parts import EYEBALL, JAW, jaw_share, part
from tests.support.other_head import bend, source
from tests.support.posing import turn_about

MODES = 40
"""Expressions in the models: the first principal components of the head's 52 shapes."""
JAW_DEGREES = 22.0


@cache
def truth() -> tuple[Rig, NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return our head without dress; another head's neutral (n, 3) and our 52 shapes on it (52, n, 3); triangles."""
    head = source()
    assert head.mesh is not None
    mesh = head.mesh
    neutral = bend(mesh.vertices)
    shapes = bend(mesh.vertices + mesh.deltas) - neutral
    fans = mesh.face_sizes - 2
    start = np.repeat(np.cumsum(mesh.face_sizes) - mesh.face_sizes, fans)
    step = np.arange(len(start)) - np.repeat(np.cumsum(fans) - fans, fans)
    corners = np.stack([start, start + step + 1, start + step + 2], axis=1)
    return head, neutral, shapes, mesh.face_vertices[corners].astype(np.int64)


def principal(moves: NDArray[np.float64], count: int = MODES) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return orthonormal modes (count, n, 3) of motions (m, n, 3), and the standard deviation of each.

    They are those of faces in which every shape is on now and then, and go both ways, as such models' do.
    """
    random = np.random.default_rng(1)
    weights = random.random((400, len(moves))) ** 6
    basis, mix = np.linalg.qr(moves.reshape(len(moves), -1).T)  # so that the decomposition is of a small matrix
    _, sizes, modes = np.linalg.svd((weights - weights.mean(axis=0)) @ mix.T, full_matrices=False)
    return (modes[:count] @ basis.T).reshape(count, -1, 3), sizes[:count] / np.sqrt(len(weights))


def bfm() -> dict[str, NDArray[np.float64]]:
    """Return a model as the Basel Face Model of 2009 lays it out, in micrometres, with faces counted from 1."""
    _, neutral, shapes, faces = truth()
    modes, spread = principal(shapes)
    return {
        "shapeMU": 1e6 * neutral.reshape(-1, 1),
        "shapePC": 1e3 * _heads(neutral),
        "shapeEV": np.full((3, 1), 1e3),
        "tl": faces + 1.0,
        "expPC": modes.reshape(len(modes), -1).T,
        "expEV": 1e6 * spread[:, None],
    }


def flame() -> dict[str, NDArray[np.float64]]:
    """Return a model as FLAME lays it out: identities and expressions in one array; neck, jaw and eyes are joints.

    The expressions hold what the jaw's turn does not do.
    """
    _, neutral, shapes, faces = truth()
    weights, places = joints()
    swing = turned(neutral, weights[:, 2], places[2], JAW_DEGREES)
    opened = shapes.copy()
    opened[_row("jawOpen")] -= swing
    opened[_row("mouthClose")] += swing  # shut lips on an open jaw
    modes, spread = principal(opened)
    directions = np.zeros((len(neutral), 3, 400))
    directions[:, :, :3] = _heads(neutral).reshape(len(neutral), 3, 3)
    directions[:, :, 300 : 300 + len(modes)] = np.moveaxis(modes * spread[:, None, None], 0, 2)
    regressor = np.zeros((5, len(neutral)))
    for row, place in enumerate(places):  # the mean of the nearest would be elsewhere: solve for the place itself
        near = np.argsort(np.linalg.norm(neutral - place, axis=1))[:40]
        regressor[row, near] = np.linalg.lstsq(
            np.vstack([neutral[near].T, np.ones(40)]), np.append(place, 1.0), rcond=None
        )[0]
    tree = np.array([[2.0**32 - 1, 0, 1, 1, 1], [0, 1, 2, 3, 4]])
    return {
        "v_template": neutral, "f": faces.astype(float), "shapedirs": directions, "weights": weights,
        "J_regressor": regressor, "kintree_table": tree, "posedirs": np.zeros((len(neutral), 3, 36)),
    }  # fmt: skip


def joints() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how much each vertex follows root, neck, jaw and eyes, shape (n, 5), and where these lie, (5, 3)."""
    head, neutral, _, _ = truth()
    mesh = head.mesh
    assert mesh is not None
    ball = part(head, *EYEBALL)
    weights = np.zeros((len(neutral), 5))
    weights[:, 2] = jaw_share(head)
    for column, side in ((3, 1), (4, -1)):
        weights[ball & (side * mesh.vertices[:, 0] > 0), column] = 1
    weights[:, 1] = 1 - weights.sum(axis=1)
    eyes = [neutral[weights[:, column] == 1].mean(axis=0) for column in (3, 4)]
    places = np.array([*bend(np.array([[0, -0.14, -0.02], [0, -0.06, -0.02], JAW])), *eyes])
    return weights, places


def turned(
    points: NDArray[np.float64], weights: NDArray[np.float64], pivot: NDArray[np.float64], degrees: float
) -> NDArray[np.float64]:
    """Return what a turn about the line along X through a pivot adds to points, each as far as it follows."""
    arm = points - pivot
    return weights[:, None] * (arm @ turn_about(0, degrees).T - arm)


def _heads(neutral: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return three identities as columns, shape (3 n, 3): broader, longer, deeper."""
    middle = neutral - neutral.mean(axis=0)
    return np.stack([(0.05 * middle * axis).ravel() for axis in np.eye(3)], axis=1)


def _row(shape: str) -> int:
    return truth()[0].shapes.index(shape)
