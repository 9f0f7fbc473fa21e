"""Rigs from files with one mesh or many: glTF, VRM, USD and lists of names, and what is refused."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pxr import Gf, Usd, UsdGeom, UsdSkel

import usd_export
from audio2blend.channels import ARKIT
from audio2blend.errors import InputError
from rigs import Rig, builtin, load
from rigs.readers import suffixes
from tests.support.small_rig import STILL, patch
from usd_export.gltf.arrays import Arrays

SHARED_SHAPES = ("jawOpen", "mouthClose")


def farthest(made: Rig, found: Rig) -> float:
    """Return how far, in metres, any shape moves a vertex of `made` otherwise than the one of `found` that lies there;
    where several lie there, as on closed lips, the one that moves most alike."""
    assert made.mesh is not None
    assert found.mesh is not None
    order = np.argsort(found.mesh.vertices[:, 0])
    places, deltas = found.mesh.vertices[order], found.mesh.deltas[:, order]
    starts, ends = (np.searchsorted(places[:, 0], made.mesh.vertices[:, 0] + side) for side in (-1e-5, 1e-5))
    worst = 0.0
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        near = start + np.flatnonzero(np.abs(places[start:end] - made.mesh.vertices[index]).max(axis=1) < 1e-5)
        worst = max(worst, np.abs(deltas[:, near] - made.mesh.deltas[:, None, index]).max(axis=(0, 2)).min())
    return worst


def same_face(found: Rig, made: Rig, *, metres: float = 1e-4) -> None:
    """Assert that two rigs have the same vertices with the same deltas, whatever their order."""
    assert found.mesh is not None
    assert made.mesh is not None
    assert found.shapes == made.shapes
    order_of = [np.lexsort(np.round(rig.mesh.vertices.T * 2e4)) for rig in (found, made)]
    assert len(found.mesh.vertices) == len(made.mesh.vertices)
    for a, b in (
        (found.mesh.vertices[order_of[0]], made.mesh.vertices[order_of[1]]),
        (found.mesh.deltas[:, order_of[0]], made.mesh.deltas[:, order_of[1]]),
    ):
        np.testing.assert_allclose(a, b, atol=metres)
    for joint, own in zip(found.joints, made.joints, strict=True):
        assert (joint.name, joint.parent) == (own.name, own.parent)
        np.testing.assert_allclose(joint.position, own.position, atol=1e-5)
        np.testing.assert_allclose(joint.weights[order_of[0]], own.weights[order_of[1]], atol=1e-3)


@pytest.mark.parametrize("suffix", ["glb", "usda", "usdc", "usdz"])
def test_a_rig_comes_back_as_it_was_written(suffix, tmp_path):
    rig = patch()
    found = load(usd_export.write(STILL, tmp_path / f"hero.{suffix}", rig=rig))
    assert found.name == "hero"
    assert found.notes == ()
    same_face(found, rig)
    assert rig.mesh is not None
    assert found.mesh is not None
    assert [material.name for material in found.mesh.materials] == ["skin", "cloth"]
    np.testing.assert_allclose(found.mesh.materials[0].color, rig.mesh.materials[0].color, atol=1e-6)
    area = {name: np.abs(shoelace(rig)).sum() for name, rig in (("made", rig), ("found", found))}
    assert area["found"] == pytest.approx(area["made"], rel=1e-4)  # the texture is laid out as before


def shoelace(rig: Rig) -> np.ndarray:
    """Return the area of every face in texture space."""
    mesh = rig.mesh
    assert mesh is not None
    assert mesh.uv is not None
    areas = []
    for face in np.split(mesh.uv, np.cumsum(mesh.face_sizes)[:-1]):
        x, y = face.T
        areas.append((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)
    return np.array(areas)


@pytest.mark.parametrize("suffix", ["glb", "usdc"])
def test_the_built_in_head_comes_back(suffix, tmp_path):
    rig = builtin()
    found = load(usd_export.write(STILL, tmp_path / f"head.{suffix}", rig=rig))
    assert found.shapes == ARKIT
    assert found.notes == ()
    assert farthest(rig, found) < 1e-5
    assert farthest(found, rig) < 1e-5
    assert [(joint.name, joint.parent) for joint in found.joints] == [("root", None), ("head", "root")]


def gltf(path: Path, *meshes: tuple[np.ndarray, dict[str, np.ndarray]], names: bool = True, **node: Any) -> Path:
    """Write triangles with morph targets to a .glb file: each mesh a node."""
    arrays = Arrays()
    content: dict[str, Any] = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": list(range(len(meshes)))}]}
    content["nodes"] = [{"name": f"part{index}", "mesh": index, **node} for index in range(len(meshes))]
    content["meshes"] = []
    for points, shapes in meshes:
        targets = [{"POSITION": arrays.accessor(delta.astype("<f4"))} for delta in shapes.values()]
        primitive = {"attributes": {"POSITION": arrays.accessor(points.astype("<f4"))}, "targets": targets}
        content["meshes"].append({"primitives": [primitive]})
        if names:
            content["meshes"][-1]["extras"] = {"targetNames": list(shapes)}
    arrays.write(path, content)
    return path


def triangles(offset: float = 0.0, count: int = 6) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return loose triangles of the size of a face, and two shapes."""
    random = np.random.default_rng(int(offset * 100))
    points = random.random((3 * count, 3)) * 0.2 + [offset, 0, 0]
    return points, {name: random.normal(0, 0.01, points.shape) for name in SHARED_SHAPES}


