"""Mixing poses: the weights with which a rig's visemes or expressions come nearest to a face."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

OPENING: Final[Mapping[str, float]] = {
    "jawOpen": 1.0, "mouthClose": -1.0, "mouthFunnel": 0.37, "tongueOut": 0.3,
    "mouthLowerDownLeft": 0.075, "mouthLowerDownRight": 0.075,
    "mouthUpperUpLeft": 0.06, "mouthUpperUpRight": 0.06,
}  # fmt: skip
"""How far each shape opens the lips, in that of jawOpen; measured on the built-in head."""

FEATURES: Final[tuple[tuple[float, Mapping[str, float]], ...]] = (
    (3.0, OPENING),
    (1.0, {"mouthPucker": 1.0, "mouthFunnel": 0.8}),
    (0.5, {"mouthFunnel": 1.0}),
    (0.7, {
        "mouthStretchLeft": 0.5, "mouthStretchRight": 0.5, "mouthSmileLeft": 0.5, "mouthSmileRight": 0.5,
        "mouthDimpleLeft": 0.3, "mouthDimpleRight": 0.3,
    }),
    (0.5, {"mouthUpperUpLeft": 0.5, "mouthUpperUpRight": 0.5}),
    (0.5, {"mouthLowerDownLeft": 0.5, "mouthLowerDownRight": 0.5}),
    (5.0, {"mouthPressLeft": 0.5, "mouthPressRight": 0.5}),
    (1.0, {"mouthRollLower": 1.0}),
    (0.3, {"mouthRollUpper": 1.0}),
    (1.0, {"tongueOut": 1.0}),
)  # fmt: skip
"""What is seen of a speaking mouth, and how much it matters: the opening of the lips before all else, then their
rounding, width, the teeth they show, how they are pressed or tucked in, and the tongue."""

MIXED: Final[tuple[str, ...]] = tuple(dict.fromkeys(channel for _, feature in FEATURES for channel in feature))
"""The channels that features are seen by: mixing needs them even where no pose shows them, such as mouthClose."""

_RIDGE: Final = 0.02
"""What the square of a weight costs: of poses that look alike each takes a part, and none jumps in for another."""
_COST: Final = 0.01
"""What twice a weight costs at least: few strong poses are better than many weak ones."""
_STEP: Final = 0.05
"""How fast that rises in frames whose weights add up to more than 1, until they no longer do."""
_SWEEPS: Final = 80


def mix(values: NDArray[np.float32], poses: NDArray[np.float32], sources: Sequence[str]) -> NDArray[np.float32]:
    r"""Return the weights of poses whose mix looks most like each frame, shape (n_frames, n_poses).

    .. math::
        \min_{w \ge 0, \sum w \le 1} \lVert F (v - P^T w) \rVert^2 + \lambda \lVert w \rVert^2 + 2 \mu \sum w

    Args:
        values: source weights, shape (n_frames, n_sources).
        poses: what each pose looks like, shape (n_poses, n_sources); a pose of nothing is the face at rest.
        sources: name of each source. F sees of the mouth what `FEATURES` lists; of other channels, themselves.

    A pose at rest takes what the others leave of 1. The mix never opens the lips further than the frame does, so
    lips that are shut stay shut.

    Solved over all frames at once by a fixed number of sweeps of coordinate descent, between which the multiplier of
    the sum rises by dual ascent (Uzawa's method).

    >>> open_and_round = np.float32([[0.5, 0], [0.1, 0.6], [0, 0]])
    >>> mix(np.float32([[0.25, 0], [0, 0]]), open_and_round, ("jawOpen", "mouthPucker")).round(1).tolist()
    [[0.5, 0.0, 0.5], [0.0, 0.0, 1.0]]
    """
    seen = _seen(sources)
    looks, faces = (np.asarray(poses, np.float32) @ seen).T, (np.asarray(values, np.float32) @ seen).T
    looks[0], faces[0] = np.maximum(looks[0], 0), np.maximum(faces[0], 0)  # lips pressed together are no less than shut
    gram = looks.T @ looks + _RIDGE * np.eye(len(poses), dtype=np.float32)
    wanted = looks.T @ faces  # (n_poses, n_frames)
    weights = np.zeros_like(wanted)
    moving = np.flatnonzero(np.any(poses != 0, axis=1))
    cost = np.full(weights.shape[1], _COST, np.float32)
    for _ in range(_SWEEPS):
        for pose in moving:
            rest = wanted[pose] - gram[pose] @ weights + gram[pose, pose] * weights[pose]
            np.maximum((rest - cost) / gram[pose, pose], 0, out=weights[pose])
        np.maximum(cost + _STEP * (weights.sum(axis=0) - 1), _COST, out=cost)
    opening = looks[0] @ weights
    ajar = looks[0] > 0
    weights[ajar] *= np.minimum(1, faces[0] / np.maximum(opening, 1e-9))
    weights /= np.maximum(1, weights.sum(axis=0))
    at_rest = np.setdiff1d(np.arange(len(poses)), moving)
    if len(at_rest):
        weights[at_rest] = (1 - weights.sum(axis=0)) / len(at_rest)
    return np.ascontiguousarray(weights.T)


def _seen(sources: Sequence[str]) -> NDArray[np.float32]:
    """Return what every source adds to every feature, shape (n_sources, n_features); the opening comes first."""
    columns = [[weight * feature.get(source, 0.0) for source in sources] for weight, feature in FEATURES]
    columns += [[float(other == source) for other in sources] for source in sources if source not in MIXED]
    return np.array(columns, np.float32).T
