"""A line in the client's own FBX scene, through Blender: read back by ufbx."""

import logging
import resource
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
from tests.support.fbx_reader import read, skinned
from tests.support.posing import posed
from tests.support.small_rig import patch
from tests.support.talking import talking
from usd_export.fbx import Options

pytestmark = pytest.mark.blender
FRAMES = [0, 5, 11]


@pytest.fixture(scope="module")
def clip() -> Clip:
    return replace(talking(12, frame_rate=Fraction(30)), metadata={"source": "line 1.wav"})


def character(inside: blender.Child, path: Path, maker: str) -> Path:
    """Write a character by one of two makers: this program, or Blender's exporter as people use it."""
    path.parent.mkdir(exist_ok=True)
    if maker == "ours":
        return usd_export.write(talking(1, frame_rate=Fraction(30)), path, rig=patch())
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
    before = path.read_bytes()
    assert usd_export.write(clip, path, rig=rigs.load(hero)).read_bytes() == before
    assert b".draft-" not in before
    assert len(scene(inside, hero)["packed"]) == 1
    assert scene(inside, path)["packed"] == scene(inside, hero)["packed"]


def test_a_texture_that_has_lost_its_name_is_left_out_and_told(
    clip: Clip, inside: blender.Child, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Blender's exporter would name the folder instead."""
    hero = tmp_path / "hero" / "hero.fbx"
    hero.parent.mkdir()
    options = {"rig": patch(), "path": hero, "embedded": False, "nameless": True}
    inside.call("tests.usd_export.worker.fbx_character:make", options)
    with caplog.at_level(logging.WARNING):
        path = usd_export.write(clip, tmp_path / "shots" / "line.fbx", rig=rigs.load(hero))
    assert "textures that name no file are left out (1)" in caplog.text
    assert str(tmp_path).encode() not in path.read_bytes()


def walking(path: Path) -> Path:
    """Write a character with a clip of its own that lasts longer than ours, at another rate."""
    idle = replace(talking(40, frame_rate=Fraction(24)), metadata={"source": "Idle.wav"})
    return usd_export.write(replace(idle, values=idle.values[::-1].copy()), path, rig=patch())


def test_its_own_clips_are_kept_behind_ours(
    clip: Clip, inside: blender.Child, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hero = walking(tmp_path / "hero.fbx")
    rig = rigs.load(hero)
    with caplog.at_level(logging.WARNING):
        path = usd_export.write(clip, tmp_path / "line.fbx", rig=rig)
    assert "its own clips have a key on every frame now, since FBX goes through Blender: Idle" in caplog.text
    assert read(path)["stacks"] == ["line 1", "Idle"]
    times = [0.0, 0.5, 1.5]
    was, now = skinned(hero, times)[0], skinned(path, times, stack=1)[0]
    assert np.abs(was - was[0]).max() > 0.01
    assert np.abs(now - was).max() < 1e-4
    for frame, points in zip(FRAMES, skinned(path, [frame / 30 for frame in FRAMES])[0], strict=True):
        assert np.abs(points - posed(rig, clip, frame)[: len(points)]).max() < 1e-4
    assert usd_export.check(path, clip, rig) == ()


def test_a_clip_of_the_same_name_is_replaced_and_told(
    clip: Clip, inside: blender.Child, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rig = rigs.load(walking(tmp_path / "hero.fbx"))
    with caplog.at_level(logging.WARNING):
        path = usd_export.write(replace(clip, metadata={"source": "Idle.wav"}), tmp_path / "line.fbx", rig=rig)
    assert "its own clip 'Idle' is replaced" in caplog.text
    assert read(path)["stacks"] == ["Idle"]


@pytest.mark.parametrize("source", ["its own", "another family's"])
def test_the_animation_alone_has_skeleton_and_curves_by_name(
    source: str, clip: Clip, inside: blender.Child, tmp_path: Path
) -> None:
    hero = character(inside, tmp_path / "hero" / "hero.fbx", "Blender")
    rig = rigs.load(hero) if source == "its own" else patch()
    whole = usd_export.write(clip, tmp_path / "whole.fbx", rig=rig)
    alone = usd_export.write(clip, tmp_path / "alone.fbx", rig=rig, options=Options(animation_only=True))
    one, two = read(whole), read(alone)
    assert len(two["vertices"]) == 3
    assert two["stacks"] == ["line 1"]
    assert two["curves"] == one["curves"]
    assert two["nodes"].keys() == one["nodes"].keys() - {"Glasses"}
    for name, node in two["nodes"].items():
        assert np.allclose(node["turns"], one["nodes"][name]["turns"], atol=1e-6)
        assert np.allclose(node["position"], one["nodes"][name]["position"], atol=1e-5)


def test_a_take_into_the_file_itself_is_safe(clip: Clip, inside: blender.Child, tmp_path: Path) -> None:
    hero = character(inside, tmp_path / "hero.fbx", "ours")
    rig = rigs.load(hero)
    usd_export.write(clip, hero, rig=rig)
    assert usd_export.check(hero, clip, rig) == ()
    before = hero.read_bytes()
    with pytest.raises(InputError, match=r"before its sound, which \.fbx files cannot"):
        usd_export.write(replace(clip, start_s=-1.0), hero, rig=rig)
    assert hero.read_bytes() == before


def test_a_full_disk_leaves_the_old_file(inside: blender.Child, tmp_path: Path) -> None:
    rig = rigs.load(character(inside, tmp_path / "hero.fbx", "ours"))
    (path := tmp_path / "line.fbx").write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
    try:
        with pytest.raises(InputError, match=r"cannot write .*: File too large; make room or choose another folder"):
            usd_export.write(replace(talking(300), metadata={"source": "line.wav"}), path, rig=rig)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text() == "old"
