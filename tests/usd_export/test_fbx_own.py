"""A line in the client's own FBX scene, through Blender: read back by ufbx."""

import logging
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rigs
import usd_export
from audio2blend import blender
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from tests.support.fbx_reader import skinned
from tests.support.posing import posed
from tests.support.small_rig import STILL, patch
from tests.support.talking import talking

pytestmark = pytest.mark.blender
FRAMES = [0, 5, 11]


@pytest.fixture(scope="module")
def clip() -> Clip:
    return replace(talking(12, frame_rate=Fraction(30)), metadata={"source": "line 1.wav"})


def character(inside: blender.Child, path: Path, maker: str) -> Path:
    """Write a character by one of two makers: this program, or Blender's exporter as people use it."""
    path.parent.mkdir(exist_ok=True)
    if maker == "ours":
        return usd_export.write(replace(STILL, metadata={"source": "Idle.wav"}), path, rig=patch())
    inside.call(
        "tests.usd_export.worker.fbx_character:make", {"rig": patch(), "path": path, "embedded": maker == "embedding"}
    )
    return path


def scene(inside: blender.Child, path: Path) -> Any:
    """Return what Blender finds in a file at rest."""
    return inside.call("tests.usd_export.worker.fbx_character:scene", {"path": path})


@pytest.mark.parametrize("maker", ["ours", "Blender"])
def test_ufbx_poses_the_character_as_the_rig_does(
    maker: str, clip: Clip, inside: blender.Child, tmp_path: Path
) -> None:
    hero = character(inside, tmp_path / "hero" / "hero.fbx", maker)
    before = hero.read_bytes()
    rig = rigs.load(hero)
    path = usd_export.write(clip, tmp_path / "shots" / "line.fbx", rig=rig)
    assert usd_export.check(path, clip, rig) == ()
    assert hero.read_bytes() == before
    vertices, parents = skinned(path, [frame / 30 for frame in FRAMES])
    assert {bone: parent for bone, parent in parents.items() if bone == "head"} == {"head": "root"}
    for frame, points in zip(FRAMES, vertices, strict=True):
        assert np.abs(points - posed(rig, clip, frame)[: len(points)]).max() < 1e-4  # the face goes before its glasses
    assert [file.name for file in path.parent.iterdir()] == ["line.fbx"]


def test_the_scene_comes_back_as_it_was(clip: Clip, inside: blender.Child, tmp_path: Path) -> None:
    hero = character(inside, tmp_path / "hero" / "hero.fbx", "Blender")
    path = usd_export.write(clip, tmp_path / "shots" / "line.fbx", rig=rigs.load(hero))
    was, now = scene(inside, hero), scene(inside, path)
    assert was["objects"].keys() == {"Armature", "Glasses", "patch"}
    assert now["objects"].keys() == was["objects"].keys()
    for name, (points, place, parent) in was["objects"].items():
        assert np.abs(now["objects"][name][0] - points).max(initial=0) < 1e-5
        assert np.abs(now["objects"][name][1] - place).max() < 1e-5
        assert now["objects"][name][2] == parent
    assert now["materials"] == was["materials"]
    assert [Path(image).resolve() for image in now["images"]] == [hero.parent / "skin.png"]
    for bone, matrix in was["bones"].items():
        assert np.abs(now["bones"][bone] - matrix).max() < 1e-5


def test_embedded_textures_stay_so(clip: Clip, inside: blender.Child, tmp_path: Path) -> None:
    hero = character(inside, tmp_path / "hero" / "hero.fbx", "embedding")
    path = usd_export.write(clip, tmp_path / "shots" / "line.fbx", rig=rigs.load(hero))
    assert len(scene(inside, hero)["packed"]) == 1
    assert scene(inside, path)["packed"] == scene(inside, hero)["packed"]


def test_what_is_lost_is_told(
    clip: Clip, inside: blender.Child, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rig = rigs.load(character(inside, tmp_path / "hero.fbx", "ours"))
    with caplog.at_level(logging.WARNING):
        usd_export.write(clip, tmp_path / "line.fbx", rig=rig)
    assert "its own clips are not kept, since FBX goes through Blender: Idle" in caplog.text


def test_a_take_into_the_file_itself_is_safe(clip: Clip, inside: blender.Child, tmp_path: Path) -> None:
    hero = character(inside, tmp_path / "hero.fbx", "ours")
    rig = rigs.load(hero)
    usd_export.write(clip, hero, rig=rig)
    assert usd_export.check(hero, clip, rig) == ()
    before = hero.read_bytes()
    with pytest.raises(InputError, match=r"before its sound, which \.fbx files cannot"):
        usd_export.write(replace(clip, start_s=-1.0), hero, rig=rig)
    assert hero.read_bytes() == before