def test_meshes_that_share_a_shape_move_together(tmp_path):
    face, teeth = triangles(), triangles(0.3)
    teeth[1]["tongueOut"] = teeth[1].pop("mouthClose")
    rig = load(gltf(tmp_path / "hero.glb", face, teeth))
    assert rig.shapes == ("jawOpen", "mouthClose", "tongueOut")
    assert rig.mesh is not None
    np.testing.assert_allclose(rig.mesh.vertices, np.concatenate([face[0], teeth[0]]), atol=1e-6)
    jaw = np.concatenate([face[1]["jawOpen"], teeth[1]["jawOpen"]])
    np.testing.assert_allclose(rig.mesh.deltas[0], jaw, atol=1e-6)
    assert not rig.mesh.deltas[1, len(face[0]) :].any()
    assert not rig.mesh.deltas[2, : len(face[0])].any()


def test_a_node_turns_and_scales_its_mesh_and_its_shapes(tmp_path):
    points, shapes = triangles()
    half = np.sqrt(0.5)
    rig = load(
        gltf(
            tmp_path / "a.glb", (points / 2, shapes), rotation=[0, 0, half, half], scale=[2] * 3, translation=[0, 1, 0]
        )
    )
    turned = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])
    assert rig.mesh is not None
    np.testing.assert_allclose(rig.mesh.vertices, points @ turned.T + [0, 1, 0], atol=1e-6)
    np.testing.assert_allclose(rig.mesh.deltas[0], 2 * shapes["jawOpen"] @ turned.T, atol=1e-6)


