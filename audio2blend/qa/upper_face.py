"""Motion of the upper face, brows and lids."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

_MOVERS: Final = ("brow", "eyeBlink", "eyeSquint", "eyeWide")  # not eyeLook…, which mainly rotates the eyeball
_CHUNK: Final = 256  # frames; an hour of all vertices at once would not fit in memory


def upper_face(deltas: ArrayLike, shapes: Sequence[str], *, at_least: float) -> NDArray[np.float32]:
    """Return the deltas of the vertices that brows and lids move.

    Args:
        deltas: of a whole mesh, shape (n_shapes, n_vertices, 3).
        shapes: the ARKit names of the shapes.
        at_least: the least displacement of a vertex that counts, by any one shape of brows or lids, in mesh units.

    Returns:
        Shape (n_shapes, n_upper, 3).

    >>> upper_face([[[0, 1.0, 0], [0, 0, 0]], [[0, 0, 0], [0, 2.0, 0]]], ["browInnerUp", "jawOpen"], at_least=0.5)
    array([[[0., 1., 0.]],
    <BLANKLINE>
           [[0., 0., 0.]]], dtype=float32)
    """
    every = np.asarray(deltas, np.float32)
    movers = [row for row, name in enumerate(shapes) if name.startswith(_MOVERS)]
    reach = np.linalg.norm(every[movers], axis=-1).max(axis=0, initial=0)
    return every[:, reach >= at_least]


def upper_face_dynamics(weights: ArrayLike, deltas: ArrayLike) -> NDArray[np.float64]:
    r"""Return how much each vertex moves: the standard deviation in time of its distance from rest.

    .. math:: \mathrm{dyn}_v = \mathrm{std}_t \lVert x_{t,v} - x_{0,v} \rVert_2

    Args:
        weights: shape (n_frames, n_shapes).
        deltas: shape (n_shapes, n_vertices, 3), such as `upper_face` returns.

    Returns:
        Shape (n_vertices,), in the unit of the deltas.

    Raises:
        ValueError: if there are no frames.

    >>> upper_face_dynamics([[0.0], [1.0]], [[[0, 2.0, 0]]])
    array([1.])
    """
    curves, moves = np.asarray(weights, np.float32), np.asarray(deltas, np.float32)
    if not len(curves):
        raise ValueError("no frames to measure motion in")
    total, squares = np.zeros(moves.shape[1]), np.zeros(moves.shape[1])
    for start in range(0, len(curves), _CHUNK):
        path = np.tensordot(curves[start : start + _CHUNK], moves, axes=1)  # (n_chunk, n_vertices, 3)
        away = np.sqrt(np.einsum("tvc,tvc->tv", path, path)).astype(np.float64)
        total += away.sum(axis=0)
        squares += (away**2).sum(axis=0)
    mean = total / len(curves)
    return np.asarray(np.sqrt(np.maximum(0, squares / len(curves) - mean**2)))


def upper_face_deviation(pred: ArrayLike, target: ArrayLike, deltas: ArrayLike) -> float:
    r"""Return the upper-face dynamics deviation (FDD): the motion of brows and lids minus the reference's.

    .. math:: \mathrm{FDD} = \frac{1}{|V|} \sum_{v \in V} (\mathrm{dyn}_v(x) - \mathrm{dyn}_v(\hat x))

    It compares how much they move, not when: blinks cannot be predicted from the sound.

    Args:
        pred: weights of the face to judge, shape (n_frames, n_shapes).
        target: weights of the reference, shape (m_frames, n_shapes).
        deltas: shape (n_shapes, n_vertices, 3), such as `upper_face` returns.

    Returns:
        In the unit of the deltas; negative if it moves less than the reference.

    Raises:
        ValueError: if either has no frames.

    Source:
        J. Xing et al., *CodeTalker: speech-driven 3D facial animation with discrete motion prior*, CVPR 2023.

    >>> upper_face_deviation([[0.0], [0.5]], [[0.0], [1.0]], [[[0, 2.0, 0]]])
    -0.5
    """
    return float((upper_face_dynamics(pred, deltas) - upper_face_dynamics(target, deltas)).mean())
