"""Lips on a face: how far open and how wide they are, whatever the mesh and its unit."""

import numpy as np
import pytest

import rigs
from audio2blend.channels import ARKIT
from audio2blend.qa import Lips, correlation, lip_gap, upper_face_dynamics
from rigs import builtin
from rigs.measure import face as face_of


@pytest.fixture(scope="module")
def face():
    return face_of(builtin())


def test_the_gap_is_what_can_be_seen_through():
    upper = np.array([[-1, 2, 0], [0, 1.5, 0], [1, 2, 0]])
    lower = np.array([[-1, 0, 0], [0, 0.5, 9], [1, 0, 0]])
    assert lip_gap(upper, lower, eye_distance=10) == pytest.approx(0.1)
    assert lip_gap(lower, upper, eye_distance=10) == pytest.approx(-0.2)


def test_weights_give_what_the_posed_mesh_shows(face):
    rig = rigs.builtin()
    weights = np.random.default_rng(0).random((5, len(ARKIT)), np.float32) * 0.3
    points = rig.posed(weights).astype(float)
    marks = {name: points[:, list(vertices)] for name, vertices in rig.landmarks.items()}
    first, second = rig.mesh.vertices[list(rig.landmarks["eyeCorners"])].astype(float)
    eyes = np.linalg.norm(first - second)
    seen = np.maximum(0, marks["upperLip"][..., 1].min(1) - marks["lowerLip"][..., 1].max(1)) / eyes
    np.testing.assert_allclose(face.lips.opening(weights), seen, atol=1e-5)
    apart = np.linalg.norm(marks["mouthCorners"][:, 0] - marks["mouthCorners"][:, 1], axis=-1) / eyes
    np.testing.assert_allclose(face.lips.width(weights), apart, atol=1e-5)


def test_the_built_in_head_opens_and_closes_its_lips(face):
    def opening(**weights: float) -> float:
        return float(face.lips.opening(np.array([[weights.get(name, 0) for name in ARKIT]], np.float32))[0])

    assert opening() == 0
    assert opening(jawOpen=0.2) > 0.04
    assert opening(jawOpen=0.2, mouthClose=0.2) < 0.02
    assert opening(mouthPressLeft=1, mouthPressRight=1) == 0


def test_a_face_of_any_size_opens_as_far(face):
    lips = face.lips
    large = Lips(lips.neutral * 3, lips.deltas * 3, lips.upper, lips.lower, lips.corners, lips.eyes)
    weights = np.random.default_rng(1).random((4, len(ARKIT)), np.float32)
    np.testing.assert_allclose(large.opening(weights), lips.opening(weights), rtol=1e-4)


def test_it_reads_the_mouth_as_the_reference_head_does(face, ict_lips, corpora):
    """The thresholds were found on another head; they mean the same here."""
    from audio2blend.train.corpora import facegood

    weights = next(iter(facegood.load(corpora, held=True))).weights
    here, there = face.lips.opening(weights), ict_lips.opening(weights).astype(float)
    assert correlation(here, there) > 0.99
    assert np.mean((here < 0.02) == (there < 0.02)) > 0.9


def test_the_upper_face_of_the_built_in_head_is_above_its_mouth(face):
    rig = rigs.builtin()
    weights = np.zeros((2, len(ARKIT)), np.float32)
    weights[1, ARKIT.index("jawOpen")] = 1
    assert upper_face_dynamics(weights, face.upper).max() < 1
    weights[1, ARKIT.index("browInnerUp")] = 1
    assert upper_face_dynamics(weights, face.upper).max() > 1
    assert face.upper.shape[1] < len(rig.mesh.vertices) / 2
