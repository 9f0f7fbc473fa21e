"""Our own head in few bytes: quantised, and packed by meshopt, as viewers and validators that are not ours read it."""

import dataclasses
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

import rigs
import usd_export
from audio2blend import blender
from audio2blend.clip import Clip
from audio2blend.errors import InputError, MissingDependencyError
from rigs import Rig
from tests.support.glb import Glb
from tests.support.gltf_characters import character
from tests.support.gltf_reader import GLTFPACK, NODE, khronos_issues, needs_gltfpack, needs_validator, vertices_of
from tests.support.posing import blender_axes, posed
from tests.support.small_rig import patch
from tests.support.spoken_gltf import apart, spoken
from tests.support.talking import talking
from tests.support.three import FLOAT32_M, drawn, needs_three, whole
from usd_export.gltf import Options, meshopt
from usd_export.gltf.coding import Integers
from usd_export.gltf.node_packages import node_with

RATE = Fraction(30000, 1001)
FRAMES = (0, 7, 19)
needs_meshopt = pytest.mark.skipif(
    node_with("meshoptimizer") is None, reason="no node, or no npm package meshoptimizer; run make test"
)
Packing = Literal["plain", "quantized", "meshopt"]
PACKINGS = ["quantized", pytest.param("meshopt", marks=needs_meshopt)]


def boneless() -> Rig:
    """Return a rig without joints, away from the origin: what is stored has a node of its own to be brought back by."""
    rig = patch()
    assert rig.mesh
    mesh = dataclasses.replace(rig.mesh, vertices=rig.mesh.vertices + np.float32([0.3, 1.5, -0.2]))
    return dataclasses.replace(rig, mesh=mesh, joints=())


def written(path: Path, packing: Packing, rig: Rig) -> tuple[Clip, Path]:
    clip = talking(20, frame_rate=RATE)
    return clip, usd_export.write(clip, path, rig=rig, options=Options(packing=packing))


def allowed(rig: Rig, clip: Clip, frame: int) -> float:
    """Return how far a vertex may be off: half a step at rest and in each shape, on each axis, and single precision."""
    assert rig.mesh
    steps = 1 + clip.select(rig.shapes).values[frame].sum()
    return Integers.of(rig.mesh).step_m / 2 * float(steps) + FLOAT32_M


@needs_three
@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("rig", [rigs.builtin(), boneless()], ids=["the head", "without joints"])
def test_three_js_draws_every_vertex_within_the_step(rig: Rig, packing: Packing, tmp_path: Path) -> None:
    clip, path = written(tmp_path / "line.glb", packing, rig)
    found = drawn(path, "speech", [frame / float(RATE) for frame in FRAMES])
    for points, frame in zip(found, FRAMES, strict=True):
        assert np.abs(points - whole(rig, clip, frame)).max() < allowed(rig, clip, frame)


@needs_validator
@pytest.mark.parametrize("suffix", [".glb", ".gltf"])
@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("rig", [rigs.builtin(), boneless()], ids=["the head", "without joints"])
def test_khronos_validator_finds_nothing(rig: Rig, packing: Packing, suffix: str, tmp_path: Path) -> None:
    _, path = written(tmp_path / f"line{suffix}", packing, rig)
    issues = khronos_issues(path)
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"][:3]


@pytest.mark.parametrize("packing", PACKINGS)
def test_the_curves_come_back(packing: Packing, tmp_path: Path) -> None:
    rig = rigs.builtin()
    clip, path = written(tmp_path / "line.glb", packing, rig)
    again = usd_export.read(path)
    assert again.frame_rate == RATE
    assert np.abs(again.select(rig.shapes).values - clip.select(rig.shapes).values).max() < 1e-5


