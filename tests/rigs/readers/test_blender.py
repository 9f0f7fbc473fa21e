"""Rigs from .blend and .fbx files, read by a Blender in a child process."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import usd_export
from audio2blend import blender
from audio2blend.channels import ARKIT
from audio2blend.errors import InputError
from rigs import Rig, builtin, load
from tests.support.small_rig import STILL, patch

pytestmark = pytest.mark.blender


@pytest.fixture(scope="module")
def folder(inside: blender.Child, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with head.blend, the built-in head; odd.blend; and shot.blend, which links odd.blend."""
    folder = tmp_path_factory.mktemp("blends")
    points, faces = bump()
    for name, arguments in {
        "head": {"rig": builtin(), "path": folder / "head.blend"},
        "odd": {"points": points, "faces": faces, "path": folder / "odd.blend"},
        "exported": {"rig": patch(), "folder": folder},
        "shot": {"library": folder / "odd.blend", "path": folder / "shot.blend"},
    }.items():
        inside.call(f"tests.rigs.worker.blend_maker:{name}", arguments)
    return folder


def bump(n: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Return a patch that bulges towards -Y under Z, as Blender's faces do."""
    across = np.linspace(-0.1, 0.1, n)
    x, z = (axis.ravel() for axis in np.meshgrid(across, across))
    corner = np.add.outer(np.arange(n - 1) * n, np.arange(n - 1)).ravel()
    return np.stack([x, 4 * (x**2 + z**2) - 0.05, z], axis=1), corner[:, None] + [0, 1, n + 1, n]


def same(found: Rig, made: Rig) -> None:
    """Assert that two rigs are one, vertex by vertex."""
    assert found.mesh is not None
    assert made.mesh is not None
    assert found.shapes == made.shapes
    np.testing.assert_allclose(found.mesh.vertices, made.mesh.vertices, atol=1e-5)
    np.testing.assert_allclose(found.mesh.deltas, made.mesh.deltas, atol=1e-5)
    np.testing.assert_array_equal(found.mesh.face_vertices, made.mesh.face_vertices)
    np.testing.assert_array_equal(found.mesh.face_materials, made.mesh.face_materials)
    assert [material.name for material in found.mesh.materials] == [material.name for material in made.mesh.materials]
    for joint, own in zip(found.joints, made.joints, strict=True):
        assert (joint.name, joint.parent) == (own.name, own.parent)
        np.testing.assert_allclose(joint.position, own.position, atol=1e-5)
        np.testing.assert_allclose(joint.weights, own.weights, atol=1e-4)


def test_the_built_in_head_comes_back_from_a_blend_file(folder):
    rig = load(folder / "head.blend")
    assert rig.shapes == ARKIT
    assert rig.notes == ()
    same(rig, builtin())


def test_a_rig_comes_back_from_fbx(tmp_path):
    made = patch()
    rig = load(usd_export.write(STILL, tmp_path / "hero.fbx", rig=made))
    assert rig.notes == ()
    same(rig, made)
    assert rig.mesh is not None
    assert made.mesh is not None
    np.testing.assert_allclose(rig.mesh.uv, made.mesh.uv, atol=1e-5)


LONG = "so nennt eine Pipeline aus vielen Knoten eine Form, über_alle_Größen: "


@pytest.mark.parametrize(
    "names",
    [
        (f"{LONG}jawOpen", f"{LONG}jawLeft", "browInnerUp"),  # alike in the 63 bytes that Blender keeps
        ("Basis", "Basis.001", "jawOpen"),  # as Blender calls a mesh at rest
    ],
    ids=["long", "basis"],
)
def test_shapes_of_fbx_files_are_called_as_in_the_file(names, tmp_path):
    made = patch(shapes=names)
    rig = load(usd_export.write(STILL, tmp_path / "hero.fbx", rig=made))
    assert rig.notes == ()
    same(rig, made)


@pytest.mark.parametrize("suffix", [".glb", ".usdc", ".fbx"])
def test_what_blender_exports_is_read_as_it_stood_in_blender(suffix, folder):
    made, found = patch(), load(folder / f"blender{suffix}")
    assert set(made.shapes) == set(found.shapes)
    assert made.mesh is not None
    assert found.mesh is not None
    place = {tuple(row): index for index, row in enumerate(np.round(found.mesh.vertices, 4).tolist())}
    at = [place[tuple(row)] for row in np.round(made.mesh.vertices, 4).tolist()]
    for name, delta in zip(made.shapes, made.mesh.deltas, strict=True):
        np.testing.assert_allclose(found.mesh.deltas[found.shapes.index(name), at], delta, atol=1e-5)
    joints = {joint.name: joint for joint in found.joints}
    for own in made.joints:
        np.testing.assert_allclose(joints[own.name].position, own.position, atol=1e-5)
        np.testing.assert_allclose(joints[own.name].weights[at], own.weights, atol=1e-4)


@pytest.mark.parametrize("name", ["odd.blend", "shot.blend"])
def test_shape_keys_mean_what_blender_shows(name, folder):
    rig = load(folder / name)
    points, _ = bump()
    count = len(points)
    assert rig.shapes == ("jawOpen", "muted", "masked", "driven", "on top")
    assert rig.mesh is not None
    deltas = dict(zip(rig.shapes, rig.mesh.deltas, strict=True))
    ours: Any = points @ np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])
    np.testing.assert_allclose(rig.mesh.vertices[:count], ours, atol=1e-6)
    down = np.array([0, -0.02, 0])
    np.testing.assert_allclose(deltas["jawOpen"][:count], np.tile(down, (count, 1)), atol=1e-6)
    np.testing.assert_allclose(deltas["jawOpen"][count:], np.tile([0, 0.03, 0], (count, 1)), atol=1e-6)
    np.testing.assert_allclose(deltas["masked"][:count], np.where(points[:, :1] > 0, down, 0), atol=1e-6)
    np.testing.assert_allclose(deltas["on top"][:count], np.tile([0, 0, 0.01], (count, 1)), atol=1e-6)
    assert not deltas["muted"][count:].any()
    notes = "\n".join(rig.notes)
    for words in (
        "muted shape keys, which show nothing until they are switched on: muted",
        "keeps from reaching 0 and 1: jawOpen",
        "drivers hold, so that keys on them do nothing: driven",
        "mesh 'Teeth' has a mirrored scale",
        "hidden meshes are left out: Old",
    ):
        assert words in notes
    # The teeth are mirrored, yet their faces look out as those of the face do.
    a, b, c = rig.mesh.vertices[rig.mesh.face_vertices.reshape(-1, 4)[:, :3]].transpose(1, 0, 2)
    normals = np.cross(b - a, c - a)
    assert (normals[:, 2] > 0).all()


