"""Characters as clients bring them, made from the built-in head: each with a skeleton, and shapes of its own kind.

What a viseme looks like here is not what our tables say it does, as no artist's is.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

import rigs
import usd_export
from audio2blend.channels import ARKIT
from rigs import Rig
from rigs.quaternions import from_axis_angle, multiply, quadruple, rotate
from rigs.retarget import match
from tests.support.body_rig import body
from tests.support.rig_names import METAHUMAN
from tests.support.small_rig import STILL

Look = Mapping[str, float]
BOTH: Final = ("Left", "Right")


def both(**weights: float) -> dict[str, float]:
    """Return weights in which shapes with sides have both: mouthStretch = 0.3 is Left and Right."""
    out = {}
    for name, weight in weights.items():
        out |= {name: weight} if name in ARKIT else {name + side: weight for side in BOTH}
    return out


VOWELS: Final[Mapping[str, Look]] = {
    "aa": both(jawOpen=0.6, mouthLowerDown=0.15),
    "ih": both(jawOpen=0.2, mouthStretch=0.5, mouthSmile=0.1),
    "ou": both(jawOpen=0.15, mouthPucker=0.8),
    "ee": both(jawOpen=0.35, mouthStretch=0.3, mouthLowerDown=0.15),
    "oh": both(jawOpen=0.4, mouthFunnel=0.5, mouthPucker=0.2),
}
OCULUS: Final[Mapping[str, Look]] = {
    "viseme_sil": {},
    "viseme_PP": both(mouthPress=0.3, mouthRollLower=0.1, mouthRollUpper=0.1),
    "viseme_FF": both(jawOpen=0.1, mouthRollLower=0.6, mouthUpperUp=0.3),
    "viseme_TH": both(jawOpen=0.25, tongueOut=0.4),
    "viseme_DD": both(jawOpen=0.2, mouthLowerDown=0.1),
    "viseme_kk": both(jawOpen=0.28),
    "viseme_CH": both(jawOpen=0.12, mouthFunnel=0.6),
    "viseme_SS": both(jawOpen=0.1, mouthStretch=0.3, mouthLowerDown=0.2),
    "viseme_nn": both(jawOpen=0.2),
    "viseme_RR": both(jawOpen=0.15, mouthPucker=0.35, mouthFunnel=0.2),
    "viseme_aa": VOWELS["aa"],
    "viseme_E": VOWELS["ee"],
    "viseme_I": VOWELS["ih"],
    "viseme_O": VOWELS["oh"],
    "viseme_U": VOWELS["ou"],
}
MMD: Final[Mapping[str, Look]] = {
    "あ": VOWELS["aa"], "い": VOWELS["ih"], "う": VOWELS["ou"], "え": VOWELS["ee"], "お": VOWELS["oh"],
    "まばたき": both(eyeBlink=1.0), "ウィンク": {"eyeBlinkLeft": 1.0}, "ウィンク右": {"eyeBlinkRight": 1.0},
    "怒り": both(browDown=1.0), "困る": {"browInnerUp": 1.0}, "にこり": both(browOuterUp=0.8),
    "口角上げ": both(mouthSmile=1.0), "びっくり": both(eyeWide=1.0), "ω": both(mouthPucker=0.4, mouthSmile=0.5),
}  # fmt: skip
VRM_BONES: Final = {
    "hips": "J_Bip_C_Hips", "spine": "J_Bip_C_Spine", "chest": "J_Bip_C_Chest", "neck": "J_Bip_C_Neck",
    "head": "J_Bip_C_Head", "jaw": "J_Sec_Chin", "eye.L": "J_Adj_L_FaceEye", "eye.R": "J_Adj_R_FaceEye",
    "shoulder.L": "J_Bip_L_Shoulder", "shoulder.R": "J_Bip_R_Shoulder", "arm.L": "J_Bip_L_UpperArm",
    "arm.R": "J_Bip_R_UpperArm",
}  # fmt: skip
MMD_BONES: Final = {"neck": "首", "head": "頭", "eye.L": "左目", "eye.R": "右目", "hips": "センター", "jaw": "舌１"}


def character(looks: Mapping[str, Look], bones: Mapping[str, str] | None = None, *, name: str = "hero") -> Rig:
    """Return the head on a skeleton with one shape for each look; the jaw's bone is called so that none knows it."""
    head, rig = rigs.builtin(), body({"jaw": "tongue_root", **(bones or {})})
    assert head.mesh is not None
    assert rig.mesh is not None
    weights = np.array([[look.get(shape, 0.0) for shape in head.shapes] for look in looks.values()], np.float32)
    deltas = np.tensordot(weights, head.mesh.deltas, axes=1).astype(np.float32)
    return replace(rig, name=name, shapes=tuple(looks), mesh=replace(rig.mesh, deltas=deltas))


def metahuman() -> Rig:
    """Return a head with MetaHuman's curves as shapes: those of least size that together do what ARKit's do."""
    targets = match(METAHUMAN).retarget.targets
    head = rigs.builtin()
    assert head.mesh is not None
    gains = np.array([[target.sources.get(shape, 0.0) for target in targets] for shape in head.shapes])
    shares = np.linalg.pinv(gains)  # (curves, shapes)
    shown = np.linalg.norm(gains, axis=1) > 0
    looks = {
        target.name: dict(zip(head.shapes, row * shown, strict=True))
        for target, row in zip(targets, shares, strict=True)
    }
    return character({name: looks.get(name, {}) for name in METAHUMAN}, {"jaw": "FACIAL_C_Tongue"})


