"""The lips of the built-in head touch, and never go through each other."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from audio2blend.channels import ARKIT
from rigs import builtin
from rigs.builtin import DEFAULT, LOOKS
from rigs.retarget.lip_contact import crossing_depths, lips
from rigs.surface.anatomy import Anatomy
from rigs.surface.face_finder import frame
from tests.support.head_parts import part

pytestmark = pytest.mark.slow

HEAD = builtin()
ANATOMY = Anatomy(HEAD, frame(HEAD))
JAW, CLOSE = ARKIT.index("jawOpen"), ARKIT.index("mouthClose")
TOUCHING_M = 1e-6
"""Lips that touch lie within the rounding of single precision of each other."""


def closed(mixes: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return mixes (n, 52) in which mouthClose closes no more than jawOpen opens, as is its meaning."""
    mixes[:, CLOSE] = np.minimum(mixes[:, CLOSE], mixes[:, JAW])
    return mixes.astype(np.float32)


def some(n: int, share: float, seed: int) -> NDArray[np.float32]:
    """Return mixes (n, 52) of about that share of all shapes."""
    random = np.random.default_rng(seed)
    return closed(random.random((n, 52)) * (random.random((n, 52)) < share))


def test_the_lips_looked_at_are_all_of_the_red_and_of_its_surroundings():
    assert HEAD.mesh is not None
    red = np.flatnonzero(part(HEAD, "lips"))
    upper, lower = lips(ANATOMY)
    low, high = (np.array([HEAD.mesh.vertices[at, axis].min() for axis in range(2)]) for at in (lower, upper))
    assert len(upper) > 400
    assert len(lower) > 400
    assert not set(upper.ravel()) & set(lower.ravel())
    middle = red[np.abs(HEAD.mesh.vertices[red, 0]) < 0.015]
    assert np.isin(middle, np.concatenate([upper.ravel(), lower.ravel()])).mean() > 0.9
    assert low[1] < high[1]


def test_no_shape_pushes_one_lip_through_the_other():
    poses = np.eye(len(ARKIT) + 1, len(ARKIT), dtype=np.float32)
    poses[CLOSE, JAW] = 1
    depths = dict(zip((*ARKIT, "at rest"), crossing_depths(ANATOMY, HEAD, poses), strict=True))
    assert {name: depth for name, depth in depths.items() if depth > TOUCHING_M} == {}


@pytest.mark.parametrize("share", [0.1, 0.2, 0.4, 1.0])
def test_no_mix_of_shapes_pushes_one_lip_through_the_other(share):
    assert crossing_depths(ANATOMY, HEAD, some(40, share, seed=1)).max() < TOUCHING_M


@pytest.mark.parametrize(
    "group", [("mouthRoll", "mouthPress"), ("mouthShrug", "mouthRoll"), ("mouthPress", "mouthFrown")]
)
def test_lips_that_are_pressed_together_stay_apart(group):
    mixes = some(30, 1.0, seed=2)
    mixes[:, [not name.startswith(group) for name in ARKIT]] = 0
    assert crossing_depths(ANATOMY, HEAD, mixes).max() < TOUCHING_M


@pytest.mark.slow
@pytest.mark.parametrize("look", [look for look in LOOKS if look != DEFAULT])
def test_lips_of_other_looks_stay_apart(look):
    rig = builtin(look)
    mixes = np.concatenate([some(7, share, seed=3) for share in (0.1, 0.2, 0.5, 1.0)])
    assert crossing_depths(Anatomy(rig, frame(rig)), rig, mixes).max() < TOUCHING_M


def test_a_lip_that_sinks_into_the_other_is_found():
    assert HEAD.mesh is not None
    deltas = np.array(HEAD.mesh.deltas)
    deltas[0] = 0
    deltas[0, np.unique(lips(ANATOMY)[0]), 1] = -0.002
    sunk = replace(HEAD, mesh=replace(HEAD.mesh, deltas=deltas))
    assert crossing_depths(ANATOMY, sunk, np.eye(1, 52, dtype=np.float32))[0] > 0.0005
