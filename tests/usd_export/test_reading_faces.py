"""Files with a face are read back as clips: glTF, VRM animation, USD and FBX, of ours and of others."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pxr import Sdf

import rigs
import usd_export
from audio2blend import blender
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs.retarget import to_arkit
from tests.support.small_rig import patch
from tests.support.talking import RATES, talking

HEAD = ("headYaw", "headPitch", "headRoll")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Blender run, in a test that is marked so."""
    monkeypatch.delenv(blender.find.VARIABLE, raising=False)


@pytest.mark.parametrize("suffix", [".glb", ".gltf", ".usda", ".usdc", ".usdz"])
@pytest.mark.parametrize("rate", RATES, ids=str)
def test_weights_times_and_rate_come_back(suffix: str, rate: Fraction, tmp_path: Path) -> None:
    clip = replace(talking(frame_rate=rate, start_s=0.5), metadata={"source": "line.wav"})
    found = usd_export.read(usd_export.write(clip, tmp_path / f"a{suffix}", rig=patch()))
    assert (found.frame_rate, len(found), found.metadata["source"]) == (rate, len(clip), "line.wav")
    assert found.start_s == pytest.approx(0.5, abs=1e-5)
    np.testing.assert_allclose(found.select(ARKIT).values, clip.select(ARKIT).values, atol=1e-5)


@pytest.mark.parametrize("suffix", [".glb", ".gltf"])
def test_the_head_comes_back_as_angles(suffix: str, tmp_path: Path) -> None:
    found = usd_export.read(usd_export.write(talking(), tmp_path / f"a{suffix}", rig=patch()))
    np.testing.assert_allclose(found.select(HEAD).values, talking().select(HEAD).values, atol=1e-3)


def test_a_vrm_animation_holds_expressions_and_head(tmp_path: Path) -> None:
    arkit = usd_export.format_of("a.vrma").options(expressions="arkit")
    found = usd_export.read(usd_export.write(talking(), tmp_path / "a.vrma", options=arkit))
    kept = [name for name in ARKIT if not name.startswith("eyeLook")]
    np.testing.assert_allclose(found.select([*kept, *HEAD]).values, talking().select([*kept, *HEAD]).values, atol=1e-3)
    found = usd_export.read(usd_export.write(talking(), tmp_path / "b.vrma"))
    assert {"aa", "blink", "headYaw"} <= {*found.channels}
    assert "jawOpen" in to_arkit(found)


@pytest.mark.blender
def test_fbx_comes_back(reads: None, hello_clip: Clip, tmp_path: Path) -> None:
    clip = hello_clip.resampled(Fraction(30000, 1001))
    found = usd_export.read(usd_export.write(clip, tmp_path / "a.fbx", rig=patch()))
    assert (found.frame_rate, len(found), found.start_s) == (clip.frame_rate, len(clip), 0.0)
    np.testing.assert_allclose(found.select(ARKIT).values, clip.select(ARKIT).values, atol=1e-5)


def test_of_several_lines_in_ones_own_file_the_last_is_read(tmp_path: Path) -> None:
    still = Clip(values=np.zeros((2, 1)), channels=("jawOpen",), frame_rate=Fraction(60))
    hero = rigs.load(usd_export.write(still, tmp_path / "hero.glb", rig=patch()))
    lines = [replace(talking(count), metadata={"source": f"{count}.wav"}) for count in (30, 40)]
    found = usd_export.read(usd_export.write(lines, tmp_path / "out.glb", rig=hero))
    assert (len(found), found.metadata["source"]) == (40, "40.wav")


def test_an_animation_in_ones_own_file_is_read_and_not_that_which_was_there(tmp_path: Path) -> None:
    first = Clip(values=np.zeros((9, 1)), channels=("jawOpen",), frame_rate=Fraction(24))
    path = usd_export.write(first, tmp_path / "hero.glb", rig=patch())
    content = path.read_bytes()
    assert b'"audio2blend"' in content
    path.write_bytes(content.replace(b'"extras":{"audio2blend"', b'"extras":{"another_one"'))  # now somebody else's
    assert usd_export.read(path).frame_rate == 24
    clip = replace(talking(), metadata={"source": "line.wav"})
    found = usd_export.read(usd_export.write(clip, tmp_path / "out.glb", rig=rigs.load(path)))
    assert (found.frame_rate, found.metadata["source"]) == (60, "line.wav")
    np.testing.assert_allclose(found.select(ARKIT).values, clip.select(ARKIT).values, atol=1e-5)


def test_a_layer_over_ones_own_usd_is_read(tmp_path: Path) -> None:
    still = Clip(values=np.zeros((2, 1)), channels=("jawOpen",), frame_rate=Fraction(60))
    hero = rigs.load(usd_export.write(still, tmp_path / "hero.usda", rig=patch()))
    found = usd_export.read(usd_export.write(talking(), tmp_path / "line.usda", rig=hero))
    np.testing.assert_allclose(found.select(ARKIT).values[:90], talking().select(ARKIT).values, atol=1e-5)


@pytest.mark.parametrize(("interpolation", "middle"), [("LINEAR", 0.5), ("STEP", 0.0)])
def test_gltf_says_how_it_runs_between_keys(interpolation: str, middle: float, tmp_path: Path) -> None:
    clip = Clip(values=[[0.0], [1.0], [1.0]], channels=("jawOpen",), frame_rate=Fraction(30))
    path = usd_export.write(clip, tmp_path / "a.gltf", rig=patch())
    content = json.loads(path.read_text())
    (about,) = content["animations"]
    about["extras"] = {"audio2blend": {"frame_rate": "60"}}
    for sampler in about["samplers"]:
        sampler["interpolation"] = interpolation
    path.write_text(json.dumps(content))
    assert usd_export.read(path)["jawOpen"] == pytest.approx([0, middle, 1, 1, 1], abs=1e-5)


def test_what_has_no_animation_or_is_damaged_gives_one_sentence(tmp_path: Path) -> None:
    path = usd_export.write(talking(4), tmp_path / "a.gltf", rig=patch())
    whole = json.loads(path.read_text())
    bad = {
        "no animation in it moves a weight": {**whole, "animations": []},
        "contradicts itself": {**whole, "animations": [{"channels": [{"sampler": 7, "target": {"path": "weights"}}]}]},
        "no glTF 2.0": {},
    }
    for sentence, content in bad.items():
        path.write_text(json.dumps(content))
        with pytest.raises(InputError, match=sentence) as error:
            usd_export.read(path)
        assert str(error.value).startswith(f"{path}: ")
    empty = tmp_path / "a.usda"
    assert Sdf.Layer.CreateNew(str(empty)).Save()
    with pytest.raises(InputError, match=r"a\.usda: no blend shape moves in it"):
        usd_export.read(empty)
    empty.write_text("#usda 1.0\n(")
    with pytest.raises(InputError, match=r"a\.usda: USD cannot open it"):
        usd_export.read(empty)
