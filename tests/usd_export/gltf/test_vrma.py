"""VRM animation: what the specification VRMC_vrm_animation 1.0 says a player finds in it."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import usd_export
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from tests.support.glb import Glb
from tests.support.gltf_reader import khronos_issues, needs_validator
from tests.support.posing import head_turn, matrix, turn_about
from usd_export.gltf import VrmaOptions

REQUIRED = {
    "hips", "spine", "head",
    *(f"{side}{bone}" for side in ("left", "right")
      for bone in ("UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot")),
}  # fmt: skip
"""The bones that VRMC_vrm demands."""


def clip_of(**curves: list[float]) -> Clip:
    values = np.array(list(curves.values()), np.float32).T
    return Clip(values=values, channels=tuple(curves), frame_rate=Fraction(60), metadata={"source": "line.wav"})


def written(tmp_path: Path, clip: Clip, **chosen: str) -> Glb:
    path = usd_export.write(clip, tmp_path / "line.vrma", options=VrmaOptions(**chosen))
    assert not list(usd_export.check(path, clip))
    return Glb.read(path)


def weights(glb: Glb, kind: str) -> dict[str, list[float]]:
    nodes = glb.json["extensions"]["VRMC_vrm_animation"]["expressions"][kind]
    curves = glb.curves("line")
    return {name: curves[about["node"], "translation"][:, 0].tolist() for name, about in nodes.items()}


def test_the_skeleton_is_what_vrm_demands_at_rest(tmp_path: Path) -> None:
    glb = written(tmp_path, clip_of(jawOpen=[0.0, 1.0]))
    bones = {bone: at["node"] for bone, at in humanoid(glb).items()}
    assert bones.keys() >= REQUIRED
    assert not {"leftEye", "rightEye", "jaw"} & bones.keys(), "eyes may not be there"
    assert not any({"rotation", "scale", "matrix"} & glb.json["nodes"][node].keys() for node in bones.values())
    above = {child: parent for parent, node in enumerate(glb.json["nodes"]) for child in node.get("children", ())}
    assert [node for node in bones.values() if node not in above] == [bones["hips"]]
    turned = {node for node, path in glb.curves("line") if path == "rotation"}
    moved = {node for node, path in glb.curves("line") if path == "translation"}
    assert turned & {*bones.values()} == {bones["head"]}
    assert not moved & {*bones.values()}


def humanoid(glb: Glb) -> dict[str, dict[str, int]]:
    return dict(glb.json["extensions"]["VRMC_vrm_animation"]["humanoid"]["humanBones"])


def test_vrm_s_own_expressions_show_mouth_and_lids(tmp_path: Path) -> None:
    clip = clip_of(jawOpen=[0, 0.45, 0.12], mouthPucker=[0, 0, 0.65], eyeBlinkLeft=[0, 1, 0], eyeBlinkRight=[0, 1, 0])
    found = weights(written(tmp_path, clip), "preset")
    assert set(found) == {"aa", "ih", "ou", "ee", "oh", "blink"}
    assert found["blink"] == [0, 1, 0]
    assert all(curve[0] == 0 for curve in found.values())
    assert max(found, key=lambda name: found[name][1] * (name != "blink")) == "aa"
    assert max(found, key=lambda name: found[name][2]) == "ou"


def test_arkit_s_expressions_have_their_names_and_leave_the_gaze_alone(tmp_path: Path) -> None:
    clip = clip_of(**{name: [0.0, 0.25, 1.5] for name in ARKIT})
    found = weights(written(tmp_path, clip, expressions="arkit"), "custom")
    assert list(found) == [name for name in ARKIT if not name.startswith("eyeLook")]
    assert all(curve == [0, 0.25, 1] for curve in found.values())


def test_head_and_gaze_turn_as_they_are_defined(tmp_path: Path) -> None:
    clip = clip_of(
        headYaw=[0, 20], headPitch=[0, 10], headRoll=[0, 5],
        eyeLookOutLeft=[0, 1.0], eyeLookInRight=[0, 1.0], eyeLookUpLeft=[0, 0.5], eyeLookUpRight=[0, 0.5],
    )  # fmt: skip
    glb = written(tmp_path, clip)
    curves = glb.curves("line")
    head = curves[humanoid(glb)["head"]["node"], "rotation"]
    assert np.abs(matrix(np.roll(head[1], 1)) - head_turn(20, 10, 5)).max() < 1e-6
    eyes = curves[glb.json["extensions"]["VRMC_vrm_animation"]["lookAt"]["node"], "rotation"]
    assert eyes[0].tolist() == [0, 0, 0, 1]
    ahead = matrix(np.roll(eyes[1], 1)) @ [0, 0, 1]
    assert np.abs(ahead - turn_about(1, 26) @ turn_about(0, -11) @ [0, 0, 1]).max() < 0.01
    assert ahead[0] > 0.4, "to the character's left, which is +X"


@pytest.mark.parametrize(
    ("clip", "told"),
    [
        (clip_of(Smile=[0.0]), "has none"),
        (Clip(values=[[0.0]], channels=("jawOpen",), frame_rate=Fraction(60), start_s=-1.0), "no time before 0"),
    ],
    ids=["other channels", "before 0"],
)
def test_what_it_cannot_hold_is_told(clip: Clip, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=told):
        usd_export.write(clip, tmp_path / "line.vrma")
    assert not list(tmp_path.iterdir())


@needs_validator
def test_the_validator_has_nothing_against_it(tmp_path: Path) -> None:
    written(tmp_path, clip_of(jawOpen=[0, 1.0], headYaw=[0, 9.0]))
    issues = khronos_issues(tmp_path / "line.vrma")
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]
