"""Retargeting by shape: a face is found on an unknown head, driven without names, and given shapes of its own."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.lips import Lips
from rigs import Material, Mesh, Rig
from rigs.retarget import fit, format_map, landmarks, parse_map
from rigs.retarget.lip_contact import crossing_depths
from rigs.retarget.solver import Solved, solve
from rigs.surface.anatomy import Anatomy
from rigs.surface.correspondence import Correspondence, correspond
from rigs.surface.face_finder import NAMES, frame
from rigs.surface.registration import raised
from rigs.surface.transfer import transfer
from tests.support import other_head
from tests.support.head_parts import part

pytestmark = pytest.mark.slow

SOURCE = other_head.source()
STRANGER, WHICH = other_head.bent()
JAW, CLOSE = ARKIT.index("jawOpen"), ARKIT.index("mouthClose")


@pytest.fixture(scope="module")
def pair() -> Correspondence:
    return correspond(SOURCE, STRANGER)


@pytest.fixture(scope="module")
def solved(pair) -> Solved:
    return solve(pair)


def driven(solved: Solved, values: np.ndarray) -> np.ndarray:
    """Return the weights (n, 52) of the stranger's shapes for those of ours."""
    clip = Clip(values=values, channels=ARKIT, frame_rate=Fraction(60))
    return solved.retarget(clip, solved.solver).select(STRANGER.shapes).values


@pytest.fixture(scope="module")
def made() -> Rig:
    return transfer(SOURCE, other_head.bare(STRANGER))


def speech(n: int = 120) -> np.ndarray:
    """Return frames (n, 52) in which a mouth opens and shuts, rounds and widens, and lids blink."""
    time = np.arange(n) / 60
    values = np.zeros((n, 52), np.float32)
    values[:, JAW] = 0.35 * (1 - np.cos(2 * np.pi * 3 * time))
    values[:, CLOSE] = np.where(time % 0.5 < 0.25, values[:, JAW], 0)
    for name, rate in (("mouthPucker", 1.1), ("mouthSmileLeft", 0.7), ("mouthSmileRight", 0.7), ("browInnerUp", 0.4)):
        values[:, ARKIT.index(name)] = 0.3 * (1 + np.sin(2 * np.pi * rate * time))
    values[:, [ARKIT.index("eyeBlinkLeft"), ARKIT.index("eyeBlinkRight")]] = ((time % 1.3) < 0.1)[:, None]
    return values


def lips(rig: Rig) -> Lips:
    """Return the lips of the source or of the stranger, whose vertices are the same."""
    assert rig.mesh is not None
    assert SOURCE.landmarks is not None
    return Lips.of(rig.mesh.vertices, rig.mesh.deltas, SOURCE.landmarks)


def test_the_eyes_tell_place_and_size_of_a_face():
    here, there = frame(SOURCE), frame(STRANGER)
    eyes = other_head.bend(here.origin + np.array([[0.5, 0, 0], [-0.5, 0, 0]]) / here.scale)
    assert there.origin == pytest.approx(eyes.mean(axis=0), abs=0.003)
    assert 1 / there.scale == pytest.approx(np.linalg.norm(eyes[0] - eyes[1]), rel=0.03)


def test_the_lips_are_found_and_told_apart():
    head = Anatomy(STRANGER, frame(STRANGER))
    assert SOURCE.landmarks is not None
    corners = head.points[list(SOURCE.landmarks["mouthCorners"])]
    assert head.points[head.seam.upper[-1]] == pytest.approx(corners[0], abs=0.06)
    assert head.points[head.seam.upper[0]] == pytest.approx(corners[1], abs=0.06)
    upper, lower = SOURCE.landmarks["upperLip"], SOURCE.landmarks["lowerLip"]
    assert head.side[list(upper)].min() > 0.8
    assert head.side[list(lower)].max() < -0.8
    assert np.abs(head.side[list(SOURCE.landmarks["mouthCorners"])]).max() < 0.5


