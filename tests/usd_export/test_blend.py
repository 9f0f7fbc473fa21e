"""A line in a copy of the client's own .blend file: an Action on its own shape keys and bones."""

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
from rigs.quaternions import multiply
from tests.support.posing import posed
from tests.support.small_rig import patch
from tests.support.talking import talking
from usd_export.blend import Options

pytestmark = pytest.mark.blender
FRAMES = [0, 5, 11]
FEATURES = ["plain", "eulers, scaled", "unit of a centimetre", "a second mesh"]


@pytest.fixture(scope="module")
def clip() -> Clip:
    return replace(talking(12, frame_rate=Fraction(24)), metadata={"source": "line 1.wav"})


def character(inside: blender.Child, path: Path, feature: str = "plain") -> Path:
    path.parent.mkdir(exist_ok=True)
    arguments = {"rig": patch(), "path": path, "feature": feature}
    inside.call("tests.usd_export.worker.blend_character:make", arguments)
    return path


def shown(inside: blender.Child, path: Path, frames: list[int]) -> Any:
    """Return what Blender shows of a file at frames of the line, which begins with the scene, at frame 1."""
    arguments = {"path": path, "frames": [frame + 1 for frame in frames]}
    return inside.call("tests.usd_export.worker.blend_character:shown", arguments)


@pytest.mark.parametrize("feature", FEATURES)
def test_blender_poses_the_character_as_the_rig_does(
    feature: str, clip: Clip, inside: blender.Child, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hero = character(inside, tmp_path / "hero" / "hero.blend", feature)
    before = hero.read_bytes()
    rig = rigs.load(hero)
    moving = clip.with_channels({"head.translation.z": clip["jawOpen"] / 50, "root.rotation.x": clip["headYaw"]})
    path = usd_export.write(moving, tmp_path / "shots" / "line.blend", rig=rig)
    assert usd_export.check(path, moving, rig) == ()
    assert hero.read_bytes() == before
    assert caplog.text == ""
    assert rig.asset is not None
    found = shown(inside, path, FRAMES)
    for frame, points in zip(FRAMES, found["points"], strict=True):
        wanted = posed(rig, moving, frame)
        assert np.abs(points @ rig.asset.space - wanted).max() < 1e-4
    assert Path(found["images"]["Skin"]).resolve() == (hero.parent / "textures" / "skin.png").resolve()
    assert found["range"] == [1, 12]
    assert [file.name for file in path.parent.iterdir()] == ["line.blend"]


def test_what_moves_the_character_already_stays_beneath(clip: Clip, inside: blender.Child, tmp_path: Path) -> None:
    hero = character(inside, tmp_path / "hero.blend", "moving")
    rig = rigs.load(hero)
    before, after = (
        shown(inside, hero, FRAMES),
        shown(inside, usd_export.write(clip, tmp_path / "line.blend", rig=rig), FRAMES),
    )
    still = usd_export.write(clip, tmp_path / "still.blend", rig=rigs.load(character(inside, tmp_path / "b.blend")))
    alone = shown(inside, still, FRAMES)
    assert after["actions"] == ["Smile", "Walk", "line 1"]
    for number, frame in enumerate(FRAMES):
        assert after["weights"][number]["mouthSmileLeft"] == pytest.approx(clip["mouthSmileLeft"][frame], abs=1e-5)
        walk, talk, both = (one["bones"][number] for one in (before, alone, after))
        assert np.abs(both["root"] - walk["root"]).max() < 1e-5
        wanted = multiply(walk["head"], talk["head"])
        assert min(np.abs(both["head"] - wanted).max(), np.abs(both["head"] + wanted).max()) < 1e-5


def test_the_scene_keeps_its_rate(inside: blender.Child, tmp_path: Path) -> None:
    rig = rigs.load(character(inside, tmp_path / "hero.blend"))
    clip = talking(60, frame_rate=Fraction(60))
    path = usd_export.write(clip, tmp_path / "line.blend", rig=rig)
    assert usd_export.check(path, clip, rig) == ()
    found = shown(inside, path, [0, 6])
    assert found["weights"][1]["jawOpen"] == pytest.approx(clip["jawOpen"][15], abs=1e-5)  # a quarter of a second


def test_several_lines_are_actions_of_which_the_first_plays(clip: Clip, inside: blender.Child, tmp_path: Path) -> None:
    rig = rigs.load(character(inside, tmp_path / "hero.blend"))
    other = replace(clip, values=clip.values[::-1].copy(), metadata={"source": "b.wav"})
    path = usd_export.write([clip, other], tmp_path / "line.blend", rig=rig)
    found = shown(inside, path, [0])
    assert found["actions"] == ["b", "line 1"]
    assert found["weights"][0]["jawOpen"] == pytest.approx(clip["jawOpen"][0], abs=1e-5)
    assert usd_export.check(path, other, rig) == ()


def test_a_line_is_written_again_only_when_it_is_asked_for(clip: Clip, inside: blender.Child, tmp_path: Path) -> None:
    hero = character(inside, tmp_path / "hero.blend")
    rig = rigs.load(hero)
    usd_export.write(clip, hero, rig=rig)
    before = hero.read_bytes()
    with pytest.raises(InputError, match="it has an animation 'line 1' already; pass options with replace=True"):
        usd_export.write(clip, hero, rig=rig)
    assert hero.read_bytes() == before
    lower = clip.with_channels({"jawOpen": clip["jawOpen"] / 2})
    usd_export.write(lower, hero, rig=rig, options=Options(replace=True))
    found = shown(inside, hero, [5])
    assert found["actions"] == ["line 1"]
    assert found["weights"][0]["jawOpen"] == pytest.approx(lower["jawOpen"][5], abs=1e-5)


def test_what_drivers_hold_is_told(
    clip: Clip, inside: blender.Child, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rig = rigs.load(character(inside, tmp_path / "hero.blend", "driven"))
    with caplog.at_level(logging.WARNING):
        path = usd_export.write(clip, tmp_path / "line.blend", rig=rig)
    assert "shape keys that drivers or other files hold, and no Action moves: jawOpen" in caplog.text
    assert usd_export.check(path, clip, rig) == ()


def test_a_blend_file_is_a_character_of_one_s_own(clip: Clip, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a \.blend file is a character of your own with the animation in it; pass a"):
        usd_export.write(clip, tmp_path / "line.blend", rig=patch())
