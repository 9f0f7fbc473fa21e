"""A line as a layer of its own in a shot, from some time code on, and long lines in value clips."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pxr import Sdf, Usd

import rigs
import usd_export
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from tests.support.posing import posed
from tests.support.talking import talking
from tests.support.usd_characters import character
from tests.support.usd_reader import drawn_all
from usd_export.registry import format_of
from usd_export.usd import Options

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clip() -> Clip:
    return replace(talking(24), metadata={"source": "line.wav"})


def shot(folder: Path) -> Path:
    """Write a shot of 24 time codes a second that has a character by reference."""
    character(folder / "hero.usda", "referenced")
    path = folder / "shot.usda"
    stage = Usd.Stage.CreateNew(str(path))
    stage.GetRootLayer().subLayerPaths.append("./hero.usda")
    stage.SetTimeCodesPerSecond(24)
    stage.SetMetadata("upAxis", "Y")
    stage.SetMetadata("metersPerUnit", 1.0)
    stage.SetDefaultPrim(stage.GetPrimAtPath("/World"))
    stage.SetStartTimeCode(1001)
    stage.SetEndTimeCode(1100)
    stage.Save()
    return path


def sublayer(place: Path, name: str) -> None:
    layer = Sdf.Layer.FindOrOpen(str(place))
    layer.subLayerPaths.insert(0, name)
    layer.Save()


def test_a_shot_that_sublayers_the_line_speaks(clip: Clip, tmp_path: Path) -> None:
    place = shot(tmp_path)
    rig = rigs.load(place)
    line = usd_export.write(clip, tmp_path / "line.usdc", rig=rig, options=Options(layer=True, time_code=1001))
    assert usd_export.check(line, clip, rig) == ()
    layer = Sdf.Layer.FindOrOpen(str(line))
    assert not layer.subLayerPaths
    assert layer.timeCodesPerSecond == 24
    sublayer(place, "./line.usdc")
    assert rig.asset is not None
    for frame, points in zip((0, 5, 23), drawn_all(place, [1001.0, 1003.0, 1010.2], rig.asset.space), strict=True):
        assert np.abs(points - posed(rig, clip, frame)).max() < 2e-5


def test_a_line_that_the_shot_has_already_is_written_again(clip: Clip, tmp_path: Path) -> None:
    place, options = shot(tmp_path), Options(layer=True, time_code=1001)
    line = usd_export.write(clip, tmp_path / "line.usda", rig=rigs.load(place), options=options)
    first = line.read_bytes()
    sublayer(place, "./line.usda")
    usd_export.write(clip, line, rig=rigs.load(place), options=options)
    assert line.read_bytes() == first


def test_it_is_told_where_the_shot_is_stronger_than_the_line(
    clip: Clip, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hero = character(tmp_path / "hero.usda", "a body that moves")
    usd_export.write(clip, tmp_path / "line.usda", rig=rigs.load(hero), options=Options(layer=True))
    assert "says itself what moves /Hero/Rig; put the line above it" in caplog.text


@pytest.mark.parametrize("feature", ["plain", "a body that moves", "two skeletons"])
def test_value_clips_hold_what_the_layer_would(feature: str, clip: Clip, tmp_path: Path) -> None:
    longer = replace(clip, values=np.concatenate([clip.values, clip.values[::-1]] * 3))
    rig = rigs.load(character(tmp_path / "hero.usda", feature))
    whole = usd_export.write(longer, tmp_path / "whole.usda", rig=rig)
    parts = usd_export.write(longer, tmp_path / "shots" / "parts.usda", rig=rig, options=Options(clip_length=0.7))
    assert usd_export.check(parts, longer, rig) == ()
    assert rig.asset is not None
    times = [-3.0, 0.0, 7.0, 16.5, 16.8, 20.0, 41.5, 42.0, 60.0, 83.9, 84.0, 143.0, 150.0]
    one, two = (drawn_all(path, times, rig.asset.space) for path in (whole, parts))
    assert np.abs(one - one[0]).max() > 0.01
    assert np.abs(two - one).max() < 1e-6
    assert "timeSamples" not in parts.read_text()
    clips = sorted(file.name for file in (tmp_path / "shots" / "parts.clips").iterdir())
    assert clips[:3] == ["0001.usdc", "0002.usdc", "0003.usdc"]
    assert clips[-1] == "manifest.usda"


def test_a_layer_whose_clips_are_gone_is_not_whole(clip: Clip, tmp_path: Path) -> None:
    rig = rigs.load(character(tmp_path / "hero.usda"))
    path = usd_export.write(clip, tmp_path / "line.usdc", rig=rig, options=Options(clip_length=0.1))
    assert format_of(path).is_whole(path)
    (tmp_path / "line.clips" / "0002.usdc").unlink()
    assert not format_of(path).is_whole(path)


@pytest.mark.parametrize("options", [Options(flatten=True, layer=True), Options(flatten=True, clip_length=1.0)])
def test_one_file_is_neither_a_layer_nor_clips(options: Options, clip: Clip, tmp_path: Path) -> None:
    rig = rigs.load(character(tmp_path / "hero.usda"))
    with pytest.raises(InputError, match="one file with the character in it is no layer for a shot"):
        usd_export.write(clip, tmp_path / "line.usda", rig=rig, options=options)


def test_a_new_head_has_no_shot(clip: Clip, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="options for a USD character of your own"):
        usd_export.write(clip, tmp_path / "line.usda", rig=rigs.builtin(), options=Options(layer=True))
