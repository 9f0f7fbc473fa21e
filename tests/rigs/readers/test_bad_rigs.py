"""Rigs with something wrong in them: each is told in one sentence, and none fills the memory."""

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pygltflib
import pytest
from numpy.typing import NDArray
from pxr import Gf, Usd

import rigs
import usd_export
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from benchmarks.cost import Cost, measure
from rigs import Rig
from rigs.skeleton import head_of, posed
from tests.support import morphable
from tests.support.body_rig import body
from tests.support.fbx_reader import skinned
from tests.support.small_rig import STILL, patch
from tests.support.usd_reader import skeleton_of

pytestmark = pytest.mark.slow


def changed(path: Path, rig: Rig, attribute: str, numbers: NDArray[np.float32]) -> Path:
    """Write a rig as .glb and put numbers over the first of an attribute's; return the path."""
    gltf = pygltflib.GLTF2().load(str(usd_export.write(STILL, path, rig=rig)))
    accessor = gltf.accessors[getattr(gltf.meshes[0].primitives[0].attributes, attribute)]
    start = gltf.bufferViews[accessor.bufferView].byteOffset
    blob = bytearray(gltf.binary_blob())
    content = numbers.astype("<f4").tobytes()
    blob[start : start + len(content)] = content
    gltf.set_binary_blob(bytes(blob))
    gltf.save_binary(str(path))
    return path


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e30])
def test_vertices_that_are_nowhere_are_counted(number: float, tmp_path: Path) -> None:
    path = changed(tmp_path / "a.glb", patch(), "POSITION", np.array([number], np.float32))
    with pytest.raises(InputError, match=r"has 1 vertices that are not numbers .*; clean it"):
        rigs.load(path)


def test_weights_that_are_no_numbers_are_told(tmp_path: Path) -> None:
    path = changed(tmp_path / "a.glb", patch(), "WEIGHTS_0", np.full(8, np.nan))
    with pytest.raises(InputError, match="not numbers"):
        rigs.load(path)


def test_numbers_that_json_does_not_know_are_refused(tmp_path: Path) -> None:
    glb = usd_export.write(STILL, tmp_path / "a.glb", rig=patch())
    glb.write_bytes(glb.read_bytes().replace(b"1.3,0", b"NaN,0", 1))
    with pytest.raises(InputError, match="no glTF file, or a damaged one"):
        rigs.load(glb)


def test_a_bone_that_stands_nowhere_is_named(tmp_path: Path) -> None:
    path = usd_export.write(STILL, tmp_path / "a.usda", rig=patch())
    stage = Usd.Stage.Open(str(path))
    binds = skeleton_of(stage).GetSkeleton().GetBindTransformsAttr()
    binds.Set([binds.Get()[0], Gf.Matrix4d(float("nan"))])
    stage.Save()
    with pytest.raises(InputError, match="bone 'head' stands nowhere"):
        rigs.load(path)


def test_identities_that_are_nowhere_are_told(tmp_path: Path) -> None:
    model = morphable.bfm()
    model["shapePC"][5, 1] = np.nan
    np.savez(tmp_path / "bfm.npz", **model)
    with pytest.raises(InputError, match="has an identity mode with 1 vertices that are not numbers"):
        rigs.load(tmp_path / "bfm.npz")


def test_a_file_of_millions_of_vertices_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """1.5 GiB, as the disk has holes; the reader takes less than 100 MiB more than a small file does."""
    vertices = 60_000_000
    gltf = pygltflib.GLTF2(
        asset=pygltflib.Asset(version="2.0"),
        scene=0,
        scenes=[pygltflib.Scene(nodes=[0])],
        nodes=[pygltflib.Node(mesh=0)],
        meshes=[
            pygltflib.Mesh(
                primitives=[
                    pygltflib.Primitive(attributes=pygltflib.Attributes(POSITION=0), targets=[{"POSITION": 1}]),
                ]
            )
        ],
        accessors=[
            pygltflib.Accessor(bufferView=view, componentType=5126, count=vertices, type="VEC3") for view in (0, 1)
        ],
        bufferViews=[
            pygltflib.BufferView(buffer=0, byteOffset=view * 12 * vertices, byteLength=12 * vertices) for view in (0, 1)
        ],
        buffers=[pygltflib.Buffer(byteLength=24 * vertices)],
    )
    text = gltf.to_json().encode()
    text += b" " * (-len(text) % 4)
    size = 24 * vertices
    with (tmp_path / "huge.glb").open("wb") as file:
        for number in (0x46546C67, 2, 28 + len(text) + size, len(text), 0x4E4F534A):
            file.write(number.to_bytes(4, "little"))
        file.write(text + size.to_bytes(4, "little") + (0x004E4942).to_bytes(4, "little"))
        file.truncate(28 + len(text) + size)
    usd_export.write(STILL, tmp_path / "small.glb", rig=patch())
    huge, small = (reading(tmp_path / name) for name in ("huge.glb", "small.glb"))
    assert "60,000,000 vertices are more than the 1,000,000 that are read" in huge.output
    assert huge.peak_mb < small.peak_mb + 100


