"""Characters that stand turned in their files, and what is left as it stands."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

import rigs
import usd_export
from rigs import Rig
from tests.support.body_rig import body
from tests.support.small_rig import STILL

ABOUT_Y = np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]], float)
ABOUT_X = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float)


def turned(rig: Rig, turn: NDArray[np.float64]) -> Rig:
    """Return a rig without its bones, every point turned."""
    assert rig.mesh is not None
    moved = {name: (getattr(rig.mesh, name) @ turn.T).astype(np.float32) for name in ("vertices", "deltas")}
    return replace(rig, mesh=replace(rig.mesh, **moved), joints=(), landmarks=None)


@pytest.mark.parametrize(
    ("turn", "note"),
    [
        (np.eye(3), None),
        (ABOUT_Y, "the face looks to its side (+X) and is turned to +Z"),
        (ABOUT_Y.T, "the face looks to its side (-X) and is turned to +Z"),
        (ABOUT_Y @ ABOUT_Y, "the face looks to the back (-Z) and is turned to +Z"),
        (ABOUT_X, "the face looks down, and is raised to look along +Z"),
        (ABOUT_X.T, "the face looks up, and is raised to look along +Z"),
    ],
    ids=["as it should", "left", "right", "back", "down", "up"],
)
@pytest.mark.parametrize("whole", [False, True], ids=["head", "body"])
def test_a_face_with_mouth_teeth_and_eyes_looks_along_z(whole, turn, note, tmp_path):
    rig = turned(body() if whole else rigs.builtin(), np.eye(3))
    found = rigs.load(usd_export.write(STILL, tmp_path / "a.usdc", rig=turned(rig, turn)))
    assert found.notes == (() if note is None else (note,))
    assert rig.mesh is not None
    assert found.mesh is not None
    np.testing.assert_allclose(found.mesh.vertices, rig.mesh.vertices, atol=1e-5)
    np.testing.assert_allclose(found.mesh.deltas, rig.mesh.deltas, atol=1e-5)
