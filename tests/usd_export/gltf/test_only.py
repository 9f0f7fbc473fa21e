"""The animation alone: what a player needs to bind it to a character that it has, and nothing of the character."""

from pathlib import Path

import numpy as np
import pytest

import rigs
import usd_export
from audio2blend.errors import InputError
from rigs.retarget import fit
from tests.support.glb import Glb
from tests.support.gltf_characters import character
from tests.support.gltf_reader import khronos_issues, needs_validator
from tests.support.spoken_gltf import line
from usd_export.gltf import Options


def alone(source: Path, target: Path) -> Glb:
    """Animate a character, and write the animation alone."""
    onto = fit(rigs.load(source))
    usd_export.write(onto(line()), target, rig=onto.rig, options=Options(animation_only=True))
    assert not list(usd_export.check(target, onto(line()), onto.rig))
    return Glb.read(target)


def bound(glb: Glb) -> dict[tuple[str, str], list[list[float]]]:
    """Return what moves, by the names that players bind it by."""
    return {(glb.json["nodes"][node]["name"], path): rows.tolist() for (node, path), rows in glb.curves("line").items()}


@pytest.mark.parametrize("suffix", [".glb", ".gltf"])
@pytest.mark.parametrize(
    "feature", ["pictures and unknown extensions", "several meshes", "matrices, centimetres, Z up"]
)
def test_it_moves_nodes_of_the_same_names_as_the_whole_file_does(feature: str, suffix: str, tmp_path: Path) -> None:
    source = character(tmp_path / "hero.glb", feature)
    onto = fit(rigs.load(source))
    whole = Glb.read(usd_export.write(onto(line()), tmp_path / "whole.glb", rig=onto.rig))
    glb = alone(source, tmp_path / f"alone{suffix}")
    assert bound(glb) == bound(whole)
    places = ("name", "translation", "rotation", "scale", "matrix", "children")
    for ours, theirs in zip(glb.json["nodes"], whole.json["nodes"], strict=True):
        assert {key: ours.get(key) for key in places} == {key: theirs.get(key) for key in places}
    for ours, theirs in zip(glb.json["meshes"], whole.json["meshes"], strict=True):
        assert ours["extras"]["targetNames"] == theirs["extras"]["targetNames"]
        assert ours.get("weights") == theirs.get("weights")
    assert not {"images", "materials", "skins", "extensions", "textures"} & glb.json.keys()
    rest = {glb.json["meshes"][0]["primitives"][0]["attributes"]["POSITION"]}
    assert all(not glb.numbers(index).any() for index in rest)
    assert {path.name for path in tmp_path.iterdir()} == {"hero.glb", "whole.glb", f"alone{suffix}"}


@needs_validator
def test_the_validator_has_nothing_against_it(tmp_path: Path) -> None:
    alone(character(tmp_path / "hero.glb"), tmp_path / "alone.glb")
    issues = khronos_issues(tmp_path / "alone.glb")
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]


def test_it_is_small(tmp_path: Path) -> None:
    glb = alone(character(tmp_path / "hero.glb"), tmp_path / "alone.glb")
    curves = sum(np.size(rows) for rows in glb.curves("line").values())
    assert len(glb.binary) < 4 * curves + 200


def test_our_own_head_has_one_too(tmp_path: Path) -> None:
    path = usd_export.write(line(), tmp_path / "alone.glb", rig=rigs.builtin(), options=Options(animation_only=True))
    glb = Glb.read(path)
    assert len(glb.curves("line")) == 2
    assert path.stat().st_size < 30_000


def test_a_vrm_is_never_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"an animation alone is no \.vrm; name a \.vrma or a \.glb file"):
        alone(character(tmp_path / "hero.vrm", "VRM 1"), tmp_path / "alone.vrm")