def reading(path: Path) -> Cost:
    """Return what a process takes to read a file, and what it says."""
    code = "import sys, rigs\ntry: print(rigs.load(sys.argv[1]).name)\nexcept Exception as error: print(error)"
    return measure([sys.executable, "-c", code, str(path)])


def test_shapes_of_no_length_are_named_and_written(tmp_path: Path) -> None:
    rig = patch(shapes=("jawOpen", "mouthClose"))
    assert rig.mesh is not None
    deltas = rig.mesh.deltas.copy()
    deltas[1] = 0
    still = replace(rig, mesh=replace(rig.mesh, deltas=deltas))
    for suffix in (".glb", ".usdc"):
        found = rigs.load(usd_export.write(STILL, tmp_path / f"a{suffix}", rig=still))
        assert "one shape moves nothing: mouthClose" in found.notes
        assert (
            rigs.load(usd_export.write(STILL, tmp_path / f"b{suffix}", rig=replace(found, asset=None))).shapes
            == rig.shapes
        )


def test_bones_under_a_mirrored_scale_still_turn_the_right_way(tmp_path: Path) -> None:
    """Rigs that were mirrored as a whole, as some exporters turn left hands into right ones."""
    rig = body()
    gltf = pygltflib.GLTF2().load(str(usd_export.write(STILL, tmp_path / "a.glb", rig=rig)))
    roots = [node for node in gltf.scenes[0].nodes if gltf.nodes[node].mesh is None]
    gltf.nodes.append(pygltflib.Node(name="mirror", scale=[-1, 1, 1], children=roots))
    gltf.scenes[0].nodes = [0, len(gltf.nodes) - 1]
    gltf.save_binary(str(tmp_path / "mirrored.glb"))
    found = rigs.load(tmp_path / "mirrored.glb")
    assert any("has a mirrored scale; its faces are turned" in note for note in found.notes)
    clip = Clip(values=[[0.0, 0.0], [20.0, 20.0]], channels=("jaw.rotation.x", "headYaw"), frame_rate=Fraction(30))
    own, mirrored = (posed(one, clip).astype(np.float64) for one in (rig, found))
    assert mirrored[0, :, 0].mean() == pytest.approx(-own[0, :, 0].mean(), abs=1e-3)
    nose = int(mirrored[0, :, 2].argmax())
    assert mirrored[1, nose, 0] - mirrored[0, nose, 0] > 0.02, "to the character's own left"
    low = mirrored[0, :, 1] < -0.09
    front = mirrored[0, :, 2] > 0.07
    assert (mirrored[1] - mirrored[0])[low & front, 1].min() < -0.01, "the chin sinks"
    again = rigs.load(usd_export.write(clip, tmp_path / "again.glb", rig=replace(found, asset=None)))
    assert not any("mirrored" in note for note in again.notes)


def test_bones_and_shapes_of_one_name_are_told_apart(tmp_path: Path) -> None:
    rig = patch(shapes=("jawOpen", "mouthClose"))
    gltf = pygltflib.GLTF2().load(str(usd_export.write(STILL, tmp_path / "a.glb", rig=rig)))
    for node in gltf.nodes:
        node.name = "same"
    gltf.meshes[0].extras = {"targetNames": ["jawOpen", "jawOpen"]}
    gltf.save_binary(str(tmp_path / "a.glb"))
    found = rigs.load(tmp_path / "a.glb")
    assert found.shapes == ("jawOpen", "jawOpen.2")
    assert [joint.name for joint in found.joints] == ["same.2", "same.3"]
    assert any("two shapes called 'jawOpen'" in note for note in found.notes)
    for suffix in (".glb", ".usdc"):
        again = rigs.load(usd_export.write(STILL, tmp_path / f"b{suffix}", rig=replace(found, asset=None)))
        assert len(again.joints) == 2


@pytest.mark.blender
def test_names_that_blender_cannot_keep_still_move(tmp_path: Path) -> None:
    """Blender cuts names after 63 bytes and calls the neutral face "Basis"; a curve must not move another's shape."""
    shapes = ("jawOpen", "Basis", f"{'x' * 70}Left", f"{'x' * 70}Right")
    rig = patch(shapes=shapes)
    root, head = rig.joints
    long = replace(rig, joints=(replace(root, name="口" * 40), replace(head, name="頭" * 40, parent="口" * 40)))
    assert head_of(long.joints) is None
    channels = (*shapes, f"{'頭' * 40}.rotation.y")
    clip = Clip(values=[[0.1, 0.2, 0.3, 0.4, 20.0]], channels=channels, frame_rate=Fraction(30))
    path = usd_export.write(clip, tmp_path / "line.fbx", rig=long)
    vertices, _ = skinned(path, [0.0])
    assert np.abs(vertices - posed(long, clip)).max() < 1e-4
