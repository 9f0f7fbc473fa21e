"""Other heads of a morphable model: its identity modes, each times a coefficient, are added to the neutral face."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError

from .rig import Rig

FARTHEST: Final = 2.0
"""Random coefficients are at most so many standard deviations, since models make masks of what lies beyond."""


def random_identity(rig: Rig, seed: int) -> NDArray[np.float64]:
    """Return coefficients of a random head, shape (n_modes,), normally distributed and cut at `FARTHEST`.

    Raises InputError if the rig has no identity modes.
    """
    return np.random.default_rng(seed).standard_normal(_modes(rig)).clip(-FARTHEST, FARTHEST)


def with_identity(rig: Rig, coefficients: Sequence[float] | NDArray[np.float64]) -> Rig:
    """Return the head of these coefficients with all the shapes of the rig; modes beyond the last one given stay 0.

    A coefficient of 1 is one standard deviation. Shapes add the same as before, as the models have it; a joint moves
    as the vertices that follow it do on average. The result has no identity modes of its own.

    Raises InputError if the rig has no identity modes, or fewer than there are coefficients, or one is not finite.
    """
    count = _modes(rig)
    given = np.asarray(coefficients, np.float64).ravel()
    if len(given) > count:
        raise InputError(f"rig '{rig.name}' has {count} identity modes, not {len(given)}; give at most {count}")
    if not np.isfinite(given).all():
        raise InputError("an identity coefficient is not a number; give numbers of about -2 to 2")
    mesh = rig.mesh
    assert mesh is not None  # it has modes
    assert mesh.identity is not None
    moved = np.tensordot(given, mesh.identity[: len(given)], axes=1)
    joints = []
    for joint in rig.joints:
        total = joint.weights.sum()
        shift = joint.weights @ moved / total if total > 0 else np.zeros(3)
        x, y, z = (np.array(joint.position) + shift).tolist()
        joints.append(replace(joint, position=(x, y, z)))
    head = replace(mesh, vertices=(mesh.vertices + moved).astype(np.float32), identity=None)
    return replace(rig, mesh=head, joints=tuple(joints))


def _modes(rig: Rig) -> int:
    if rig.mesh is None or rig.mesh.identity is None:
        raise InputError(
            f"rig '{rig.name}' has no identity modes; give a morphable model such as FLAME, BFM or ICT FaceKit"
        )
    return len(rig.mesh.identity)
