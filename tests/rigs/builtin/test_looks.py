"""The looks of the built-in head: characters with one topology and the same shapes."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import rigs
from audio2blend.channels import ARKIT
from audio2blend.errors import InputError
from audio2blend_app.character import Character
from rigs import Mesh, Rig
from rigs.builtin import DEFAULT, LOOKS, traits
from tests.support.commands import command
from tests.support.head_parts import EYEBALL, part, pose
from tests.support.picture import picture

pytestmark = pytest.mark.slow

NAMES = st.sampled_from(list(LOOKS))
SHARE = st.floats(0, 1, width=32)


def mesh(name: str) -> Mesh:
    """Return the mesh of a look."""
    found = rigs.builtin(name).mesh
    assert found is not None
    return found


def test_there_are_six_and_one_of_them_is_the_head_without_a_name():
    assert len(LOOKS) >= 6
    assert rigs.builtin() is rigs.builtin(DEFAULT)
    assert rigs.load("builtin") is rigs.builtin()
    assert rigs.load("builtin:mei") is rigs.builtin("mei")
    assert len({rigs.builtin(name).name for name in LOOKS}) == len(LOOKS)


def test_a_look_that_is_not_there_is_told():
    with pytest.raises(InputError, match="the built-in head has no look 'zoe'; choose one of robin, ada"):
        rigs.load("builtin:zoe")


def test_a_command_moves_the_look_it_is_told():
    ada, robin = Character("builtin:ada"), Character("builtin")
    assert ada.rig is rigs.builtin("ada")
    assert ada.fit is None  # ARKit's channels are right as they are
    assert ada.digest != robin.digest


def test_a_look_can_be_saved_as_a_file(tmp_path):
    path = tmp_path / "mei.npz"
    assert command("rig", "make", "builtin:mei", "-o", path) == 0
    found = rigs.load(path)
    assert found.shapes == ARKIT
    assert found.mesh is not None
    for array in ("vertices", "deltas", "colors", "face_vertices"):
        assert np.array_equal(getattr(found.mesh, array), getattr(mesh("mei"), array))


@pytest.mark.parametrize("name", LOOKS)
def test_all_share_faces_and_shapes(name):
    rig, first = rigs.builtin(name), mesh(DEFAULT)
    assert rig.mesh is not None
    assert rig.shapes == ARKIT
    assert np.array_equal(rig.mesh.face_vertices, first.face_vertices)
    assert np.array_equal(rig.mesh.face_sizes, first.face_sizes)
    assert np.array_equal(rig.mesh.face_materials, first.face_materials)
    assert [material.name for material in rig.mesh.materials] == [material.name for material in first.materials]
    assert rig.landmarks == rigs.builtin().landmarks
    travel = np.linalg.norm(rig.mesh.deltas, axis=2).max(axis=1)
    assert travel.min() > 0.002
    assert travel.max() < 0.08


@pytest.mark.parametrize(("one", "other"), list(combinations(LOOKS, 2)))
def test_no_two_are_alike(one, other):
    skin = part(rigs.builtin(one), "skin", "lips")
    apart = np.linalg.norm(mesh(one).vertices - mesh(other).vertices, axis=1)[skin]
    assert np.sqrt(np.mean(apart**2)) > 0.002  # metres
    colors = [{material.name: material.color for material in mesh(name).materials} for name in (one, other)]
    assert sum(colors[0][name] != colors[1][name] for name in colors[0]) >= 5


@pytest.mark.parametrize("name", LOOKS)
def test_every_vertex_has_a_colour_near_that_of_its_materials(name):
    found = mesh(name)
    assert found.colors is not None
    assert found.colors.min() >= 0
    assert found.colors.max() <= 1
    for material in ("skin", "lips", "shirt", "tongue"):
        own = next(one.color for one in found.materials if one.name == material)
        middle = np.median(found.colors[part(rigs.builtin(name), material)], axis=0)
        assert middle == pytest.approx(own, abs=0.12)


@given(name=NAMES, weight=SHARE, smile=SHARE, pucker=SHARE)
@settings(deadline=None, max_examples=40)
def test_closed_lips_stay_closed_in_every_look(name, weight, smile, pucker):
    rig = rigs.builtin(name)
    assert rig.landmarks is not None
    points = rig.posed(pose(jawOpen=weight, mouthClose=weight, mouthSmile=smile, mouthPucker=pucker))
    upper, lower = (points[list(rig.landmarks[key])] for key in ("upperLip", "lowerLip"))
    assert upper[:, 1].min() - lower[:, 1].max() < 0.0005  # metres


@pytest.mark.parametrize("name", LOOKS)
def test_the_jaw_opens_as_wide_as_a_mouth_does(name):
    rig = rigs.builtin(name)
    assert rig.landmarks is not None
    points = rig.posed(pose(jawOpen=1))
    upper, lower = (points[list(rig.landmarks[key])] for key in ("upperLip", "lowerLip"))
    assert 0.028 < upper[:, 1].min() - lower[:, 1].max() < 0.048


def eyeball(rig: Rig, side: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middle of an eyeball, 1 the left and -1 the right, and how far its white lies from there, metres."""
    assert rig.mesh is not None
    white = rig.mesh.vertices[part(rig, "sclera") & ~part(rig, "iris rim")].astype(np.float64)
    ball = white[side * white[:, 0] > 0]
    unknowns = np.linalg.lstsq(np.c_[2 * ball, np.ones(len(ball))], (ball**2).sum(axis=1), rcond=None)[0]
    return unknowns[:3], np.linalg.norm(ball - unknowns[:3], axis=1)