def bump(n: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Return a patch that bulges towards +Z, as points and triangles that look there."""
    across = np.linspace(-0.1, 0.1, n)
    x, y = (axis.ravel() for axis in np.meshgrid(across, across))
    corner = np.add.outer(np.arange(n - 1) * n, np.arange(n - 1)).ravel()
    faces = np.concatenate([corner[:, None] + [0, 1, n + 1], corner[:, None] + [0, n + 1, n]])
    return np.stack([x, y, 0.05 - 4 * (x**2 + y**2)], axis=1), faces


def front_of(rig: Rig) -> np.ndarray:
    """Return the mean normal of a rig's faces."""
    assert rig.mesh is not None
    a, b, c = rig.mesh.vertices[rig.mesh.face_vertices.reshape(-1, 3)].transpose(1, 0, 2)
    total = np.cross(b - a, c - a).sum(axis=0)
    return np.asarray(total / np.linalg.norm(total))


def test_a_mirrored_node_still_looks_outwards_and_says_so(tmp_path):
    points, faces = bump()
    loose = points[faces.ravel()]
    rig = load(gltf(tmp_path / "a.glb", (loose, {"jawOpen": 0 * loose + [0, 0.01, 0]}), scale=[-1, 1, 1]))
    np.testing.assert_allclose(front_of(rig), [0, 0, 1], atol=1e-6)
    assert any("mirrored scale" in note for note in rig.notes)


def test_split_vertices_are_one_again_but_touching_lips_stay_two(tmp_path):
    points = np.array([[0, 0, 0], [0.1, 0, 0], [0, 0.1, 0], [0, 0, 0], [0.1, 0, 0], [0, -0.1, 0], [0.1, 0, 0]])
    points = np.concatenate([points, [[0.1, 0.1, 0], [0, 0.1, 0]]])
    lower = np.zeros((9, 3))
    lower[3:6, 1] = -0.02  # the second triangle is the lower lip
    rig = load(gltf(tmp_path / "a.glb", (points, {"jawOpen": lower})))
    assert rig.mesh is not None
    assert len(rig.mesh.vertices) == 7  # the first and the third triangle share an edge, the lips nothing
    np.testing.assert_allclose(rig.mesh.vertices[rig.mesh.face_vertices], points, atol=1e-7)
    np.testing.assert_allclose(rig.mesh.deltas[0][rig.mesh.face_vertices], lower, atol=1e-7)


def test_shapes_without_names_are_numbered(tmp_path):
    assert load(gltf(tmp_path / "a.glb", triangles(), names=False)).shapes == ("shape_000", "shape_001")


def with_json(path: Path, change: dict[str, Any]) -> Path:
    """Rewrite the JSON of a .glb file: the same as .gltf with the buffer in it."""
    content = path.read_bytes()
    size = int.from_bytes(content[12:16], "little")
    scene = json.loads(content[20 : 20 + size]) | change
    scene["buffers"][0]["uri"] = (
        "data:application/octet-stream;base64," + base64.b64encode(content[28 + size :]).decode()
    )
    out = path.with_suffix(".gltf")
    out.write_text(json.dumps(scene), "utf-8")
    return out


def test_a_texture_that_is_not_read_is_told_and_leaves_grey(tmp_path):
    path = usd_export.write(STILL, tmp_path / "a.glb", rig=patch())
    looks = json.loads(with_json(path, {}).read_text("utf-8"))["materials"]
    looks[0]["pbrMetallicRoughness"] = {"baseColorTexture": {"index": 0}, "baseColorFactor": [0.5, 1, 1, 1]}
    rig = load(with_json(path, {"materials": looks}))
    assert rig.mesh is not None
    np.testing.assert_allclose(rig.mesh.materials[0].color, [0.3, 0.6, 0.6])
    assert any("textures are not read" in note for note in rig.notes)


VRM_1 = {
    "VRMC_vrm": {
        "specVersion": "1.0",
        "expressions": {
            "preset": {
                "aa": {
                    "morphTargetBinds": [{"node": 0, "index": 0, "weight": 0.5}, {"node": 1, "index": 1, "weight": 1}]
                },
                "happy": {"morphTargetBinds": []},
            },
            "custom": {"mouthClose": {"morphTargetBinds": [{"node": 0, "index": 0, "weight": 1}]}},
        },
        "humanoid": {"humanBones": {"head": {"node": 1}}},
    }
}
VRM_0 = {
    "VRM": {
        "blendShapeMaster": {
            "blendShapeGroups": [
                {"name": "A", "presetName": "a", "binds": [{"mesh": 0, "index": 0, "weight": 50}]},
                {"name": "Grin", "presetName": "unknown", "binds": [{"mesh": 1, "index": 0, "weight": 100}]},
            ]
        }
    }
}


def test_vrm_expressions_are_shapes_of_all_that_they_move(tmp_path):
    face, body = triangles(), triangles(0.3)
    path = with_json(gltf(tmp_path / "a.glb", face, body), {"extensions": VRM_1})
    path = path.rename(path.with_suffix(".vrm"))
    rig = load(path)
    assert rig.shapes == ("jawOpen", "mouthClose", "aa")
    assert rig.mesh is not None
    expected = np.concatenate([0.5 * face[1]["jawOpen"], body[1]["mouthClose"]])
    np.testing.assert_allclose(rig.mesh.deltas[2], expected, atol=1e-6)
    assert "the expression aa moves 0.5 × jawOpen, mouthClose" in rig.notes
    assert "its head is the bone 'part1'" in rig.notes


def test_vrm_0_looks_back_and_is_turned(tmp_path):
    face, body = triangles(), triangles(0.3)
    rig = load(with_json(gltf(tmp_path / "a.glb", face, body), {"extensions": VRM_0}))
    assert rig.shapes == ("jawOpen", "mouthClose", "a", "Grin")
    assert rig.mesh is not None
    np.testing.assert_allclose(rig.mesh.vertices[: len(face[0])], face[0] * [-1, 1, -1], atol=1e-6)
    np.testing.assert_allclose(rig.mesh.deltas[2, : len(face[0])], 0.5 * face[1]["jawOpen"] * [-1, 1, -1], atol=1e-6)


def stage_of(path: Path, *, up: str | None, unit: float | None, scale: float, turn: np.ndarray) -> Path:
    """Write a bump with one sparse blend shape to USD; it has an inbetween."""
    points, faces = bump()
    stage = Usd.Stage.CreateNew(str(path))
    if up:
        UsdGeom.SetStageUpAxis(stage, up)
    if unit:
        UsdGeom.SetStageMetersPerUnit(stage, unit)
    UsdSkel.Root.Define(stage, "/Hero")
    mesh = UsdGeom.Mesh.Define(stage, "/Hero/Face")
    mesh.CreatePointsAttr((scale * points @ turn.T).astype(np.float32))
    mesh.CreateFaceVertexCountsAttr([3] * len(faces))
    mesh.CreateFaceVertexIndicesAttr(faces.ravel().tolist())
    binding = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
    shape = UsdSkel.BlendShape.Define(stage, "/Hero/Face/jaw")
    shape.CreateOffsetsAttr([Gf.Vec3f(*(scale * turn @ [0, -0.02, 0]))])
    shape.CreatePointIndicesAttr([5])
    shape.CreateInbetween("half").SetOffsets([Gf.Vec3f(0, 0, 1)])
    binding.CreateBlendShapesAttr(["あご"])
    binding.CreateBlendShapeTargetsRel().SetTargets([shape.GetPath()])
    stage.Save()
    return path


@pytest.mark.parametrize(
    ("up", "unit", "scale", "turn"),
    [
        ("Y", 0.01, 100, np.eye(3)),
        ("Z", 1.0, 1, np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])),
        ("Y", 0.001, 1000, np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]])),
        (None, None, 10, np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])),
    ],
    ids=["centimetres", "Z up", "millimetres, to the side", "nothing said"],
)
def test_units_and_axes_become_ours(up, unit, scale, turn, tmp_path):
    rig = load(stage_of(tmp_path / "a.usda", up=up, unit=unit, scale=scale, turn=turn))
    assert rig.mesh is not None
    np.testing.assert_allclose(rig.mesh.vertices, bump()[0], atol=1e-6)
    assert rig.shapes == ("あご",)
    assert np.flatnonzero(rig.mesh.deltas[0].any(axis=1)).tolist() == [5]
    np.testing.assert_allclose(rig.mesh.deltas[0, 5], [0, -0.02, 0], atol=1e-7)
    assert any("inbetweens are kept by a USD layer" in note for note in rig.notes)
    assert any("unit" in note for note in rig.notes) == (unit is None)
    np.testing.assert_allclose(front_of(rig), [0, 0, 1], atol=1e-6)


