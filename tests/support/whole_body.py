"""A whole body under the names of those who make skeletons: bones that VRM demands, in a T-pose or with arms down."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from rigs import Joint, Rig
from tests.support.small_rig import patch

Place = tuple[float, float, float]
BODY: Final[Mapping[str, tuple[str | None, Place]]] = {
    "hips": (None, (0, 0.9, 0)),
    "spine": ("hips", (0, 1.0, 0)),
    "chest": ("spine", (0, 1.15, 0)),
    "neck": ("chest", (0, 1.4, 0)),
    "head": ("neck", (0, 1.5, 0)),
    **{
        f"{side}{bone}": (f"{side}{above}" if above[0].isupper() else above, (sign * x, y, 0.0))
        for side, sign in (("left", 1), ("right", -1))
        for bone, above, x, y in (
            ("Eye", "head", 0.03, 1.6),
            ("Shoulder", "chest", 0.05, 1.38),
            ("UpperArm", "Shoulder", 0.15, 1.38),
            ("LowerArm", "UpperArm", 0.4, 1.38),
            ("Hand", "LowerArm", 0.65, 1.38),
            ("UpperLeg", "hips", 0.1, 0.88),
            ("LowerLeg", "UpperLeg", 0.1, 0.45),
            ("Foot", "LowerLeg", 0.1, 0.05),
        )
    },
}
"""VRM's name of every bone, its parent and its place in metres, parents first."""


def sided(pattern: str, left: str, right: str, **parts: str) -> dict[str, str]:
    """Return names for both sides: of each part, by its name in VRM without side."""
    return {
        f"{side}{part}": pattern.format(side=own, part=name)
        for side, own in (("left", left), ("right", right))
        for part, name in parts.items()
    }


MAKERS: Final[Mapping[str, Mapping[str, str]]] = {
    "Mixamo": {
        "hips": "mixamorig:Hips", "spine": "mixamorig:Spine", "chest": "mixamorig:Spine1", "neck": "mixamorig:Neck",
        "head": "mixamorig:Head",
        **sided("mixamorig:{side}{part}", "Left", "Right", Eye="Eye", Shoulder="Shoulder", UpperArm="Arm",
                LowerArm="ForeArm", Hand="Hand", UpperLeg="UpLeg", LowerLeg="Leg", Foot="Foot"),
    },
    "VRoid": {
        "hips": "J_Bip_C_Hips", "spine": "J_Bip_C_Spine", "chest": "J_Bip_C_Chest", "neck": "J_Bip_C_Neck",
        "head": "J_Bip_C_Head",
        **sided("J_Bip_{side}_{part}", "L", "R", Shoulder="Shoulder", UpperArm="UpperArm", LowerArm="LowerArm",
                Hand="Hand", UpperLeg="UpperLeg", LowerLeg="LowerLeg", Foot="Foot"),
        "leftEye": "J_Adj_L_FaceEye", "rightEye": "J_Adj_R_FaceEye",
    },
    "Unreal": {
        "hips": "pelvis", "spine": "spine_01", "chest": "spine_02", "neck": "neck_01", "head": "head",
        **sided("{part}_{side}", "l", "r", Eye="eye", Shoulder="clavicle", UpperArm="upperarm", LowerArm="lowerarm",
                Hand="hand", UpperLeg="thigh", LowerLeg="calf", Foot="foot"),
    },
    "Character Creator": {
        "hips": "CC_Base_Hip", "spine": "CC_Base_Waist", "chest": "CC_Base_Spine01", "neck": "CC_Base_NeckTwist01",
        "head": "CC_Base_Head",
        **sided("CC_Base_{side}_{part}", "L", "R", Eye="Eye", Shoulder="Clavicle", UpperArm="Upperarm",
                LowerArm="Forearm", Hand="Hand", UpperLeg="Thigh", LowerLeg="Calf", Foot="Foot"),
    },
    "Rigify": {
        "hips": "DEF-spine", "spine": "DEF-spine.001", "chest": "DEF-spine.002", "neck": "DEF-neck", "head": "DEF-head",
        **sided("DEF-{part}.{side}", "L", "R", Eye="eye", Shoulder="shoulder", UpperArm="upper_arm", LowerArm="forearm",
                Hand="hand", UpperLeg="thigh", LowerLeg="shin", Foot="foot"),
    },
}  # fmt: skip


def body(names: Mapping[str, str] = MAKERS["Mixamo"], *, arms: float = 0.0) -> Rig:
    """Return the face of patches on a whole body, its arms so many degrees below a T-pose."""
    plain = patch()
    _, head = plain.joints
    down = np.radians(arms)
    joints = []
    for bone, (above, place) in BODY.items():
        if "Arm" in bone or "Hand" in bone:
            sign = 1 if bone.startswith("left") else -1
            along = abs(place[0]) - 0.15
            place = (sign * (0.15 + along * np.cos(down)), 1.38 - along * np.sin(down), 0.0)
        joints.append(
            Joint(
                name=names[bone],
                parent=names[above] if above else None,
                position=(float(place[0]), float(place[1]), float(place[2])),
                weights=head.weights if bone == "head" else (1 - head.weights) * (bone == "chest"),
            )
        )
    return replace(plain, joints=tuple(joints))