def test_heads_are_laid_onto_each_other(pair):
    seen = np.flatnonzero(pair.source.seen)
    laid = pair.warp(raised(pair.source)[seen])
    true = pair.target.points[seen]  # the stranger has the source's vertices
    away = np.linalg.norm(laid - true, axis=1)
    assert np.median(away) < 0.02  # of the distance between the eyes
    assert np.percentile(away, 95) < 0.10
    lip = np.abs(pair.source.side[seen]) > 0.5
    assert np.percentile(away[lip], 95) < 0.05


def test_no_lip_takes_the_motion_of_the_other(pair):
    jaw = pair.target.frame.inwards_moves(pair.motions[JAW])[:, 1]
    upper, lower = jaw[pair.at(pair.target.seam.upper)], jaw[pair.at(pair.target.seam.lower)]
    middle = np.abs(pair.target.seam.places) < 0.5
    true = pair.target.frame.inwards_moves(STRANGER.mesh.deltas[np.argsort(WHICH)[JAW]])[:, 1]
    assert upper[middle] == pytest.approx(true[pair.target.seam.upper[middle]], abs=0.03)
    assert lower[middle] == pytest.approx(true[pair.target.seam.lower[middle]], rel=0.25)


def test_shapes_without_names_are_recognised(solved):
    rows = {target.name: target.sources for target in solved.retarget.targets}
    gains = np.array([[rows[shape].get(name, 0.0) for shape in STRANGER.shapes] for name in ARKIT])
    right = [ARKIT[WHICH[shape]] == name for name, shape in zip(ARKIT, gains.argmax(axis=1), strict=True)]
    assert sum(right) >= 45
    assert solved.score > 0.8
    assert min(solved.likeness.values()) > 0.2


def test_a_face_without_names_speaks_as_ours_does(solved):
    values = speech()
    weights = driven(solved, values)
    assert weights.min() >= 0
    assert weights.max() <= 1
    ours, theirs = lips(SOURCE), lips(STRANGER)
    assert np.corrcoef(ours.opening(values), theirs.opening(weights))[0, 1] > 0.98
    assert np.corrcoef(ours.width(values), theirs.width(weights))[0, 1] > 0.97
    shut = ours.opening(values) < 0.002
    assert 20 < shut.sum() < 100
    assert theirs.opening(weights)[shut].max() < 0.01


def test_the_map_that_shapes_tell_is_a_text_that_does_the_same(solved):
    text = format_map(solved.retarget)
    assert "solve = true" in text
    assert parse_map(text, "stranger") == solved.retarget


def test_lips_stay_shut_and_limits_are_kept_whatever_a_person_writes(solved):
    jaw = STRANGER.shapes[int(np.argsort(WHICH)[JAW])]
    edited = replace(
        solved.retarget,
        targets=tuple(
            replace(target, limits=(0.0, 0.2)) if target.name == jaw else target for target in solved.retarget.targets
        ),
    )
    values = speech()
    values[:, CLOSE] = values[:, JAW]
    clip = Clip(values=values, channels=ARKIT, frame_rate=Fraction(60))
    held = edited(clip, solved.solver)
    assert held[jaw].max() == pytest.approx(0.2, abs=1e-3)
    assert lips(STRANGER).opening(held.select(STRANGER.shapes).values).max() < 0.01
    free = edited(clip.with_channels({"mouthClose": 0 * clip["mouthClose"]}), solved.solver)
    assert lips(STRANGER).opening(free.select(STRANGER.shapes).values).max() > 0.05


def test_other_curves_of_a_clip_stay(solved):
    clip = Clip(values=speech(30)[:, [JAW]], channels=("jawOpen",), frame_rate=Fraction(60))
    clip = clip.with_channels({"headYaw": np.linspace(0, 10, 30)})
    moved = solved.retarget(clip, solved.solver)
    assert moved["headYaw"] == pytest.approx(clip["headYaw"])
    assert moved[STRANGER.shapes[int(np.argsort(WHICH)[JAW])]].max() > 0.3