def test_names_alone_make_a_rig_without_a_mesh(tmp_path):
    for name, text in {
        "a.txt": "# MetaHuman\nCTRL_expressions_jawOpen\n\n  あ \r\njawOpen\n",
        "b.json": '["CTRL_expressions_jawOpen", "あ", "jawOpen"]',
        "c.json": '{"rig": "x", "blendshapes": ["CTRL_expressions_jawOpen", "あ", "jawOpen"]}',
        "d.json": '{"CTRL_expressions_jawOpen": 0.0, "あ": 1, "jawOpen": 0}',
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
        rig = load(tmp_path / name)
        assert rig.shapes == ("CTRL_expressions_jawOpen", "あ", "jawOpen")
        assert rig.mesh is None
    (tmp_path / "e.txt").write_bytes("あ\nい\n".encode("cp932"))
    assert load(tmp_path / "e.txt").shapes == ("あ", "い")


def test_every_suffix_refuses_an_empty_file_a_folder_and_noise(tmp_path):
    noise = bytes(np.random.default_rng(0).integers(1, 256, 4000, np.uint8))
    for suffix in suffixes():
        if suffix in (".blend", ".fbx"):
            continue  # these need Blender and are tested there
        for name, content, words in (("empty", b"", "0 bytes"), ("noise", noise, "noise")):
            path = tmp_path / (name + suffix)
            path.write_bytes(content)
            with pytest.raises(InputError, match=words) as error:
                load(path)
            assert str(path) in str(error.value)
            assert "\n" not in str(error.value)


def test_what_is_no_rig_is_refused_with_its_cure(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load(tmp_path / "nothing.glb")
    (tmp_path / "flame.pkl").write_bytes(b"x")
    with pytest.raises(InputError, match=r"run any program.*numpy\.savez"):
        load(tmp_path / "flame.pkl")
    (tmp_path / "hero.doc").write_bytes(b"x")
    with pytest.raises(InputError, match=r"files and folders that are read: .*\.glb"):
        load(tmp_path / "hero.doc")
    bare = gltf(tmp_path / "bare.glb", (triangles()[0], {}))
    with pytest.raises(InputError, match="no shapes"):
        load(bare)
    assert load(bare, bare=True).shapes == ()


def test_meshes_that_cannot_be_driven_say_why(tmp_path):
    points, shapes = triangles()
    broken = {**shapes, "jawOpen": np.where(np.arange(len(points))[:, None] == 3, np.nan, shapes["jawOpen"])}
    with pytest.raises(InputError, match=r"shape 'jawOpen' with 1 vertices that are not numbers"):
        load(gltf(tmp_path / "nan.glb", (points, broken)))
    with pytest.raises(InputError, match="has 1 vertices that are not numbers"):
        load(gltf(tmp_path / "inf.glb", (np.where(np.arange(len(points))[:, None] == 3, np.inf, points), shapes)))
    path = gltf(tmp_path / "cut.glb", (points, shapes))
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(InputError, match="cut off"):
        load(path)
    whole = gltf(tmp_path / "packed.glb", (points, shapes))
    with pytest.raises(InputError, match="contradicts itself"):
        load(with_json(whole, {"nodes": [{"children": [0], "mesh": 0}]}))
    content = json.loads(with_json(whole, {}).read_text("utf-8"))
    content["accessors"][-1]["count"] = 30_000_000
    with pytest.raises(InputError, match="30,000,000 vertices are more than"):
        load(with_json(whole, {"accessors": content["accessors"]}))


def test_what_is_odd_is_told(tmp_path):
    points, shapes = triangles()
    path = gltf(tmp_path / "a.glb", (points, {**shapes, "dead": 0 * points}))
    path = with_json(path, {"meshes": json_meshes(path, ["smile", "smile", "dead"])})
    rig = load(path)
    assert rig.shapes == ("smile", "smile.2", "dead")
    assert any("two shapes called 'smile'" in note for note in rig.notes)
    assert "one shape moves nothing: dead" in rig.notes
    fan = np.array([[0, 0, 0], [0, 0.1, 0], [0.1, 0, 0], [0, 0, 0], [0, 0.1, 0], [0, 0, 0.1]])
    fan = np.concatenate([fan, [[0, 0, 0], [0, 0.1, 0], [-0.1, 0, 0]]])
    rig = load(gltf(tmp_path / "fan.glb", (fan, {"jawOpen": fan / 10})))
    assert any("1 edges have more than two faces" in note for note in rig.notes)
    far = load(gltf(tmp_path / "far.glb", (100 * points, {"jawOpen": points})))
    assert any("one unit is taken as 1 cm" in note for note in far.notes)


def json_meshes(path: Path, names: list[str]) -> Any:
    content = path.read_bytes()
    size = int.from_bytes(content[12:16], "little")
    meshes = json.loads(content[20 : 20 + size])["meshes"]
    meshes[0]["extras"]["targetNames"] = names
    return meshes


def test_reading_twice_gives_the_same(tmp_path):
    path = usd_export.write(STILL, tmp_path / "hero.glb", rig=replace(patch(), joints=()))
    first, second = load(path), load(path)
    assert first.mesh is not None
    assert second.mesh is not None
    np.testing.assert_array_equal(first.mesh.deltas, second.mesh.deltas)
    np.testing.assert_array_equal(first.mesh.face_vertices, second.mesh.face_vertices)
