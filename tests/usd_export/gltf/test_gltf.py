"""The .glb file, read back with pygltflib, the Khronos validator, and Blender's importer."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pygltflib
import pytest

import rigs
import usd_export
from audio2blend import blender
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from rigs.skeleton import head_rotations
from tests.support.gltf_reader import array_of, khronos_issues, needs_validator, vertices_of
from tests.support.posing import blender_axes, posed
from tests.support.small_rig import patch
from tests.support.talking import RATES, talking
from usd_export.normals import vertex_normals

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rig, Clip, Path]:
    """Return a face, its clip, and the file they were written to."""
    rig, clip = patch(), replace(talking(24, Fraction(30000, 1001)), metadata={"source": "hello.wav"})
    return rig, clip, usd_export.write(clip, tmp_path_factory.mktemp("glb") / "line.glb", rig=rig)


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_every_frame_lies_at_its_exact_time(rate: Fraction, tmp_path: Path) -> None:
    clip = talking(500, rate, start_s=1.5)
    gltf = pygltflib.GLTF2().load(str(usd_export.write(clip, tmp_path / "line.glb", rig=patch())))
    exact = np.array([float(Fraction(3, 2) + k / rate) for k in range(500)])
    for sampler in gltf.animations[0].samplers:
        times = array_of(gltf, sampler.input)[:, 0]
        assert np.array_equal(times, exact.astype(np.float32))
        assert gltf.accessors[sampler.input].max == [float(times[-1])]
    assert gltf.asset.extras["frame_rate"] == str(rate)


def test_weights_and_head_are_the_clip(written: tuple[Rig, Clip, Path]) -> None:
    rig, clip, path = written
    gltf = pygltflib.GLTF2().load(str(path))
    curves = {
        (gltf.nodes[channel.target.node].name, channel.target.path): array_of(
            gltf, gltf.animations[0].samplers[channel.sampler].output
        )
        for channel in gltf.animations[0].channels
    }
    assert set(curves) == {("patch", "weights"), ("head", "rotation")}
    weights = curves["patch", "weights"].reshape(len(clip), len(rig.shapes))
    assert np.array_equal(weights, clip.select(rig.shapes).values)
    assert np.array_equal(np.roll(curves["head", "rotation"], 1, axis=1), head_rotations(clip))
    assert tuple(gltf.meshes[0].extras["targetNames"]) == rig.shapes
    assert gltf.asset.extras["metadata"] == {"source": "hello.wav"}


def test_each_material_is_a_primitive_with_its_part_of_the_mesh(written: tuple[Rig, Clip, Path]) -> None:
    rig, _, path = written
    assert rig.mesh
    gltf = pygltflib.GLTF2().load(str(path))
    assert [material.name for material in gltf.materials] == ["skin", "cloth"]
    for primitive, vertices, look in zip(
        gltf.meshes[0].primitives, vertices_of(rig.mesh), rig.mesh.materials, strict=True
    ):
        assert np.array_equal(array_of(gltf, primitive.attributes.POSITION), rig.mesh.vertices[vertices])
        surface = gltf.materials[primitive.material].pbrMetallicRoughness
        assert surface.baseColorFactor == pytest.approx([*look.color, 1])
        assert surface.roughnessFactor == look.roughness
        triangles = array_of(gltf, primitive.indices).reshape(-1, 3)
        assert len(triangles) == 2 * 64  # 64 quads
        corners = array_of(gltf, primitive.attributes.POSITION)[triangles].astype(np.float64)
        areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        assert (areas[:, 2] > 0).all()  # counter-clockwise, seen from the front
        assert np.linalg.norm(areas, axis=1).sum() / 2 == pytest.approx(0.2 * 0.2067, rel=0.01)  # a bent square


def test_colours_of_vertices_darken_that_of_their_material(tmp_path: Path) -> None:
    rig = patch()
    assert rig.mesh
    colors = np.random.default_rng(0).random(rig.mesh.vertices.shape).astype(np.float32)
    painted = replace(rig, mesh=replace(rig.mesh, colors=colors))
    gltf = pygltflib.GLTF2().load(str(usd_export.write(talking(2), tmp_path / "line.glb", rig=painted)))
    for primitive, vertices in zip(gltf.meshes[0].primitives, vertices_of(rig.mesh), strict=True):
        accessor = gltf.accessors[primitive.attributes.COLOR_0]
        assert (accessor.componentType, accessor.normalized) == (pygltflib.UNSIGNED_BYTE, True)
        tint = array_of(gltf, primitive.attributes.COLOR_0) / 255
        color = np.array(rig.mesh.materials[primitive.material].color)
        assert tint[:, :3] * color == pytest.approx(np.minimum(colors[vertices], color), abs=0.002)
        assert (tint[:, 3] == 1).all()


def test_targets_are_sparse_and_move_positions_and_normals(written: tuple[Rig, Clip, Path]) -> None:
    rig, _, path = written
    assert rig.mesh
    gltf = pygltflib.GLTF2().load(str(path))
    rest = vertex_normals(rig.mesh, rig.mesh.vertices)
    for primitive, vertices in zip(gltf.meshes[0].primitives, vertices_of(rig.mesh), strict=True):
        assert np.abs(array_of(gltf, primitive.attributes.NORMAL) - rest[vertices]).max() < 1e-6
        for target, delta in zip(primitive.targets, rig.mesh.deltas, strict=True):
            assert gltf.accessors[target["POSITION"]].bufferView is None
            assert np.abs(array_of(gltf, target["POSITION"]) - delta[vertices]).max() < 1e-6
            turned = vertex_normals(rig.mesh, rig.mesh.vertices + delta)
            assert np.abs(array_of(gltf, target["NORMAL"]) - (turned - rest)[vertices]).max() <= 0.004


def test_normals_are_those_of_the_surface() -> None:
    """The patches are z = 0.05 cos(10 x), whose normal is known."""
    rig = patch()
    assert rig.mesh
    slope = -0.5 * np.sin(10 * rig.mesh.vertices[:, 0])
    true = np.stack([-slope, np.zeros_like(slope), np.ones_like(slope)], axis=1)
    true /= np.linalg.norm(true, axis=1, keepdims=True)
    found = vertex_normals(rig.mesh, rig.mesh.vertices)
    inside = np.abs(rig.mesh.vertices[:, 0]) < 0.09  # at the rim there are faces on one side only
    assert np.abs(found - true)[inside].max() < 0.01
    assert np.linalg.norm(found, axis=1) == pytest.approx(1)


def test_skin_binds_every_vertex(written: tuple[Rig, Clip, Path]) -> None:
    rig, _, path = written
    gltf = pygltflib.GLTF2().load(str(path))
    (skin,) = gltf.skins
    assert [gltf.nodes[joint].name for joint in skin.joints] == ["root", "head"]
    assert rig.mesh
    for primitive, vertices in zip(gltf.meshes[0].primitives, vertices_of(rig.mesh), strict=True):
        joints = array_of(gltf, primitive.attributes.JOINTS_0)
        weights = array_of(gltf, primitive.attributes.WEIGHTS_0)
        on_head = np.where(joints == 1, weights, 0).sum(axis=1)
        assert np.abs(on_head - rig.joints[1].weights[vertices]).max() < 1e-6
        assert np.abs(weights.sum(axis=1) - 1).max() < 1e-6


def test_a_tear_in_uv_makes_new_vertices_and_v_points_down(tmp_path: Path) -> None:
    rig = patch()
    assert rig.mesh is not None
    assert rig.mesh.uv is not None
    uv = rig.mesh.uv.copy()
    uv[:4] = [[0, 0], [0.1, 0], [0.1, 0.25], [0, 0.25]]  # the first quad lies elsewhere
    torn = replace(rig, mesh=replace(rig.mesh, uv=uv))
    gltf = pygltflib.GLTF2().load(str(usd_export.write(talking(2), tmp_path / "line.glb", rig=torn)))
    first, second = gltf.meshes[0].primitives
    assert gltf.accessors[first.attributes.POSITION].count == 81 + 3  # one corner of it belongs to no other face
    assert gltf.accessors[second.attributes.POSITION].count == 81
    found = array_of(gltf, first.attributes.TEXCOORD_0)[array_of(gltf, first.indices)[:3, 0]]
    assert found == pytest.approx(np.array([[0, 1], [0.1, 1], [0.1, 0.75]]))


def bare(rig: Rig) -> Rig:
    """Return the rig without joints and texture coordinates."""
    assert rig.mesh
    return replace(rig, joints=(), mesh=replace(rig.mesh, uv=None))


@needs_validator
@pytest.mark.parametrize("rig", [patch(), bare(patch()), rigs.builtin()], ids=["patch", "bare", "builtin"])
@pytest.mark.parametrize("count", [1, 24])
def test_khronos_validator_finds_nothing(rig: Rig, count: int, tmp_path: Path) -> None:
    issues = khronos_issues(usd_export.write(talking(count), tmp_path / "line.glb", rig=rig))
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]


@needs_validator
def test_khronos_validator_does_find_faults(written: tuple[Rig, Clip, Path], tmp_path: Path) -> None:
    gltf = pygltflib.GLTF2().load(str(written[2]))
    gltf.meshes[0].primitives[0].targets.pop()
    gltf.save_binary(str(tmp_path / "broken.glb"))
    assert khronos_issues(tmp_path / "broken.glb")["numErrors"] > 0


def test_the_same_input_gives_the_same_bytes(written: tuple[Rig, Clip, Path], tmp_path: Path) -> None:
    rig, clip, path = written
    assert usd_export.write(clip, tmp_path / "again.glb", rig=rig).read_bytes() == path.read_bytes()


def test_sparse_targets_keep_the_built_in_head_small(tmp_path: Path) -> None:
    rig = rigs.builtin()
    assert rig.mesh
    path = usd_export.write(talking(10), tmp_path / "line.glb", rig=rig)
    dense = len(rig.mesh.vertices) * len(rig.shapes) * 2 * 12  # positions and normals, three float32 each
    assert path.stat().st_size < dense / 3


def test_what_gltf_cannot_hold_is_refused(tmp_path: Path) -> None:
    empty = Clip(values=np.zeros((0, 1)), channels=("jawOpen",), frame_rate=Fraction(60))
    with pytest.raises(InputError, match="the clip holds no frames"):
        usd_export.write(empty, tmp_path / "line.glb", rig=patch())
    with pytest.raises(InputError, match="glTF has no time before 0"):
        usd_export.write(talking(2, start_s=-0.1), tmp_path / "line.glb", rig=patch())
    with pytest.raises(InputError, match="has no shapes to animate"):
        usd_export.write(talking(2), tmp_path / "line.glb", rig=replace(patch(shapes=()), joints=()))
    with pytest.raises(InputError, match="needs a rig with a mesh"):
        usd_export.write(talking(2), tmp_path / "line.glb", rig=Rig(name="names", shapes=ARKIT))
    assert not list(tmp_path.iterdir())


@pytest.mark.blender
def test_blender_plays_what_was_written(inside: blender.Child, tmp_path: Path) -> None:
    rig = patch()
    assert rig.mesh
    order = np.concatenate(vertices_of(rig.mesh))
    for rate in (Fraction(24), Fraction(30000, 1001), Fraction(60)):
        clip = talking(48, rate)
        path = usd_export.write(clip, tmp_path / "line.glb", rig=rig)
        numbers = [0, 1, 20, 47]
        frames = [float(24 * number / rate) for number in numbers]  # a new scene has 24 frames a second
        found = inside.call("tests.usd_export.worker.imported:describe", {"path": path, "frames": frames})
        assert tuple(found["shapes"]) == rig.shapes
        assert found["materials"] == ["skin", "cloth"]
        assert found["bones"] == ["root", "head"]
        assert found["smooth"]
        for row, number in enumerate(numbers):
            assert np.abs(found["weights"][row] - clip.select(rig.shapes).values[number]).max() < 1e-3
            expected = blender_axes(posed(rig, clip, number))[order]
            assert np.abs(found["vertices"][row] - expected).max() < 1e-4