def test_a_rig_is_fitted_by_shape_where_names_tell_nothing():
    held = fit(STRANGER)
    assert held.solver is not None
    assert held.notes == ("none of its names is known, so it is matched by geometry",)
    few = (ARKIT[WHICH[0]], *STRANGER.shapes[1:])
    assert "names show" in fit(replace(STRANGER, shapes=few)).notes[0]
    known = tuple(ARKIT[shape] for shape in WHICH)
    by_name = fit(replace(STRANGER, shapes=known))
    assert (by_name.solver, by_name.notes) == (None, ())
    with pytest.raises(InputError, match="none of its shape names is known, and found no face on rig 'plane'"):
        fit(replace(plane(), shapes=("odd",), mesh=replace(plane().mesh, deltas=np.zeros((1, 81, 3), np.float32))))


def test_a_mesh_without_shapes_is_given_ours():
    held = fit(other_head.bare(STRANGER))
    assert held.notes == ("it has no shapes, so the 52 of our head were made for its mesh",)
    clip = Clip(values=speech(30), channels=ARKIT, frame_rate=Fraction(60))
    moved = lips(held.rig).opening(held(clip).select(held.rig.shapes).values)
    assert np.corrcoef(moved, lips(SOURCE).opening(clip.values))[0, 1] > 0.98


def test_a_shape_that_moves_nothing_rests(pair):
    assert STRANGER.mesh is not None
    deltas = STRANGER.mesh.deltas.copy()
    deltas[5] = 0
    still = Anatomy(replace(STRANGER, mesh=replace(STRANGER.mesh, deltas=deltas)), pair.target.frame)
    solved = solve(replace(pair, target=still))
    assert STRANGER.shapes[5] in solved.unknown
    assert driven(solved, speech(10))[:, 5].tolist() == [0.0] * 10


def test_a_bare_head_gets_shapes_like_those_it_should_have(made):
    assert made.shapes == ARKIT
    assert STRANGER.mesh is not None
    assert made.mesh is not None
    true = STRANGER.mesh.deltas[np.argsort(WHICH)]
    for name in ("jawOpen", "mouthSmileLeft", "mouthPucker", "browInnerUp", "eyeBlinkRight", "mouthFunnel"):
        shape = ARKIT.index(name)
        moved = np.linalg.norm(true[shape], axis=1)
        error = np.linalg.norm(made.mesh.deltas[shape] - true[shape], axis=1)
        assert error.mean() < 0.35 * moved.mean(), name
    same = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(made.mesh.deltas, true, strict=True)]
    assert np.median(same) > 0.95


def test_lids_shut_eyes_turn_and_teeth_follow_the_jaw(made, pair):
    assert made.mesh is not None
    pupils = np.flatnonzero(part(made, "pupil"))
    left = pupils[pair.target.points[pupils, 0] > 0]
    assert made.mesh.deltas[ARKIT.index("eyeLookUpLeft"), left, 1].min() > 0.002
    assert np.abs(made.mesh.deltas[ARKIT.index("eyeLookUpRight"), left]).max() < 1e-6
    teeth = np.flatnonzero(part(made, "teeth"))
    below = pair.target.points[teeth, 1] < pair.target.points[pair.target.seam.lower, 1].mean() - 0.08
    drop = made.mesh.deltas[JAW, teeth, 1]
    assert drop[below].max() < -0.01
    assert np.abs(drop).min() == 0  # the upper ones stay


