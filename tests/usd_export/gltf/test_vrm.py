"""A plain avatar becomes VRM 1.0 where it has what the specification demands; else all that lacks is listed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import rigs
import usd_export
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from rigs.humanoid import REQUIRED
from tests.support.glb import Glb, parts
from tests.support.gltf_reader import khronos_issues, needs_validator
from tests.support.posing import posed
from tests.support.small_rig import STILL, patch
from tests.support.talking import talking
from tests.support.whole_body import MAKERS, body
from usd_export.gltf import VrmOptions

OURS = VrmOptions(author="us")


@pytest.fixture(scope="module")
def clip() -> Clip:
    return replace(talking(12), metadata={"source": "line.wav"})


def avatar(path: Path, rig: Rig | None = None) -> Rig:
    """Write an avatar to a .glb file as people have it, without animations, and read it."""
    glb = Glb.read(usd_export.write(STILL, path, rig=rig or body()))
    del glb.json["animations"]
    glb.json["extensionsUsed"], glb.json["extensions"] = ["ACME_hat"], {"ACME_hat": {"size": 58}}
    return rigs.load(glb.save(path))


def test_it_is_the_avatar_with_the_extension_and_a_line(clip: Clip, tmp_path: Path) -> None:
    rig = avatar(tmp_path / "hero.glb")
    path = usd_export.write(clip, tmp_path / "hero.vrm", rig=rig, options=OURS)
    assert usd_export.check(path, clip, rig) == ()
    was, now = Glb.read(tmp_path / "hero.glb"), Glb.read(path)
    kept = parts(now)
    changed = {place for place, digest in parts(was).items() if kept.get(place) != digest}
    assert changed == {"/buffers/0/byteLength"}
    assert now.json["extensionsUsed"] == ["ACME_hat", "VRMC_vrm"]
    about = now.json["extensions"]["VRMC_vrm"]
    assert about["specVersion"] == "1.0"
    assert about["meta"] == {
        "name": "hero", "version": "1", "authors": ["us"], "licenseUrl": "https://vrm.dev/licenses/1.0/",
    }  # fmt: skip
    assert np.abs(now.drawn("line", 9) - _corners(now, posed(rig, clip, 9, head="mixamorig:Head"), rig)).max() < 1e-4


def _corners(glb: Glb, wanted: np.ndarray, rig: Rig) -> np.ndarray:  # type: ignore[type-arg]
    """Return the vertices of a rig in the order of the file's corners: by where they are at rest."""
    assert rig.mesh is not None
    rest = np.concatenate([glb.numbers(part["attributes"]["POSITION"]) for part in glb.json["meshes"][0]["primitives"]])
    nearest = np.linalg.norm(rest[:, None] - rig.mesh.vertices[None], axis=2).argmin(axis=1)
    return wanted[nearest]


def test_the_bones_are_those_that_vrm_demands(clip: Clip, tmp_path: Path) -> None:
    rig = avatar(tmp_path / "hero.glb")
    glb = Glb.read(usd_export.write(clip, tmp_path / "hero.vrm", rig=rig, options=OURS))
    bones = glb.json["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"]
    assert {*REQUIRED} <= bones.keys()
    assert {bone: glb.json["nodes"][about["node"]]["name"] for bone, about in bones.items()} == {
        bone: name for bone, name in MAKERS["Mixamo"].items() if "Shoulder" not in bone
    }
    look = glb.json["extensions"]["VRMC_vrm"]["lookAt"]
    assert look["type"] == "bone"
    assert look["offsetFromHeadBone"] == pytest.approx([0, 0.1, 0], abs=1e-4)


def test_expressions_bind_the_shapes_that_they_are_made_of(clip: Clip, tmp_path: Path) -> None:
    rig = avatar(tmp_path / "hero.glb")
    glb = Glb.read(usd_export.write(clip, tmp_path / "hero.vrm", rig=rig, options=OURS))
    names = glb.json["meshes"][0]["extras"]["targetNames"]
    found = glb.json["extensions"]["VRMC_vrm"]["expressions"]

    def bound(kind: str, name: str) -> dict[str, float]:
        return {names[bind["index"]]: bind["weight"] for bind in found[kind][name]["morphTargetBinds"]}

    assert found["custom"].keys() == {*ARKIT}
    assert bound("custom", "mouthSmileLeft") == {"mouthSmileLeft": 1.0}
    assert bound("preset", "blink") == {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}
    assert bound("preset", "blinkLeft") == {"eyeBlinkLeft": 1.0}
    assert bound("preset", "lookLeft") == {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0}
    assert bound("preset", "aa")["jawOpen"] > bound("preset", "ih").get("jawOpen", 0.0)
    assert bound("preset", "ou")["mouthPucker"] > 0.3
    assert {bind["node"] for about in found["preset"].values() for bind in about["morphTargetBinds"]} == {0}


def test_without_a_line_it_is_the_avatar_alone(tmp_path: Path) -> None:
    rig = avatar(tmp_path / "hero.glb")
    glb = Glb.read(usd_export.write([], tmp_path / "hero.vrm", rig=rig, options=OURS))
    assert "animations" not in glb.json
    assert glb.binary == Glb.read(tmp_path / "hero.glb").binary
    again = rigs.load(tmp_path / "hero.vrm")
    assert again.shapes[: len(ARKIT)] == rig.shapes


@needs_validator
def test_the_khronos_validator_says_no_more_than_of_the_avatar(clip: Clip, tmp_path: Path) -> None:
    rig = avatar(tmp_path / "hero.glb")
    usd_export.write(clip, tmp_path / "hero.vrm", rig=rig, options=OURS)
    was, now = (khronos_issues(tmp_path / name) for name in ("hero.glb", "hero.vrm"))
    assert (now["numErrors"], now["numWarnings"]) == (was["numErrors"], was["numWarnings"]) == (0, 0)
    assert now["numInfos"] == was["numInfos"] + 1  # it does not know the extension


def test_all_that_lacks_is_listed(clip: Clip, tmp_path: Path) -> None:
    rig = avatar(tmp_path / "hero.glb", patch())
    with pytest.raises(InputError, match=r"it lacks: the bone hips, the bone spine, the bone leftUpperArm.*an author"):
        usd_export.write(clip, tmp_path / "hero.vrm", rig=rig)
    assert not (tmp_path / "hero.vrm").exists()


def test_arms_that_hang_are_no_t_pose(clip: Clip, tmp_path: Path) -> None:
    rig = avatar(tmp_path / "hero.glb", body(arms=45))
    with pytest.raises(InputError, match=r"a T-pose \(its left arm is 45° away from one at rest\)"):
        usd_export.write(clip, tmp_path / "hero.vrm", rig=rig, options=OURS)


def test_the_author_of_the_file_is_its_author(tmp_path: Path) -> None:
    avatar(tmp_path / "hero.glb")
    glb = Glb.read(tmp_path / "hero.glb")
    glb.json["asset"]["copyright"] = "2026 Ada"
    rig = rigs.load(glb.save(tmp_path / "hero.glb"))
    vrm = Glb.read(usd_export.write([], tmp_path / "hero.vrm", rig=rig))
    assert vrm.json["extensions"]["VRMC_vrm"]["meta"]["authors"] == ["2026 Ada"]
