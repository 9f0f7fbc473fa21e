"""The built-in head: a sound mesh, and shapes that do what their names say."""

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from audio2blend.channels import ARKIT
from rigs import builtin
from tests.support.head_parts import EYEBALL, part, pose
from tests.support.picture import picture

pytestmark = pytest.mark.slow

HEAD = builtin()
MESH = HEAD.mesh
assert MESH is not None
NAMES = [material.name for material in MESH.materials]
INSIDE = {"teeth", "gums", "tongue", "mouth"}
LEFT = [name for name in ARKIT if name.endswith("Left")]
EYE_WINDOW = {"left": 0.0, "right": 0.07, "bottom": -0.03, "top": 0.03}
MOUTH_WINDOW = {"left": -0.05, "right": 0.05, "bottom": -0.13, "top": -0.035}
SHARE = st.floats(0, 1, width=32)


def move(**weights: float) -> NDArray[np.float32]:
    """Return by how much each vertex moves, shape (n, 3)."""
    return HEAD.posed(pose(**weights)) - MESH.vertices


def seen(weights: NDArray[np.float32], *, yaw: float = 0.0, **window: float) -> set[str]:
    """Return the materials that are seen in a window."""
    return {NAMES[index] for index in np.unique(picture(HEAD, weights, yaw_degrees=yaw, **window)) if index >= 0}


def gap(weights: NDArray[np.float32]) -> float:
    """Return the opening between the inner lips over the distance of the outer eye corners."""
    marks = {key: HEAD.posed(weights)[list(index)] for key, index in HEAD.landmarks.items()}
    open_m = max(0.0, float(marks["upperLip"][:, 1].min() - marks["lowerLip"][:, 1].max()))
    return open_m / float(np.linalg.norm(np.diff(MESH.vertices[list(HEAD.landmarks["eyeCorners"])], axis=0)))