def test_made_lips_hardly_cross(made, pair):
    random = np.random.default_rng(1)
    poses = np.eye(52, dtype=np.float32)
    poses[CLOSE, JAW] = 1  # lips shut over an open jaw: that is what it means
    mixes = random.random((20, 52)) ** 2 * (random.random((20, 52)) < 0.3)
    mixes[:, CLOSE] = np.minimum(mixes[:, CLOSE], mixes[:, JAW])
    depths = crossing_depths(pair.target, made, np.concatenate([poses, mixes]).astype(np.float32))
    assert np.median(depths) < 0.0001
    assert depths.max() < 0.0025  # metres, on a head 1.4 times as large as ours, whose own lips cross by 1.8 mm


def test_crossing_lips_are_measured(pair):
    assert STRANGER.mesh is not None
    deltas = np.zeros((1, len(STRANGER.mesh.vertices), 3), np.float32)
    deltas[0, pair.target.side > 0.2, 1] = -0.004
    sunk = replace(STRANGER, shapes=("sunk",), mesh=replace(STRANGER.mesh, deltas=deltas))
    rest, down, up = crossing_depths(pair.target, sunk, np.float32([[0], [1], [-1]]))
    assert rest < 0.0002
    assert 0.0005 < down <= 0.004
    assert up == 0


def test_a_face_without_eyeballs_is_found_by_its_relief():
    blind = other_head.without_eyes(STRANGER)
    found = frame(blind, Anatomy(SOURCE, frame(SOURCE)))
    true = frame(STRANGER)
    assert found.origin == pytest.approx(true.origin, abs=0.008)  # metres, on a head 1.4 times as large as ours
    assert found.scale == pytest.approx(true.scale, rel=0.05)
    values = speech()
    held = fit(blind)
    clip = Clip(values=values, channels=ARKIT, frame_rate=Fraction(60))
    moved = lips(STRANGER).opening(held(clip).select(STRANGER.shapes).values)
    assert np.corrcoef(lips(SOURCE).opening(values), moved)[0, 1] > 0.98


def test_a_person_names_landmarks_where_there_are_no_eyeballs(tmp_path):
    blind = other_head.without_eyes(STRANGER)
    assert blind.mesh is not None
    assert SOURCE.mesh is not None
    assert SOURCE.landmarks is not None
    places = {
        name: other_head.bend(SOURCE.mesh.vertices[list(at)]).round(4).tolist()
        for name, at in SOURCE.landmarks.items()
        if name in NAMES
    }
    path = tmp_path / "stranger.toml"
    path.write_text("\n".join(f"{name} = {value}" for name, value in places.items()))
    named = replace(blind, landmarks=landmarks.read(path, blind))
    found = Anatomy(named, frame(named, Anatomy(SOURCE, frame(SOURCE))))
    assert 1 / found.frame.scale == pytest.approx(1 / frame(STRANGER).scale, rel=0.1)
    middle = np.argmin(np.abs(found.seam.places))
    wanted = other_head.bend(SOURCE.mesh.vertices[list(SOURCE.landmarks["upperLip"])]).mean(axis=0)
    assert named.mesh.vertices[found.seam.upper[middle]] == pytest.approx(wanted, abs=0.006)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("mouthCorners = [1, 2]\nupperLip = [3]\nlowerLip = [4]", "eyeCorners must be a list of 2 vertices or places"),
        ("eyeCorners = [1, 99999]", "eyeCorners has 99999, which is neither a vertex from 0 to 80"),
        ("eyeCorner = [1, 2]", "there is no landmark 'eyeCorner'; there are eyeCorners"),
        ("eyeCorners = [", "is no TOML"),
    ],
)
def test_bad_landmarks_are_explained(tmp_path, text, complaint):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=complaint):
        landmarks.read(path, plane())


def plane() -> Rig:
    """Return a flat mesh of 81 vertices, no face at all."""
    x, y = np.meshgrid(np.linspace(-0.1, 0.1, 9), np.linspace(-0.1, 0.1, 9))
    corner = np.add.outer(np.arange(8) * 9, np.arange(8)).ravel()
    faces = np.stack([corner, corner + 1, corner + 10, corner + 9], 1)
    mesh = Mesh(
        vertices=np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], 1).astype(np.float32),
        face_sizes=np.full(64, 4, np.int32),
        face_vertices=faces.ravel().astype(np.int32),
        face_materials=np.zeros(64, np.int32),
        materials=(Material(name="skin", color=(1, 1, 1)),),
        deltas=np.zeros((0, 81, 3), np.float32),
    )
    return Rig(name="plane", shapes=(), mesh=mesh)