@pytest.mark.parametrize("packing", PACKINGS)
def test_it_is_a_character_for_the_next_line(packing: Packing, tmp_path: Path) -> None:
    """What we pack we read, and another line goes into it as it is."""
    rig = patch()
    _, path = written(tmp_path / "head.glb", packing, rig)
    content = Glb.read(path).binary
    found, _ = spoken(path, target := tmp_path / "line.glb")
    assert Glb.read(target).binary.startswith(content)
    assert found.mesh
    assert rig.mesh
    assert found.shapes == rig.shapes
    assert apart(rig.mesh.vertices, found.mesh.vertices) < 2 * Integers.of(rig.mesh).step_m


def test_weights_beyond_one_stay_as_they_are(tmp_path: Path) -> None:
    rig = patch()
    values = np.full((3, len(rig.shapes)), 1.5, np.float32)
    clip = Clip(values=values, channels=rig.shapes, frame_rate=RATE)
    path = usd_export.write(clip, tmp_path / "line.glb", rig=rig, options=Options(packing="quantized"))
    assert np.array_equal(usd_export.read(path).select(rig.shapes).values, values)


@needs_meshopt
def test_each_packing_is_smaller_than_the_one_before(tmp_path: Path) -> None:
    names: tuple[Packing, ...] = ("plain", "quantized", "meshopt")
    sizes = [written(tmp_path / f"{name}.glb", name, rigs.builtin())[1].stat().st_size for name in names]
    assert sizes[1] < 0.55 * sizes[0]
    assert sizes[2] < 0.25 * sizes[0]


@needs_meshopt
def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    _, first = written(tmp_path / "a.glb", "meshopt", patch())
    _, second = written(tmp_path / "b.glb", "meshopt", patch())
    assert first.read_bytes() == second.read_bytes()


@needs_gltfpack
@pytest.mark.parametrize("packing", PACKINGS)
def test_gltfpack_reads_it(packing: Packing, tmp_path: Path) -> None:
    """Unpacked by meshoptimizer's own program, with numbers of its own choice, the mesh is where ours is."""
    rig = boneless()
    _, path = written(tmp_path / "line.glb", packing, rig)
    command = [str(NODE), str(GLTFPACK), "-i", str(path), "-o", str(tmp_path / "out.glb"), "-noq", "-kn", "-ke"]
    subprocess.run(command, check=True, capture_output=True)
    found = rigs.load(tmp_path / "out.glb")
    assert rig.mesh
    assert found.mesh
    assert found.shapes == rig.shapes
    assert apart(rig.mesh.vertices, found.mesh.vertices) < 1e-4


@pytest.mark.blender
@pytest.mark.parametrize("rig", [patch(), boneless()], ids=["with joints", "without"])
def test_blender_plays_what_is_quantised(rig: Rig, inside: blender.Child, tmp_path: Path) -> None:
    clip = talking(20, frame_rate=Fraction(24))
    path = usd_export.write(clip, tmp_path / "line.glb", rig=rig, options=Options(packing="quantized"))
    assert rig.mesh
    found = inside.call("tests.usd_export.worker.imported:describe", {"path": path, "frames": [*map(float, FRAMES)]})
    order = np.concatenate(vertices_of(rig.mesh))
    for points, frame in zip(found["vertices"], FRAMES, strict=True):
        assert np.abs(points - blender_axes(posed(rig, clip, frame))[order]).max() < 1e-4


def test_without_the_encoder_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meshopt, "node_with", lambda package: None)
    with pytest.raises(MissingDependencyError, match=r"meshopt needs node .* npm install -g meshoptimizer"):
        written(tmp_path / "line.glb", "meshopt", patch())
    assert not list(tmp_path.iterdir())


def test_a_file_of_ones_own_keeps_its_numbers(tmp_path: Path) -> None:
    rig = rigs.load(character(tmp_path / "hero.glb"))
    with pytest.raises(InputError, match="keeps the numbers that it has"):
        usd_export.write(talking(20), tmp_path / "out.glb", rig=rig, options=Options(packing="quantized"))
