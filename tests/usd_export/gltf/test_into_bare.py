"""A character whose mesh has no shapes: those that are made for it become morph targets of its own mesh."""

from pathlib import Path

import numpy as np
import pytest

import rigs
import usd_export
from audio2blend.channels import ARKIT
from rigs import Rig
from rigs.retarget import Fit, fit
from rigs.skeleton import posed
from tests.support.glb import Glb, parts
from tests.support.gltf_characters import PIXEL
from tests.support.gltf_reader import khronos_issues, needs_validator
from tests.support.posing import matrix
from tests.support.small_rig import STILL
from tests.support.spoken_gltf import apart, line

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return our head without its shapes, in centimetres and turned, with a picture and an animation of its own."""
    path = tmp_path_factory.mktemp("bare") / "bare.glb"
    glb = Glb.read(usd_export.write(STILL, path, rig=rigs.builtin()))
    (mesh,) = glb.json["meshes"]
    for primitive in mesh["primitives"]:
        del primitive["targets"]
    mesh["extras"] = {"made by": "us"}
    del mesh["weights"], glb.json["animations"]
    first = min(view["byteOffset"] for view in glb.json["bufferViews"])
    assert first == 0
    roots = glb.json["scenes"][0]["nodes"]
    turned = matrix((np.cos(0.2), 0, np.sin(0.2), 0)) * 0.01
    whole = np.eye(4)
    whole[:3, :3] = turned
    glb.json["nodes"].append({"name": "Armature", "children": [*roots], "matrix": whole.T.ravel().tolist()})
    glb.json["scenes"][0]["nodes"] = [len(glb.json["nodes"]) - 1]
    glb.json["images"] = [{"bufferView": glb.add_view(PIXEL), "mimeType": "image/png"}]
    return glb.save(path)


@pytest.fixture(scope="module")
def made(bare: Path) -> tuple[Fit, Path]:
    """Return how the head is driven, and the file with a line in it."""
    onto = fit(rigs.load(bare, bare=True))
    return onto, usd_export.write(onto(line()), bare.with_name("out.glb"), rig=onto.rig)


def test_its_own_mesh_has_the_shapes_and_all_else_stays(bare: Path, made: tuple[Fit, Path]) -> None:
    before, after = Glb.read(bare), Glb.read(made[1])
    (mesh,) = after.json["meshes"]
    assert mesh["extras"] == {"made by": "us", "targetNames": list(ARKIT)}
    assert all(len(primitive["targets"]) == 52 for primitive in mesh["primitives"])
    left = parts(after)
    assert {place for place, part in parts(before).items() if left.get(place) != part} == {"/buffers/0/byteLength"}
    assert after.binary.startswith(before.binary)


def test_a_viewer_draws_what_the_made_shapes_do(made: tuple[Fit, Path]) -> None:
    onto, path = made
    rig: Rig = onto.rig
    assert rig.asset
    clip = onto(line())
    wanted = posed(rig, clip) @ np.linalg.inv(rig.asset.space)
    size = np.ptp(wanted[0], axis=0).max()
    glb = Glb.read(path)
    for frame in (0, 7):
        drawn = glb.drawn("line", frame)
        assert apart(drawn[::60], wanted[frame]) < 2e-5 * size
        assert np.abs(wanted[frame] - wanted[0]).max() > 0.01 * size or frame == 0


def test_normals_bend_with_the_surface(made: tuple[Fit, Path]) -> None:
    glb = Glb.read(made[1])
    primitive = max(glb.json["meshes"][0]["primitives"], key=lambda one: glb.json["accessors"][one["indices"]]["count"])
    rest = glb.numbers(primitive["attributes"]["NORMAL"])
    bent = rest + glb.numbers(primitive["targets"][ARKIT.index("jawOpen")]["NORMAL"])
    assert np.linalg.norm(bent - rest, axis=1).max() > 0.2
    assert np.abs(np.linalg.norm(bent, axis=1) - 1).max() < 0.25, "of unit length, but for how the file smooths its own"


@needs_validator
def test_the_validator_says_no_more_than_of_the_source(bare: Path, made: tuple[Fit, Path]) -> None:
    before, after = (
        {(issue["code"], issue.get("pointer")) for issue in khronos_issues(path)["messages"]}
        for path in (bare, made[1])
    )
    assert after <= before


def test_the_next_line_finds_the_shapes_there(made: tuple[Fit, Path]) -> None:
    _, path = made
    onto = fit(rigs.load(path))
    assert onto.rig.asset
    assert not onto.rig.asset.bare
    usd_export.write(onto(line("b.wav")), target := path.with_name("again.glb"), rig=onto.rig)
    assert [about["name"] for about in Glb.read(target).json["animations"]] == ["line", "b"]
    assert not list(usd_export.check(target, onto(line("b.wav")), onto.rig))
