"""VRM characters of our own making that keep every rule of the specification."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import usd_export
from tests.support.gltf_characters import Glb
from tests.support.small_rig import STILL, patch

Json = dict[str, Any]
MORPHS: Final = ("Fcl_MTH_A", "Fcl_MTH_I", "Fcl_MTH_U", "Fcl_MTH_E", "Fcl_MTH_O")
_CHAIN: Final = ("spine", "chest", "neck")
_LIMBS: Final = {"UpperLeg": ("LowerLeg", "Foot"), "UpperArm": ("LowerArm", "Hand")}


def whole(path: Path, *, version: int) -> Path:
    """Write a .vrm file with all bones that its version demands, five vowels and full meta data."""
    glb = Glb.read(usd_export.write(STILL, path.with_suffix(".glb"), rig=patch(shapes=MORPHS)))
    del glb.json["animations"]
    bones = _skeleton(glb.json["nodes"])
    about = _one(bones) if version else _zero(bones)
    glb.json |= {"extensions": about, "extensionsUsed": list(about)}
    path.with_suffix(".glb").unlink()
    return glb.save(path)


def rewritten(path: Path, change: Callable[[Json], object]) -> Path:
    """Change the JSON of a file where it lies, and return its path."""
    glb = Glb.read(path)
    change(glb.json)
    return glb.save(path)


def _skeleton(nodes: list[Json]) -> dict[str, int]:
    """Add the bones that are missing between and beside root and head, and return the node of each bone."""
    names = [node.get("name") for node in nodes]
    bones = {"hips": names.index("root"), "head": names.index("head")}

    def add(bone: str, above: str, place: list[float]) -> None:
        bones[bone] = len(nodes)
        nodes.append({"name": bone, "translation": place})
        nodes[bones[above]].setdefault("children", []).append(bones[bone])

    nodes[bones["hips"]]["children"].remove(bones["head"])
    for above, bone in zip(("hips", *_CHAIN), _CHAIN, strict=False):
        add(bone, above, [0.0, 0.0, 0.0])
    nodes[bones["neck"]].setdefault("children", []).append(bones["head"])
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for limb, below in _LIMBS.items():
            add(side + limb, "hips" if limb == "UpperLeg" else "chest", [0.1 * sign, 0.0, 0.0])
            for above, bone in zip((limb, *below), below, strict=False):
                add(side + bone, side + above, [0.0, -0.3, 0.0] if limb == "UpperLeg" else [0.2 * sign, 0.0, 0.0])
    return bones


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
