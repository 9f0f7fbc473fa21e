"""VRM's own rules: a character that keeps them passes, and each that is broken is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.vrm_characters import rewritten, whole
from usd_export.gltf.vrm_rules import validate

Json = dict[str, Any]


def told(path: Path) -> str:
    return " ".join(finding.message for finding in validate(path).findings if finding.severity != "info")


@pytest.mark.parametrize("version", [0, 1])
def test_a_character_that_keeps_them_passes(version: int, tmp_path: Path) -> None:
    outcome = validate(whole(tmp_path / "hero.vrm", version=version))
    assert (outcome.verdict, outcome.findings) == ("pass", ())
    assert outcome.name == f"VRM rules {version}.0"


def _bones(scene: Json) -> Json:
    bones: Json = scene["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"]
    return bones


BROKEN_1: dict[str, tuple[Callable[[Json], object], str]] = {
    "no head": (lambda scene: _bones(scene).pop("head"), "bones that VRM demands are missing: head"),
    "a shared node": (lambda scene: _bones(scene)["spine"].update(_bones(scene)["hips"]), "one node is two bones"),
    "crossed legs": (
        lambda scene: _bones(scene)["leftFoot"].update(node=_bones(scene)["rightFoot"]["node"]),
        "the bone leftFoot does not hang on leftLowerLeg",
    ),
    "no node": (lambda scene: _bones(scene)["head"].update(node=999), "there is no node for the bones head"),
    "no author": (lambda scene: scene["extensions"]["VRMC_vrm"]["meta"].pop("authors"), "meta.authors is missing"),
    "nobody": (lambda scene: scene["extensions"]["VRMC_vrm"]["meta"].update(authors=[""]), "names nobody"),
    "licence": (lambda scene: scene["extensions"]["VRMC_vrm"]["meta"].update(licenseUrl="mine"), "licenseUrl is not"),
    "choice": (lambda scene: scene["extensions"]["VRMC_vrm"]["meta"].update(modification="no"), "'no'; there are"),
    "version": (lambda scene: scene["extensions"]["VRMC_vrm"].update(specVersion="1.0-beta"), "not '1.0'"),
    "undeclared": (lambda scene: scene.update(extensionsUsed=[]), "VRMC_vrm is not in extensionsUsed"),
    "expression": (
        lambda scene: scene["extensions"]["VRMC_vrm"]["expressions"]["preset"].update(smirk={}),
        "'smirk' is no preset expression",
    ),
    "custom": (
        lambda scene: scene["extensions"]["VRMC_vrm"]["expressions"].update(custom={"aa": {}}),
        "the custom expression 'aa' has a preset's name",
    ),
    "bind": (
        lambda scene: scene["extensions"]["VRMC_vrm"]["expressions"]["preset"]["aa"]["morphTargetBinds"][0].update(
            index=77
        ),
        "'aa' binds morph target 77 of 5",
    ),
    "percent": (
        lambda scene: scene["extensions"]["VRMC_vrm"]["expressions"]["preset"]["aa"]["morphTargetBinds"][0].update(
            weight=100.0
        ),
        "with a weight of 100.0, not 0 to 1",
    ),
}


@pytest.mark.parametrize("fault", BROKEN_1)
def test_each_rule_of_vrm_1_is_kept(fault: str, tmp_path: Path) -> None:
    breaks, words = BROKEN_1[fault]
    path = rewritten(whole(tmp_path / "hero.vrm", version=1), breaks)
    assert words in told(path)


def _zero(scene: Json) -> Json:
    about: Json = scene["extensions"]["VRM"]
    return about


BROKEN_0: dict[str, tuple[Callable[[Json], object], str]] = {
    "no chest": (
        lambda scene: _zero(scene)["humanoid"].update(
            humanBones=[bone for bone in _zero(scene)["humanoid"]["humanBones"] if bone["bone"] != "chest"]
        ),
        "bones that VRM demands are missing: chest",
    ),
    "two heads": (
        lambda scene: _zero(scene)["humanoid"]["humanBones"].append({"bone": "head", "node": 1}),
        "several bones are head",
    ),
    "title": (lambda scene: _zero(scene)["meta"].pop("title"), "meta.title is missing"),
    "licence": (lambda scene: _zero(scene)["meta"].update(licenseName="free"), "meta.licenseName is 'free'"),
    "preset": (
        lambda scene: _zero(scene)["blendShapeMaster"]["blendShapeGroups"][0].update(presetName="ah"),
        "'ah' is no preset expression",
    ),
}


@pytest.mark.parametrize("fault", BROKEN_0)
def test_each_rule_of_vrm_0_is_kept(fault: str, tmp_path: Path) -> None:
    breaks, words = BROKEN_0[fault]
    path = rewritten(whole(tmp_path / "hero.vrm", version=0), breaks)
    assert words in told(path)


def test_a_glb_by_another_name_is_told(tmp_path: Path) -> None:
    path = rewritten(whole(tmp_path / "hero.vrm", version=1), lambda scene: scene.pop("extensions"))
    assert "a glTF file without a VRM extension" in told(path)