@pytest.mark.parametrize("name", LOOKS)
def test_eyeballs_are_round_and_alike(name):
    rig = rigs.builtin(name)
    radii = []
    for side in (1, -1):
        _, far = eyeball(rig, side)
        assert np.ptp(far) < 0.0002
        radii.append(far.mean())
    assert radii[0] == pytest.approx(radii[1], rel=1e-4)


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("weight", [0, 0.5, 1])
def test_no_shape_takes_skin_into_an_eyeball(name, weight):
    rig = rigs.builtin(name)
    centre, far = eyeball(rig, 1)
    skin = part(rig, "skin", "lid rim")
    poses = rig.posed(weight * np.eye(len(ARKIT), dtype=np.float32))[:, skin]
    assert np.linalg.norm(poses - centre, axis=2).min() > far.max()


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("look", ["", "Up", "Down", "Out"])
def test_a_blink_covers_the_eye_in_every_look(name, look):
    rig = rigs.builtin(name)
    assert rig.mesh is not None
    weights = pose(eyeBlink=1, **({f"eyeLook{look}": 1} if look else {}))
    pupil = rig.mesh.vertices[part(rig, "pupil")][:, 1].mean()
    seen = np.unique(picture(rig, weights, left=0, right=0.07, bottom=pupil - 0.03, top=pupil + 0.03, step=0.001))
    assert not {rig.mesh.materials[index].name for index in seen if index >= 0} & set(EYEBALL)


@given(
    st.sampled_from(list(traits.TRAITS)),
    st.tuples(st.floats(-0.07, 0.07), st.floats(-0.12, 0.1), st.floats(-0.05, 0.1)),
    st.floats(-2, 2),
)
@settings(deadline=None, max_examples=100)
def test_shapes_are_bent_by_the_derivative_of_what_bends_the_head(name, place, amount):
    step = 1e-5
    point = np.array([place])
    _, slope = traits.bend(point, {name: amount})
    for axis in range(3):
        ahead, behind = (traits.bend(point + sign * step * np.eye(3)[axis], {name: amount})[0] for sign in (1, -1))
        assert slope[0, :, axis] == pytest.approx(((ahead - behind) / (2 * step))[0], abs=1e-3)
