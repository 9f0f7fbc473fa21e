"""`animate` and `retarget` into the client's own file, as somebody types them."""

import json
import shutil
from pathlib import Path

import pytest

import usd_export
from audio2blend import blender
from audio2blend.clip import Clip
from tests.support import usd_characters
from tests.support.commands import command
from tests.support.glb import Glb, parts
from tests.support.gltf_characters import character
from tests.support.small_rig import patch

pytestmark = pytest.mark.slow


def names(path: Path) -> list[str]:
    return [about["name"] for about in Glb.read(path).json["animations"]]


def test_several_lines_become_clips_of_one_file_and_are_known_again(
    hello: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hero, out = character(tmp_path / "hero.glb", "animations"), tmp_path / "out.glb"
    lines = [shutil.copy(hello, tmp_path / f"{name}.wav") for name in "ab"]
    arguments = ["animate", *lines, "--rig", hero, "-o", out]
    assert command(*arguments) == 0
    assert names(out) == ["Idle", "Nod", "a", "b"]
    capsys.readouterr()
    assert command(*arguments) == 0
    assert capsys.readouterr().out.count("unchanged") == 2
    shutil.copy(hello, tmp_path / "c.wav")
    assert command("animate", *lines, tmp_path / "c.wav", "--rig", hero, "-o", out) == 0
    assert names(out) == ["Idle", "Nod", "a", "b", "c"]


def test_a_bad_recording_does_not_stop_the_others_and_is_tried_again(hello: Path, tmp_path: Path) -> None:
    hero, out, bad = character(tmp_path / "hero.glb"), tmp_path / "out.glb", tmp_path / "bad.wav"
    bad.write_text("noise")
    assert command("animate", hello, bad, "--rig", hero, "-o", out) == 1
    assert names(out) == ["hello"]
    shutil.copy(hello, bad)
    assert command("animate", hello, bad, "--rig", hero, "-o", out) == 0
    assert names(out) == ["hello", "bad"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-o", "out.usdc"], "put {stem} into the output's name"),
        (["-o", "out.glb", "--new-head"], "put {stem} into the output's name"),
        (["-o", "out.mp4"], "put {stem} into the output's name"),
    ],
)
def test_files_that_hold_one_clip_still_do(
    arguments: list[str], told: str, hello: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hero = character(tmp_path / "hero.glb")
    other = shutil.copy(hello, tmp_path / "b.wav")
    outputs = [str(tmp_path / word) if word.startswith("out") else word for word in arguments]
    assert command("animate", hello, other, "--rig", hero, *outputs) == 2
    assert told in capsys.readouterr().err


def test_a_new_head_is_written_where_it_is_asked_for(hello: Path, tmp_path: Path) -> None:
    hero, out = character(tmp_path / "hero.glb", "pictures and unknown extensions"), tmp_path / "out.glb"
    assert command("animate", hello, "--rig", hero, "-o", out) == 0
    assert parts(Glb.read(out)).items() >= {
        (place, part) for place, part in parts(Glb.read(hero)).items() if place != "/buffers/0/byteLength"
    }
    assert command("animate", hello, "--rig", hero, "-o", out, "--new-head") == 0
    assert "images" not in Glb.read(out).json


def test_a_clip_is_replaced_when_it_is_asked_for(
    hello: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hero = character(tmp_path / "hero.glb")
    assert command("animate", hello, "--rig", hero, "-o", hero) == 0
    capsys.readouterr()
    assert command("animate", hello, "--rig", hero, "-o", hero, "--jaw", "0.5") == 2
    assert "hero.glb has an animation 'hello' already; replace it by --replace" in capsys.readouterr().err
    before = Glb.read(hero).curves("hello")[0, "weights"]
    assert command("animate", hello, "--rig", hero, "-o", hero, "--jaw", "0.5", "--replace") == 0
    assert names(hero) == ["hello"]
    assert abs(Glb.read(hero).curves("hello")[0, "weights"] - before).max() > 0.05


def test_retarget_puts_a_clip_into_the_file_under_its_own_name(
    hello_clip: Clip, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hero = character(tmp_path / "hero.glb")
    curves = usd_export.write(hello_clip, tmp_path / "take 7.csv")
    assert command("retarget", curves, "--rig", hero, "-o", tmp_path / "out.glb", "--json") == 0
    assert names(tmp_path / "out.glb") == ["take 7"]
    assert json.loads(capsys.readouterr().out)["lost"] == []


def test_what_the_character_cannot_show_is_listed_for_programs(
    hello: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    glb = Glb.read(character(tmp_path / "hero.glb"))
    shown = glb.json["meshes"][0]["extras"]["targetNames"]
    shown[shown.index("cheekPuff")] = "Whiskers"
    hero = glb.save(tmp_path / "hero.glb")
    assert command("animate", hello, "--rig", hero, "-o", tmp_path / "out.glb", "--json") == 0
    assert json.loads(capsys.readouterr().out)["lost"] == {str(hero): ["cheekPuff"]}


def test_what_a_file_cannot_keep_is_told_in_a_line_and_listed_for_programs(
    hello: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    hero = usd_characters.character(tmp_path / "hero.usda", "an instance")
    assert command("animate", hello, "--rig", hero, "-o", tmp_path / "line.usda", "--json") == 0
    told = f"{hero}: '/World/Hero_1' is no longer an instance, so that it can speak alone"
    assert json.loads(capsys.readouterr().out)["warnings"] == [told]
    assert told in caplog.text


def test_a_line_lies_over_a_usd_character_and_is_made_anew_when_that_changes(
    hello: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hero").mkdir()
    hero, out = usd_characters.character(tmp_path / "hero" / "hero.usda", "referenced"), tmp_path / "line.usda"
    arguments = ["animate", hello, "--rig", hero, "-o", out]
    assert command(*arguments) == 0
    assert "subLayers = [\n        @./hero/hero.usda@\n    ]" in out.read_text("utf-8")
    assert command(*arguments) == 0
    assert "unchanged" in capsys.readouterr().out
    part = hero.with_name("asset.usda")
    part.write_text(part.read_text("utf-8") + "\n", "utf-8")
    assert command(*arguments) == 0
    assert "unchanged" not in capsys.readouterr().out


@pytest.mark.blender
def test_a_line_in_a_blend_file_is_made_anew_when_that_changes(
    hello: Path, inside: blender.Child, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hero, make = tmp_path / "hero.blend", "tests.usd_export.worker.blend_character:make"
    arguments = ["animate", hello, "--rig", hero, "-o", tmp_path / "line.blend"]
    for feature, again in (("plain", ""), ("plain", "unchanged"), ("moving", "")):
        if not again:
            inside.call(make, {"rig": patch(), "path": hero, "feature": feature})
        capsys.readouterr()
        assert command(*arguments) == 0
        assert ("unchanged" in capsys.readouterr().out) == bool(again)


def test_lines_over_a_usd_character_are_files_of_their_own(
    hello: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hero, other = usd_characters.character(tmp_path / "hero.usda"), shutil.copy(hello, tmp_path / "b.wav")
    assert command("animate", hello, other, "--rig", hero, "-o", tmp_path / "line.usda") == 2
    assert "put {stem} into the output's name" in capsys.readouterr().err
    assert command("animate", hello, "--rig", hero, "-o", hero) == 2
    assert "hero.usda is also an input and would be overwritten; name another output" in capsys.readouterr().err
    assert command("animate", hello, "--rig", hero, "-o", tmp_path / "line.usda", "--new-head") == 0
    assert "subLayers" not in (tmp_path / "line.usda").read_text("utf-8")


def test_a_file_that_has_lost_its_buffer_is_written_again(hello: Path, tmp_path: Path) -> None:
    hero, out = character(tmp_path / "hero.glb"), tmp_path / "out.gltf"
    assert command("animate", hello, "--rig", hero, "-o", out) == 0
    (tmp_path / "out.bin").unlink()
    assert command("animate", hello, "--rig", hero, "-o", out) == 0
    assert len(Glb.read(out).curves("hello")) > 0


def test_a_file_of_another_family_is_said_to_leave_the_rest_behind(
    hello: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hero, kept, left = character(tmp_path / "hero.glb"), tmp_path / "out.glb", tmp_path / "out.usdc"
    assert command("animate", hello, "--rig", hero, "-o", kept, "-o", left, "-o", tmp_path / "out.csv") == 0
    told = f"{left} is of the face alone; .glb or .gltf or .vrm keeps all that {hero} holds"
    assert told in capsys.readouterr().out.splitlines()
    for arguments in (["--rig", hero, "-o", kept, "--force"], ["--rig", hero, "-o", kept, "--new-head"], ["-o", left]):
        assert command("animate", hello, *arguments) == 0
        assert "of the face alone" not in capsys.readouterr().out
