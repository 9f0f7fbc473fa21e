"""VRM characters of our own making that keep every rule of the specification."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

import usd_export
from rigs import Joint, Rig
from tests.support.gltf_characters import Glb
from tests.support.small_rig import STILL, patch

Json = dict[str, Any]
MORPHS: Final = ("Fcl_MTH_A", "Fcl_MTH_I", "Fcl_MTH_U", "Fcl_MTH_E", "Fcl_MTH_O")
_BONES: Final[dict[str, tuple[str | None, tuple[float, float, float]]]] = {
    "hips": (None, (0.0, 0.9, 0.0)),
    "spine": ("hips", (0.0, 1.0, 0.0)),
    "chest": ("spine", (0.0, 1.2, 0.0)),
    "neck": ("chest", (0.0, 1.4, 0.0)),
    "head": ("neck", (0.0, 1.5, 0.0)),
    **{
        side + bone: (above if above in ("hips", "chest") else side + above, (sign * x, y, 0.0))
        for side, sign in (("left", 1), ("right", -1))
        for bone, above, x, y in (
            ("UpperLeg", "hips", 0.1, 0.85), ("LowerLeg", "UpperLeg", 0.1, 0.5), ("Foot", "LowerLeg", 0.1, 0.1),
            ("UpperArm", "chest", 0.2, 1.35), ("LowerArm", "UpperArm", 0.45, 1.35), ("Hand", "LowerArm", 0.7, 1.35),
        )
    },
}  # fmt: skip
"""The parent and the place of every bone that VRM 0.0 demands, in a T-pose."""


def whole(path: Path, *, version: int) -> Path:
    """Write a .vrm file with all bones that its version demands, five vowels and full meta data.

    With another suffix it is a .glb of the same that knows nothing of VRM.
    """
    glb = Glb.read(usd_export.write(STILL, path.with_suffix(".glb"), rig=_rig()))
    del glb.json["animations"]
    if path.suffix == ".vrm":
        names = [node.get("name") for node in glb.json["nodes"]]
        bones = {bone: names.index(bone) for bone in _BONES}
        about = _one(bones) if version else _zero(bones)
        glb.json |= {"extensions": about, "extensionsUsed": list(about)}
        path.with_suffix(".glb").unlink()
    return glb.save(path)


def _rig() -> Rig:
    """Return two patches of which the upper one follows the head and the other the hips."""
    rig = patch(shapes=MORPHS)
    root, head = rig.joints
    none = np.zeros_like(head.weights)
    follow = {"hips": root.weights, "head": head.weights}
    joints = (
        Joint(name=bone, parent=above, position=place, weights=follow.get(bone, none))
        for bone, (above, place) in _BONES.items()
    )
    return replace(rig, joints=tuple(joints))


def rewritten(path: Path, change: Callable[[Json], object]) -> Path:
    """Change the JSON of a file where it lies, and return its path."""
    glb = Glb.read(path)
    change(glb.json)
    return glb.save(path)


def _one(bones: dict[str, int]) -> Json:
    presets = {
        name: {"morphTargetBinds": [{"node": 0, "index": index, "weight": 1.0}]}
        for index, name in enumerate(("aa", "ih", "ou", "ee", "oh"))
    }
    return {
        "VRMC_vrm": {
            "specVersion": "1.0",
            "meta": {"name": "hero", "authors": ["us"], "licenseUrl": "https://vrm.dev/licenses/1.0/"},
            "humanoid": {"humanBones": {bone: {"node": node} for bone, node in bones.items()}},
            "expressions": {"preset": presets},
        }
    }


def _zero(bones: dict[str, int]) -> Json:
    groups = [
        {"name": name.upper(), "presetName": name, "binds": [{"mesh": 0, "index": index, "weight": 100.0}]}
        for index, name in enumerate("aiueo")
    ]
    return {
        "VRM": {
            "specVersion": "0.0",
            "meta": {
                "title": "hero", "author": "us", "allowedUserName": "Everyone", "violentUssageName": "Disallow",
                "sexualUssageName": "Disallow", "commercialUssageName": "Allow", "licenseName": "CC0",
            },
            "humanoid": {"humanBones": [{"bone": bone, "node": node} for bone, node in bones.items()]},
            "blendShapeMaster": {"blendShapeGroups": groups},
        }
    }  # fmt: skip