@pytest.mark.parametrize("suffix", [".blend", ".fbx"])
def test_files_that_blender_cannot_open_say_so(suffix, tmp_path, folder):
    noise = tmp_path / f"noise{suffix}"
    noise.write_bytes(bytes(range(1, 200)))
    empty = tmp_path / f"empty{suffix}"
    empty.write_bytes(b"")
    start = {".blend": (folder / "odd.blend").read_bytes()[:700], ".fbx": b"Kaydara FBX Binary  \0\x1a\0" + bytes(300)}
    cut = tmp_path / f"cut{suffix}"
    cut.write_bytes(start[suffix])
    for path, words in (
        (noise, "encrypted"),
        (empty, "0 bytes"),
        (cut, "Blender (cannot open it|finds nothing in it)"),
    ):
        with pytest.raises(InputError, match=words) as error:
            load(path)
        assert str(path) in str(error.value)
        assert "\n" not in str(error.value)


def test_a_half_that_a_mirror_modifier_completes_is_whole(tmp_path, inside):
    points, faces = bump(13)
    kept = faces[points[faces].mean(axis=1)[:, 0] > 0]
    used, corners = np.unique(kept, return_inverse=True)
    arguments = {"points": points[used], "faces": corners.reshape(-1, 4), "path": tmp_path / "half.blend"}
    rest, smiling = inside.call("tests.rigs.worker.blend_maker:half", arguments)
    rig = load(tmp_path / "half.blend")
    assert rig.mesh is not None
    assert not any("Mirror" in note for note in rig.notes)

    def in_order(scene: np.ndarray) -> np.ndarray:
        """Return places of the scene, Y up, each beside what lies there when at rest."""
        upright = np.stack([scene[..., 0], scene[..., 2], -scene[..., 1]], axis=-1)
        order = np.lexsort(np.round(upright[0].T, 4))
        return upright[:, order]

    found = np.stack([rig.mesh.vertices, rig.mesh.vertices + rig.mesh.deltas[0]])
    found = found[:, np.lexsort(np.round(found[0].T, 4))]
    np.testing.assert_allclose(found, in_order(np.stack([rest, smiling])), atol=1e-5)
    left, right = rig.joints
    assert (left.name, right.name) == ("cheek.L", "cheek.R")
    assert left.weights.sum() > right.weights.sum() > 0.4 * left.weights.sum()
    corner = rig.mesh.vertices[rig.mesh.face_vertices.reshape(-1, 4)]
    assert (np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])[:, 2] > 0).all()