def test_what_is_no_face_is_said_to_be_none():
    with pytest.raises(
        InputError, match=r"found no face on rig 'plane': it has no pair of eyeballs, and nothing .* set eyeCorners"
    ):
        correspond(SOURCE, plane())
    with pytest.raises(InputError, match="'names' has no faces to see its shapes by"):
        correspond(SOURCE, Rig(name="names", shapes=("a",)))
    mesh = plane().mesh
    assert mesh is not None
    vertices = mesh.vertices.copy()
    vertices[3, 1] = np.nan
    with pytest.raises(InputError, match="'torn' holds a NaN"):
        correspond(SOURCE, Rig(name="torn", shapes=(), mesh=replace(mesh, vertices=vertices)))


def test_a_face_that_nothing_moves_cannot_be_driven(pair):
    bare = other_head.bare(STRANGER)
    with pytest.raises(InputError, match="'stranger' has no shapes"):
        solve(replace(pair, target=Anatomy(bare, pair.target.frame)))


@pytest.fixture(scope="module")
def picked(ict_rig, corpora) -> Lips:
    """The lips of ICT FaceKit in all of its own shapes, by vertices that a person picked."""
    lips = np.load(corpora / "ict_facekit" / "lip_vertices.npz")
    vertices, ends = lips["vertices"], np.cumsum([lips["n_upper"], lips["n_lower"], 2])
    marks = dict(zip(("upperLip", "lowerLip", "mouthCorners"), np.split(vertices, ends)[:3], strict=True))
    assert ict_rig.mesh is not None
    return Lips.of(ict_rig.mesh.vertices, ict_rig.mesh.deltas, marks | {"eyeCorners": vertices[-2:]})


def test_ict_facekit_moves_its_lips_as_we_do(ict_rig, picked, hello_clip):
    weights = fit(ict_rig)(hello_clip).select(ict_rig.shapes).values
    values = hello_clip.select(ARKIT).values
    opening = np.corrcoef(lips(SOURCE).opening(values), picked.opening(weights))[0, 1]
    width = np.corrcoef(lips(SOURCE).width(values), picked.width(weights))[0, 1]
    assert opening > 0.98
    assert width > 0.98


def test_ict_facekit_speaks_with_its_names_hidden(ict_rig, picked, hello_clip):
    hidden = replace(ict_rig, shapes=tuple(f"shape_{number:03}" for number in range(len(ict_rig.shapes))))
    weights = fit(hidden)(hello_clip).select(hidden.shapes).values
    values = hello_clip.select(ARKIT).values
    assert np.corrcoef(lips(SOURCE).opening(values), picked.opening(weights))[0, 1] > 0.95
    assert np.corrcoef(lips(SOURCE).width(values), picked.width(weights))[0, 1] > 0.95
    shut = lips(SOURCE).opening(values) < 0.002
    assert shut.sum() > 60
    assert picked.opening(weights)[shut].max() < 0.01


def test_landmarks_of_ict_facekit_measure_what_a_persons_do(ict_rig, picked, hello_clip):
    found = Lips.of(ict_rig.mesh.vertices, ict_rig.mesh.deltas, landmarks.locate(SOURCE, ict_rig))
    weights = fit(ict_rig)(hello_clip).select(ict_rig.shapes).values
    assert found.eye_distance == pytest.approx(picked.eye_distance, rel=0.05)
    assert found.opening(weights) == pytest.approx(picked.opening(weights), abs=0.01)
    assert np.corrcoef(found.width(weights), picked.width(weights))[0, 1] > 0.98
