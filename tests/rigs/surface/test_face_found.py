"""Where the face of a rig is found: on fine meshes, and by landmarks that a person names well or badly."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audio2blend.errors import InputError
from rigs import Mesh, Rig
from rigs.retarget import landmarks
from rigs.surface.anatomy import Anatomy
from rigs.surface.face_finder import frame
from rigs.surface.mesh import edges, triangles
from tests.support import other_head

pytestmark = pytest.mark.slow

STRANGER, _ = other_head.bent()
MARKS = other_head.source().landmarks or {}  # the stranger has the source's vertices


def finer(rig: Rig) -> Rig:
    """Return a rig without shapes whose triangles are four each; the vertices that it had come first."""
    assert rig.mesh is not None
    faces, points = triangles(rig.mesh), rig.mesh.vertices
    pairs = edges(faces)
    number = {(a, b): len(points) + k for k, (a, b) in enumerate(pairs.tolist())}
    a, b, c = faces.T
    ab, bc, ca = (
        np.array([number[min(pair), max(pair)] for pair in zip(first.tolist(), second.tolist(), strict=True)])
        for first, second in ((a, b), (b, c), (c, a))
    )
    split = np.concatenate([np.stack(corners, 1) for corners in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))])
    vertices = np.concatenate([points, points[pairs].mean(axis=1)]).astype(np.float32)
    mesh = Mesh(
        vertices=vertices,
        face_sizes=np.full(len(split), 3, np.int32),
        face_vertices=split.ravel().astype(np.int32),
        face_materials=np.zeros(len(split), np.int32),
        materials=rig.mesh.materials[:1],
        deltas=np.zeros((0, *vertices.shape), np.float32),
    )
    return replace(rig, shapes=(), mesh=mesh)


def test_the_lips_of_a_fine_mesh_are_found_in_bounded_memory() -> None:
    """On 48 thousand vertices; on four times as many, looking at all pairs at once took 22 GiB."""
    coarse = Anatomy(STRANGER, frame(STRANGER))
    rig = finer(STRANGER)
    fine = Anatomy(rig, frame(rig))
    tracemalloc.start()
    seam = fine.seam
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 120e6
    for name in ("upper", "lower"):
        line, wanted = fine.points[getattr(seam, name)], coarse.points[getattr(coarse.seam, name)]
        heights = np.interp(wanted[:, 0], line[:, 0], line[:, 1])
        assert heights == pytest.approx(wanted[:, 1], abs=0.03), "in distances between the eyes"


def test_eyes_that_are_halves_of_balls_with_hollow_irises_tell_the_face_too() -> None:
    """As the commonest avatars on the web have them; their relief alone is not believed on a whole body."""
    whole, half = frame(STRANGER), frame(other_head.with_half_eyes(STRANGER))
    assert half.origin == pytest.approx(whole.origin, abs=0.002)
    assert half.scale == pytest.approx(whole.scale, rel=0.02)
    assert Anatomy(other_head.with_half_eyes(STRANGER), half).lids is not None


def test_landmarks_of_the_lips_alone_do_not_place_a_face() -> None:
    some = replace(STRANGER, landmarks={name: MARKS[name] for name in ("upperLip", "lowerLip")})
    like = Anatomy(other_head.source(), frame(other_head.source()))
    assert frame(some, like).origin == pytest.approx(frame(STRANGER).origin)


@pytest.mark.parametrize("shift_m", [-0.05, -0.03, 0.03, 0.06])
def test_lips_that_are_named_where_none_are_is_told(shift_m: float) -> None:
    blind = other_head.without_eyes(STRANGER)
    assert STRANGER.mesh is not None
    assert blind.mesh is not None

    def beside(vertex: int, up_m: float) -> int:
        place = STRANGER.mesh.vertices[vertex] + np.array([0, up_m, 0])
        return int(np.linalg.norm(blind.mesh.vertices - place, axis=1).argmin())

    marks = {
        name: tuple(beside(vertex, 0.0 if name == "eyeCorners" else shift_m) for vertex in at)
        for name, at in MARKS.items()
    }
    named = replace(blind, landmarks=marks)
    like = Anatomy(other_head.source(), frame(other_head.source()))
    with pytest.raises(InputError, match="found no lips that meet between the corners of the mouth"):
        _ = Anatomy(named, frame(named, like)).seam


@pytest.mark.parametrize(
    ("eyes", "complaint"),
    [
        ("[[nan, 0.0, 0.0], 5]", r"\[nan, 0.0, 0.0\], which is neither a vertex from 0"),
        ("[[inf, 0, 0], 5]", "neither a vertex"),
        (f"[[1{'0' * 400}, 0, 0], 5]", "neither a vertex"),
        ("[[true, 0, 0], 5]", "neither a vertex"),
        ("[[4.5, 168, 7], 5]", "which lies 166.52 m off the mesh; write places in metres"),
        ("[5, 5]", "eyeCorners names one vertex of the mesh twice; name two places apart"),
    ],
)
def test_places_that_are_none_are_told(eyes: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "hero.face.toml"
    path.write_text(f"eyeCorners = {eyes}\nmouthCorners = [1, 2]\nupperLip = [3]\nlowerLip = [4]", "utf-8")
    with pytest.raises(InputError, match=complaint):
        landmarks.read(path, STRANGER)


def test_landmarks_may_be_saved_by_windows_notepad(tmp_path: Path) -> None:
    path = tmp_path / "hero.face.toml"
    path.write_text("eyeCorners = [5, 6]\nmouthCorners = [1, 2]\nupperLip = [3]\nlowerLip = [4]", "utf-8-sig")
    assert landmarks.read(path, STRANGER)["eyeCorners"] == (5, 6)
