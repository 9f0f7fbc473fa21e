"""Lip vertex error."""

import numpy as np
from numpy.typing import ArrayLike


def lip_vertex_error(pred: ArrayLike, target: ArrayLike) -> float:
    r"""Return the lip vertex error (LVE): the greatest distance of a lip vertex in a frame, averaged over frames.

    .. math:: \mathrm{LVE} = \frac{1}{T} \sum_t \max_{v} \lVert x_{t,v} - \hat x_{t,v} \rVert_2

    The distance is not squared, so the result has the unit of the vertices. Several publications average the squared
    distance instead, and some implementations differ from their own text. Compare values only for the same mesh and
    the same vertices.

    Args:
        pred: lip vertices of the face to judge, shape (n_frames, n_vertices, 3).
        target: those of the reference, same shape, unit and mesh.

    Returns:
        A distance in the unit of the vertices; 0 only if all are equal.

    Raises:
        ValueError: if the shapes differ, are not (n_frames, n_vertices, 3), or are empty.

    Source:
        A. Richard et al., *MeshTalk: 3D face animation from speech using cross-modality disentanglement*, ICCV 2021.

    >>> rest = np.zeros((2, 2, 3))
    >>> moved = rest.copy()
    >>> moved[1, 0] = [0, 3.0, 4.0]
    >>> lip_vertex_error(moved, rest)
    2.5
    """
    a, b = np.asarray(pred, float), np.asarray(target, float)
    if a.shape != b.shape or a.ndim != 3 or a.shape[2] != 3 or not a.size:
        raise ValueError(f"vertices of shapes {a.shape} and {b.shape} cannot be compared; give (n_frames, n, 3) twice")
    return float(np.linalg.norm(a - b, axis=-1).max(axis=-1).mean())