def normals(points: NDArray[np.float32], quads: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return normals as long as twice the faces' areas."""
    a, b, c, d = points[quads].astype(np.float64).transpose(1, 0, 2)
    return np.cross(c - a, d - b)


# The mesh


def test_it_is_life_size_and_looks_ahead():
    skin = MESH.vertices[part(HEAD, "skin")]
    profile = skin[np.abs(skin[:, 0]) < 0.004]
    chin = profile[profile[:, 2] > 0.06][:, 1].min()
    assert 0.22 <= skin[:, 1].max() - chin <= 0.24
    assert MESH.vertices[part(HEAD, "pupil"), 2].min() > 0.07  # it looks along +Z
    assert MESH.vertices[part(HEAD, "shirt"), 1].max() < chin  # and stands upright
    assert 5_000 <= len(MESH.vertices) <= 18_000


def test_it_is_made_of_quads_without_seams_or_loose_ends():
    assert set(np.unique(MESH.face_sizes)) <= {3, 4}
    assert (MESH.face_sizes == 4).mean() >= 0.99
    assert np.array_equal(np.unique(MESH.face_vertices), np.arange(len(MESH.vertices)))
    starts = np.cumsum(MESH.face_sizes) - MESH.face_sizes
    edges: Counter[tuple[int, int]] = Counter()
    for start, size in zip(starts, MESH.face_sizes, strict=True):
        face = MESH.face_vertices[start : start + size].tolist()
        assert len(set(face)) == size
        edges.update(zip(face, face[1:] + face[:1], strict=True))
    assert max(edges.values()) == 1  # each edge bounds at most two faces, and they agree which side is outside


def test_every_face_has_an_area_and_the_skin_faces_outwards():
    quads = MESH.face_vertices[(np.cumsum(MESH.face_sizes) - MESH.face_sizes)[MESH.face_sizes == 4][:, None] + range(4)]
    areas = np.linalg.norm(normals(MESH.vertices, quads), axis=1) / 2
    assert areas.min() > 1e-9
    forehead = part(HEAD, "skin")[quads].all(1) & (MESH.vertices[quads].mean(1)[:, 1] > 0.03)
    outwards = MESH.vertices[quads].mean(1) - [0, 0.02, -0.01]
    assert ((normals(MESH.vertices, quads) * outwards).sum(1)[forehead] > 0).all()


def test_it_has_what_a_face_has():
    assert {"skin", "lips", *INSIDE, "brows", "lashes", "hair", "shirt", *EYEBALL} <= set(NAMES)
    assert len({material.color for material in MESH.materials}) == len(MESH.materials)
    assert all(0 <= value <= 1 for material in MESH.materials for value in material.color)
    lips, skin = (np.array(MESH.materials[NAMES.index(name)].color) for name in ("lips", "skin"))
    assert lips.sum() < skin.sum()
    assert lips[0] / lips.sum() > skin[0] / skin.sum()  # darker and redder


@pytest.mark.slow
def test_it_is_the_same_every_time():
    code = (
        "import hashlib, rigs; m = rigs.builtin().mesh;"
        "print(hashlib.sha256(b''.join(a.tobytes() for a in (m.vertices, m.face_vertices, m.deltas))).hexdigest())"
    )
    runs = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1
    assert builtin() is HEAD


def test_the_head_turns_on_its_joint_and_the_shoulders_stay():
    root, head = HEAD.joints
    assert (root.name, root.parent, head.name, head.parent) == ("root", None, "head", "root")
    assert np.allclose(root.weights + head.weights, 1)
    assert (head.weights[part(HEAD, "lips", "teeth", "tongue", "hair", *EYEBALL)] == 1).all()
    assert (head.weights[part(HEAD, "shirt")] == 0).all()
    neck = part(HEAD, "skin") & (head.weights > 0) & (head.weights < 1)
    assert neck.sum() > 200
    assert np.ptp(MESH.vertices[neck, 1]) > 0.05  # a gradient, not a step
    x, y, z = head.position
    assert x == 0
    assert -0.08 < y < 0
    assert -0.05 < z < 0.02


# The shapes


def test_there_are_the_52_shapes_of_arkit():
    assert HEAD.shapes == ARKIT
    assert np.isfinite(MESH.deltas).all()
    travel = np.linalg.norm(MESH.deltas, axis=2).max(1)
    assert travel.min() > 0.003
    assert travel.max() < 0.08


@pytest.mark.parametrize("name", LEFT)
def test_left_leaves_the_right_alone_and_right_is_its_mirror_image(name):
    left, right = move(**{name: 1}), move(**{name.removesuffix("Left") + "Right": 1})
    if not name.startswith(("jaw", "mouthLeft")):  # these shift the whole mouth to the left
        assert np.abs(left[MESH.vertices[:, 0] < -0.0085]).max() == 0
    a, b = np.flatnonzero(np.abs(left).max(1) > 1e-5), np.flatnonzero(np.abs(right).max(1) > 1e-5)
    assert len(a) == len(b) > 20
    flip = np.array([-1, 1, 1])
    mine = np.concatenate([MESH.vertices[a], left[a]], axis=1)
    theirs = np.concatenate([MESH.vertices[b] * flip, right[b] * flip], axis=1)
    nearest = np.array([np.abs(theirs - row).max(1).min() for row in mine])
    assert nearest.max() < 1e-6


def test_lips_touch_at_rest_and_hide_the_mouth():
    assert gap(pose()) == 0
    upper, lower = (MESH.vertices[list(HEAD.landmarks[key])] for key in ("upperLip", "lowerLip"))
    assert np.abs(upper - lower[::-1]).max() < 1e-6  # neither apart nor through each other
    for yaw in (-35, 0, 35):
        assert not INSIDE & seen(pose(), yaw=yaw, **MOUTH_WINDOW)


@pytest.mark.parametrize(
    "name",
    ["jawForward", "jawLeft", "mouthPucker", "mouthLeft", "mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch",
     "mouthRollUpper", "mouthRollLower", "mouthShrugUpper", "mouthShrugLower", "mouthPress", "cheekPuff"],
)  # fmt: skip
def test_shapes_that_do_not_open_the_mouth_keep_teeth_and_tongue_inside(name):
    for yaw in (-30, 0, 30):
        assert not INSIDE & seen(pose(**{name: 1}), yaw=yaw, **MOUTH_WINDOW)


def test_jaw_open_opens_wide_and_takes_lower_teeth_tongue_and_chin_along():
    opened = move(jawOpen=1)
    height = gap(pose(jawOpen=1)) * np.linalg.norm(np.diff(MESH.vertices[list(HEAD.landmarks["eyeCorners"])], axis=0))
    assert 0.035 <= height <= 0.045
    low_teeth = part(HEAD, "teeth") & (MESH.vertices[:, 1] < -0.0665)
    tongue = part(HEAD, "tongue")
    assert (opened[tongue, 1] < 0).all()
    assert opened[tongue & (MESH.vertices[:, 2] > 0.06), 1].max() < -0.018
    assert opened[low_teeth & (MESH.vertices[:, 2] > 0.07), 1].max() < -0.02
    assert not opened[part(HEAD, "teeth") & (MESH.vertices[:, 1] > -0.064)].any()
    chin = part(HEAD, "skin") & (np.abs(MESH.vertices[:, 0]) < 0.01) & (np.abs(MESH.vertices[:, 1] + 0.1) < 0.004)
    assert opened[chin & (MESH.vertices[:, 2] > 0.06), 1].max() < -0.02
    assert {"teeth", "tongue", "mouth"} <= seen(pose(jawOpen=1), **MOUTH_WINDOW)


@given(weight=SHARE)
@settings(deadline=None, max_examples=40)
def test_mouth_close_seals_an_open_jaw_at_every_weight(weight):
    assert gap(pose(jawOpen=weight, mouthClose=weight)) < 0.01


@pytest.mark.parametrize("weight", [0.25, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("with_it", [{}, {"mouthSmile": 0.6}, {"mouthPucker": 0.8}])
def test_sealed_lips_hide_the_mouth(weight, with_it):
    for yaw in (-30, 0, 30):
        assert not INSIDE & seen(pose(jawOpen=weight, mouthClose=weight, **with_it), yaw=yaw, **MOUTH_WINDOW)


@pytest.mark.parametrize(
    "look", [(), ("Up",), ("Down",), ("In",), ("Out",), ("Up", "In"), ("Up", "Out"), ("Down", "In")]
)
def test_a_blink_covers_the_eye_wherever_it_looks(look):
    weights = pose(eyeBlink=1, **{f"eyeLook{way}": 1 for way in look})
    for yaw in (-30, 0, 30):
        assert not set(EYEBALL) & seen(weights, yaw=yaw, **EYE_WINDOW)


@given(blink=SHARE, squint=SHARE, up=SHARE)
@settings(deadline=None, max_examples=60)
def test_lids_never_cut_into_the_eyeball(blink, squint, up):
    centre = MESH.vertices[part(HEAD, *EYEBALL) & (MESH.vertices[:, 0] > 0)]
    middle = np.array([(centre[:, 0].min() + centre[:, 0].max()) / 2, (centre[:, 1].min() + centre[:, 1].max()) / 2, 0])
    radius = np.ptp(centre[:, 0]) / 2
    middle[2] = centre[:, 2].max() - 0.0012 - radius  # the cornea stands out by so much
    lids = part(HEAD, "lid rim") & (MESH.vertices[:, 0] > 0)
    weights = pose(eyeBlinkLeft=blink, eyeSquintLeft=squint * (1 - blink), eyeLookUpLeft=up)
    assert np.linalg.norm(HEAD.posed(weights)[lids] - middle, axis=1).min() > radius


@pytest.mark.parametrize(
    ("name", "where", "axis", "sign"),
    [
        ("eyeLookUpLeft", "pupil", 1, 1), ("eyeLookDownLeft", "pupil", 1, -1),
        ("eyeLookOutLeft", "pupil", 0, 1), ("eyeLookInLeft", "pupil", 0, -1),
        ("eyeLookOutRight", "pupil", 0, -1), ("eyeLookInRight", "pupil", 0, 1),
        ("browInnerUp", "brows", 1, 1), ("browDownLeft", "brows", 1, -1), ("browOuterUpLeft", "brows", 1, 1),
        ("jawForward", "teeth", 2, 1), ("jawLeft", "teeth", 0, 1), ("jawRight", "teeth", 0, -1),
        ("mouthLeft", "lips", 0, 1), ("mouthRight", "lips", 0, -1), ("mouthPucker", "lips", 2, 1),
        ("mouthFunnel", "lips", 2, 1), ("mouthRollUpper", "lips", 2, -1), ("mouthRollLower", "lips", 2, -1),
        ("mouthSmileLeft", "lips", 1, 1), ("mouthFrownLeft", "lips", 1, -1), ("mouthDimpleLeft", "lips", 2, -1),
        ("mouthStretchLeft", "lips", 0, 1), ("mouthUpperUpLeft", "lips", 1, 1), ("mouthLowerDownLeft", "lips", 1, -1),
        ("mouthShrugLower", "lips", 1, 1), ("mouthShrugUpper", "lips", 2, 1), ("noseSneerLeft", "skin", 1, 1),
        ("cheekPuff", "skin", 2, 1), ("cheekSquintLeft", "skin", 1, 1), ("eyeWideLeft", "lashes", 1, 1),
        ("eyeBlinkLeft", "lashes", 1, -1), ("tongueOut", "tongue", 2, 1),
    ],
)  # fmt: skip
def test_each_shape_goes_where_its_name_says(name, where, axis, sign):
    travel = move(**{name: 1})[part(HEAD, where)]
    largest = travel[np.linalg.norm(travel, axis=1).argmax()]
    assert sign * largest[axis] > 0.0015


def test_pucker_narrows_the_mouth_and_smile_and_stretch_widen_it():
    def width(**weights: float) -> float:
        corners = HEAD.posed(pose(**weights))[list(HEAD.landmarks["mouthCorners"])]
        return float(np.linalg.norm(corners[0] - corners[1]))

    assert width(mouthPucker=1) < 0.7 * width()
    assert width(mouthFunnel=1) < 0.9 * width()
    assert width(mouthSmile=1) > 1.2 * width()
    assert width(mouthStretch=1) > 1.2 * width()


def test_the_tongue_comes_out():
    out = HEAD.posed(pose(tongueOut=1))
    assert out[part(HEAD, "tongue"), 2].max() > out[part(HEAD, "lips"), 2].max() + 0.015
    assert "tongue" in seen(pose(tongueOut=1), **MOUTH_WINDOW)


@pytest.mark.parametrize("name", [name for name in ARKIT if not name.endswith("Right") and name != "mouthClose"])
def test_no_face_of_the_front_turns_over(name):
    """mouthClose is left out: without an open jaw it pushes the lips past each other, as ARKit's does."""
    quads = MESH.face_vertices[(np.cumsum(MESH.face_sizes) - MESH.face_sizes)[MESH.face_sizes == 4][:, None] + range(4)]
    middle = MESH.vertices[quads].mean(1)
    front = part(HEAD, "skin", "lips")[quads].all(1) & (middle[:, 2] > 0.06) & (middle[:, 1] > -0.1)
    before = normals(MESH.vertices, quads[front])
    after = normals(HEAD.posed(pose(**{name: 1})), quads[front])
    assert ((before * after).sum(1) < 0).sum() <= 16  # of some 3000: folds at the corners of eyes and mouth