def vrm(path: Path, *, version: int) -> Path:
    """Write a VRM file whose face has five vowels and nothing else, and return its path.

    Its extension says what the specification wants, VRM 0.0 with a face that looks along -Z.
    """
    rig = character(
        {f"Fcl_MTH_{letter}": look for letter, look in zip("AIUEO", VOWELS.values(), strict=True)}, VRM_BONES
    )
    if version == 0:
        rig = _turned_back(rig)
    glb = usd_export.write(STILL, path.with_suffix(".glb"), rig=rig)
    content = glb.read_bytes()
    size = int.from_bytes(content[12:16], "little")
    scene = json.loads(content[20 : 20 + size])
    scene.pop("animations")
    nodes = {node["name"]: index for index, node in enumerate(scene["nodes"])}
    human = {bone: nodes[name] for bone, name in _human().items()}
    extension = _vrm_1(human) if version else _vrm_0(human)
    scene |= {"extensions": extension, "extensionsUsed": list(extension)}
    text = json.dumps(scene).encode()
    text += b" " * (-len(text) % 4)
    rest = content[20 + size :]
    length = (20 + len(text) + len(rest)).to_bytes(4, "little")
    path.write_bytes(content[:8] + length + len(text).to_bytes(4, "little") + content[16:20] + text + rest)
    glb.unlink()
    return path


def _human() -> dict[str, str]:
    """Return the node of each human bone that this body has."""
    names = {"hips": "hips", "spine": "spine", "chest": "chest", "neck": "neck", "head": "head", "leftEye": "eye.L",
             "rightEye": "eye.R", "leftShoulder": "shoulder.L", "rightShoulder": "shoulder.R",
             "leftUpperArm": "arm.L", "rightUpperArm": "arm.R"}  # fmt: skip
    return {bone: VRM_BONES[own] for bone, own in names.items()}


def _vrm_1(human: Mapping[str, int]) -> dict[str, Any]:
    expressions = {
        name: {
            "morphTargetBinds": [{"node": 0, "index": index, "weight": 1.0}],
            "isBinary": False,
            "overrideBlink": "none",
            "overrideLookAt": "none",
            "overrideMouth": "none",
        }
        for index, name in enumerate(VOWELS)
    }
    look = {"inputMaxValue": 90.0, "outputScale": 10.0}
    return {
        "VRMC_vrm": {
            "specVersion": "1.0",
            "meta": {
                "name": "hero",
                "version": "1",
                "authors": ["tests"],
                "licenseUrl": "https://vrm.dev/licenses/1.0/",
            },
            "humanoid": {"humanBones": {bone: {"node": node} for bone, node in human.items()}},
            "expressions": {"preset": {**expressions, "lookUp": {"isBinary": False}}, "custom": {}},
            "lookAt": {
                "offsetFromHeadBone": [0, 0.06, 0],
                "type": "bone",
                "rangeMapHorizontalInner": look,
                "rangeMapHorizontalOuter": look,
                "rangeMapVerticalDown": look,
                "rangeMapVerticalUp": look,
            },
        }
    }


def _vrm_0(human: Mapping[str, int]) -> dict[str, Any]:
    groups = [
        {
            "name": letter,
            "presetName": letter.lower(),
            "binds": [{"mesh": 0, "index": index, "weight": 100.0}],
            "materialValues": [],
            "isBinary": False,
        }
        for index, letter in enumerate("AIUEO")
    ]
    groups.append({"name": "Neutral", "presetName": "neutral", "binds": [], "materialValues": [], "isBinary": False})
    return {
        "VRM": {
            "exporterVersion": "tests",
            "specVersion": "0.0",
            "meta": {"title": "hero", "author": "tests", "licenseName": "CC0"},
            "humanoid": {
                "humanBones": [{"bone": b, "node": n, "useDefaultValues": True} for b, n in human.items()],
            },
            "firstPerson": {"firstPersonBone": human["head"], "lookAtTypeName": "Bone"},
            "blendShapeMaster": {"blendShapeGroups": groups},
            "secondaryAnimation": {"boneGroups": [], "colliderGroups": []},
            "materialProperties": [],
        }
    }


def _turned_back(rig: Rig) -> Rig:
    """Return a rig that looks along -Z."""
    assert rig.mesh is not None
    half = from_axis_angle(1, np.array(180.0))
    way = np.array([-1, 1, -1], np.float32)
    joints = []
    for joint in rig.joints:
        x, y, z = rotate(half, np.array(joint.position)).tolist()
        turn = quadruple(multiply(half, np.array(joint.orientation)))
        joints.append(replace(joint, position=(x, y, z), orientation=turn))
    mesh = replace(rig.mesh, vertices=rig.mesh.vertices * way, deltas=rig.mesh.deltas * way)
    return replace(rig, mesh=mesh, joints=tuple(joints))
