"""The command validate: good files pass, each fault has its line, and what is not there is said."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rigs
import usd_export
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from rigs.retarget import match
from tests.support.commands import command
from tests.support.gltf_characters import Glb
from tests.support.rig_names import OCULUS
from tests.support.small_rig import patch
from tests.support.talking import talking
from usd_export.gltf import khronos

validate = partial(command, "validate")
needs_khronos = pytest.mark.skipif(not khronos._command(), reason="no gltf-validator; `make test` installs it")


def report(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code = validate(*arguments, "--json")
    return code, json.loads(capsys.readouterr().out)


def verdicts(file: dict[str, Any]) -> dict[str, str]:
    """Return the verdict of each check, and of each validator without its version."""
    return {one["name"].split(" 2")[0].split(" 1")[0]: one["verdict"] for one in file["outcomes"]}


@pytest.fixture
def calm() -> Clip:
    """A clip that starts at rest and moves everything a little."""
    clip = talking(60)
    ramp = np.minimum(1, np.arange(60) / 20)[:, None]
    return replace(clip, values=clip.values * ramp * 0.5)


@pytest.mark.parametrize("suffix", [".glb", ".usdc", ".csv", ".json"])
def test_a_good_file_passes(suffix: str, calm: Clip, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = usd_export.write(calm, tmp_path / f"line{suffix}", rig=patch())
    assert validate(path) == 0
    shown = capsys.readouterr()
    assert shown.out.endswith("1 of 1 files pass.\n")
    assert "names, all of them ARKit's" in shown.out
    assert shown.err == ""


def test_a_line_is_held_against_its_recording(
    hello: Path, hello_clip: Clip, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = usd_export.write(hello_clip, tmp_path / "hello.csv")
    late = usd_export.write(replace(hello_clip, start_s=0.2), tmp_path / "late.csv")
    short = usd_export.write(replace(hello_clip, values=hello_clip.values[:100]), tmp_path / "short.csv")
    code, found = report(capsys, good, late, short, "--speech", hello)
    assert code == 1
    of = {Path(file["file"]).stem: verdicts(file) for file in found["files"]}
    assert (of["hello"]["length"], of["hello"]["sync"]) == ("pass", "pass")
    assert (of["late"]["length"], of["late"]["sync"]) == ("fail", "fail")
    assert of["short"]["length"] == "fail"
    assert "the mouth is late by 20" in json.dumps(found["files"][1])
    told = " ".join(one["message"] for one in found["files"][2]["outcomes"][-2]["findings"])
    assert told == "100 frames at 60 fps, and the sound lasts 283.5"


@needs_khronos
def test_what_the_khronos_validator_finds_fails(calm: Clip, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = usd_export.write(calm, tmp_path / "line.glb", rig=patch())
    glb = Glb.read(path)
    glb.json["nodes"][0]["rotation"] = [0, 0, 0, 0.5]
    glb.save(path)
    code, found = report(capsys, path)
    assert (code, verdicts(found["files"][0])["Khronos glTF validator"]) == (1, "fail")
    assert "ROTATION_NON_UNIT" in json.dumps(found)


def test_without_validators_it_says_how_to_get_them(calm: Clip, tmp_path: Path) -> None:
    glb = usd_export.write(calm, tmp_path / "line.glb", rig=patch())
    usd = usd_export.write(calm, tmp_path / "line.usdc", rig=patch())
    (tmp_path / "omni").mkdir()
    (tmp_path / "omni" / "__init__.py").write_text("raise ImportError")  # as where it is not installed
    script = (
        "import sys; sys.prefix = 'nowhere'; sys.executable = 'nowhere/python'\n"
        "from audio2blend_app.cli.main import main; sys.exit(main())"
    )
    environment = {**os.environ, "PATH": str(tmp_path), "PYTHONPATH": str(tmp_path), "NODE_PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", script, "validate", glb, usd],
        capture_output=True, text=True, cwd=tmp_path, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "not run: it is not installed; put the program gltf_validator on PATH" in done.stdout
    assert "not run: it is not installed; run: pip install omniverse-asset-validator" in done.stdout


def test_a_profile_is_held_against_it(calm: Clip, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    glb, usdz = (usd_export.write(calm, tmp_path / f"line{suffix}", rig=patch()) for suffix in (".glb", ".usdz"))
    assert validate(usdz, "--profile", "quicklook") == 0
    assert validate(glb, "--profile", "quicklook") == 1
    assert "AR Quick Look takes no .glb files; write a .usdz" in capsys.readouterr().err
    assert validate(glb, "--profile", "web") == 0
    anim = usd_export.write(calm, tmp_path / "line.unity.anim")
    assert validate(anim, "--profile", "unity") == 0, "a suffix of two parts"
    assert validate(anim, "--profile", "web") == 1


def test_what_nobody_looks_into_does_not_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "line.mp4"
    path.write_bytes(b"a film")
    assert validate(path) == 0
    assert "0 of 1 files pass" in capsys.readouterr().out


def _text(path: Path) -> None:
    path.write_text("these are no curves\n")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _gone(path: Path) -> None:
    path.unlink()


def _noise(path: Path) -> None:
    path.write_bytes(np.random.default_rng(1).bytes(5000))


@pytest.mark.parametrize("harm", [_text, _cut, _empty, _folder, _gone, _noise])
@pytest.mark.parametrize("suffix", [".glb", ".gltf", ".vrma", ".usda", ".usdc", ".usdz", ".csv", ".json", ".npz"])
def test_what_cannot_be_read_is_one_sentence_with_the_file(
    harm: Callable[[Path], None], suffix: str, calm: Clip, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = usd_export.write(calm, tmp_path / "good.csv")
    path = usd_export.write(calm, tmp_path / f"line{suffix}", rig=patch())
    harm(path)
    code, found = report(capsys, path, good)
    (bad, fine) = found["files"]
    assert fine["verdict"] == "pass", "one bad file does not stop the others"
    if suffix == ".csv" and harm is _cut and code != 2:
        pytest.skip("rows that end together are a shorter file")
    assert (code, bad["verdict"]) == (2, "error")
    assert str(path) in bad["error"]
    assert "\n" not in bad["error"]
    assert ";" in bad["error"], "the cure"
    assert "Traceback" not in bad["error"]


HOSTILE: dict[str, Callable[[Any], object]] = {
    "huge counts": lambda scene: [accessor.update(count=2**40) for accessor in scene["accessors"]],
    "negative counts": lambda scene: [accessor.update(count=-5) for accessor in scene["accessors"]],
    "a node that is its own child": lambda scene: scene["nodes"][0].update(children=[0]),
    "nodes that are text": lambda scene: scene.update(nodes="all"),
    "samplers of nowhere": lambda scene: scene["animations"][0]["samplers"][0].update(output=10**9),
    "channels of nowhere": lambda scene: scene["animations"][0]["channels"][0]["target"].update(node=10**9),
    "a name that is a list": lambda scene: scene["meshes"][0]["extras"].update(targetNames=[["a"]] * 52),
    "extensions that are text": lambda scene: scene.update(extensions="VRM"),
    "buffers elsewhere": lambda scene: scene["buffers"][0].update(uri="/etc/passwd"),
    "a picture elsewhere": lambda scene: scene.update(images=[{"uri": "../../../../etc/passwd"}]),
    "NaN": lambda scene: scene["nodes"][0].update(translation=[float("nan")] * 3),
    "no animation": lambda scene: scene.pop("animations"),
}


@pytest.mark.parametrize("fault", HOSTILE)
def test_hostile_json_fails_in_a_sentence(
    fault: str, calm: Clip, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = usd_export.write(calm, tmp_path / "line.glb", rig=patch())
    glb = Glb.read(path)
    HOSTILE[fault](glb.json)
    glb.save(path)
    code, found = report(capsys, path)
    assert code in (1, 2)
    (file,) = found["files"]
    assert file["verdict"] in ("error", "fail")
    assert "root:" not in json.dumps(found), "nothing of another file"


HOSTILE_USD = {
    "no time": ("timeCodesPerSecond = 60", "timeCodesPerSecond = 0"),
    "a loop": ('upAxis = "Y"', 'upAxis = "Y"\n    subLayers = [@./line.usda@]'),
    "a file that is gone": ('upAxis = "Y"', 'upAxis = "Y"\n    subLayers = [@./gone.usda@]'),
    "weights for nobody": ('uniform token[] blendShapes = ["eyeBlinkLeft"', 'uniform token[] blendShapes = ["horn"'),
    "names alone": ("uniform token[] skel:blendShapes", "uniform token[] skel:blendShape"),
}


@pytest.mark.parametrize("fault", HOSTILE_USD)
def test_hostile_scenes_fail_in_a_sentence(
    fault: str, calm: Clip, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = usd_export.write(calm, tmp_path / "line.usda", rig=patch())
    text, (old, new) = path.read_text("utf-8"), HOSTILE_USD[fault]
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    code, found = report(capsys, path)
    assert code in (1, 2)
    assert found["files"][0]["verdict"] in ("error", "fail")


def test_an_unknown_suffix_lists_the_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "line.xyz"
    path.write_text("x")
    assert validate(path) == 2
    assert "no format writes '.xyz' files; name a file that ends in ." in capsys.readouterr().err


def test_a_usd_file_by_its_family_suffix(calm: Clip, tmp_path: Path) -> None:
    path = usd_export.write(calm, tmp_path / "line.usdc", rig=patch())
    shutil.copy(path, tmp_path / "line.usd")
    assert validate(tmp_path / "line.usd") == 0


def test_dead_shapes_beside_those_that_speak_say_nothing(
    hello: Path, hello_clip: Clip, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    visemes = match(OCULUS).retarget(hello_clip)
    rig = patch(shapes=(*ARKIT, *OCULUS))
    path = usd_export.write(visemes.select(rig.shapes), tmp_path / "hello.glb", rig=rig)
    _, found = report(capsys, path, "--speech", hello)
    assert verdicts(found["files"][0])["sync"] == "pass"


def test_a_face_that_no_name_tells_is_judged_by_its_shapes(
    hello: Path, hello_clip: Clip, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = rigs.builtin()
    nameless = replace(head, shapes=tuple(f"shape_{number:02}" for number in range(len(head.shapes))))
    clip = replace(hello_clip.select(head.shapes), channels=nameless.shapes, frame_rate=Fraction(60))
    path = usd_export.write(clip, tmp_path / "hello.glb", rig=nameless)
    _, found = report(capsys, path, "--speech", hello)
    assert verdicts(found["files"][0])["sync"] == "pass"
