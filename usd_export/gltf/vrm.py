"""A plain avatar as VRM 1.0: what the specification demands is found in it, or listed as lacking.

After VRMC_vrm 1.0: the humanoid, expressions by morph targets, and who made it. Nothing of the mesh changes: the rest
pose has to be a T-pose already, in metres, looking along +Z. Permissions are the specification's usual, narrowest ones.

Expressions are VRM's own presets of speech, blinks and gaze, put together from the avatar's shapes as its map onto
ARKit says, and ARKit's 52 by name as custom ones, for those who drive all of them. Emotions are left to the artist.

Expressions cannot be animated by `KHR_animation_pointer`, since VRMC_vrm has no property for how strong one is; the
animation in the file moves the morph targets, and a .vrma moves expressions.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.wording import listed
from rigs import Joint, Rig
from rigs.humanoid import REQUIRED, humanoid
from rigs.quaternions import inverse, rotate
from rigs.readers.gltf_file import GltfFile, Json
from rigs.readers.gltf_nodes import Nodes
from rigs.readers.gltf_shapes import shapes_of
from rigs.retarget import fit, to_arkit

EXTENSION: Final = "VRMC_vrm"
LICENCE: Final = "https://vrm.dev/licenses/1.0/"
"""What the specification demands as its licence; permissions stand beside it."""
_SPEECH: Final = ("aa", "ih", "ou", "ee", "oh")
_SINGLE: Final[Mapping[str, tuple[str, ...]]] = {
    "blink": ("eyeBlinkLeft", "eyeBlinkRight"),
    "blinkLeft": ("eyeBlinkLeft",),
    "blinkRight": ("eyeBlinkRight",),
    "lookUp": ("eyeLookUpLeft", "eyeLookUpRight"),
    "lookDown": ("eyeLookDownLeft", "eyeLookDownRight"),
    "lookLeft": ("eyeLookOutLeft", "eyeLookInRight"),
    "lookRight": ("eyeLookInLeft", "eyeLookOutRight"),
}
_SMALLEST: Final = 0.01
_STRAIGHT: Final = 20.0
"""Degrees that a limb may be away from a T-pose."""
_AWAY: Final = 1e-3
"""What a file's axes may differ by from metres, with the face along +Z."""
_EYE_RANGE: Final[Json] = {"inputMaxValue": 90.0, "outputScale": 10.0}


def is_vrm(content: Json) -> bool:
    """Return whether a file is VRM of either version."""
    return bool({"VRM", EXTENSION} & {*content.get("extensions", {})})


def vrm(file: GltfFile, rig: Rig, *, name: str, author: str) -> Json:
    """Return the extension that makes a file VRM 1.0. Raises InputError with all that it lacks."""
    nodes = Nodes(file)
    places = {nodes.names[node]: node for node in nodes.bones}
    joints = {name: _joint(nodes, name, node) for name, node in places.items()}
    bones = {bone: joints[name] for bone, name in humanoid([*joints.values()]).items()}
    author = author or str(file.json.get("asset", {}).get("copyright", ""))
    lacks = [f"the bone {bone}" for bone in REQUIRED if bone not in bones]
    lacks += _pose(rig, bones) if not lacks else []
    if not author:
        lacks.append("an author (--author NAME)")
    if lacks:
        raise InputError(f"it cannot become a .vrm; VRM demands, and it lacks: {listed(lacks, most=len(lacks))}")
    about: Json = {
        "specVersion": "1.0",
        "meta": {"name": name, "version": "1", "authors": [author], "licenseUrl": LICENCE},
        "humanoid": {"humanBones": {bone: {"node": places[joint.name]} for bone, joint in bones.items()}},
        "expressions": _expressions(file, nodes, rig),
    }
    if {"leftEye", "rightEye"} <= bones.keys():
        sides = ("HorizontalInner", "HorizontalOuter", "VerticalDown", "VerticalUp")
        ranges = {f"rangeMap{side}": dict(_EYE_RANGE) for side in sides}
        eyes = (_place(bones["leftEye"]) + _place(bones["rightEye"])) / 2 - _place(bones["head"])
        own = rotate(inverse(np.array(bones["head"].orientation)), eyes)
        about["lookAt"] = {"type": "bone", "offsetFromHeadBone": np.round(own, 4).tolist(), **ranges}
    return about


def _joint(nodes: Nodes, name: str, node: int) -> Joint:
    return Joint(
        name=name,
        parent=nodes.bone_above(node),
        position=nodes.place(node),
        orientation=nodes.orientation(node),
        weights=np.zeros(0, np.float32),
    )


def _place(joint: Joint) -> NDArray[np.float64]:
    return np.array(joint.position)


def _pose(rig: Rig, bones: Mapping[str, Joint]) -> list[str]:
    """Return what is wrong with the unit, the front and the pose at rest."""
    assert rig.asset is not None
    found = []
    if np.abs(rig.asset.space - np.eye(3)).max() > _AWAY:
        found.append("metres, with the face along +Z")
    for side, out in (("left", 1.0), ("right", -1.0)):
        for limb, end, way in (("UpperArm", "Hand", (out, 0, 0)), ("UpperLeg", "Foot", (0, -1, 0))):
            along = _place(bones[f"{side}{end}"]) - _place(bones[f"{side}{limb}"])
            away = float(np.degrees(np.arccos(along @ way / max(float(np.linalg.norm(along)), 1e-9))))
            if away > _STRAIGHT:
                part = "arm" if limb == "UpperArm" else "leg"
                found.append(f"a T-pose (its {side} {part} is {away:.0f}° away from one at rest)")
    return found


def _expressions(file: GltfFile, nodes: Nodes, rig: Rig) -> Json:
    """Return the expressions that the file has shapes for, and what they bind."""
    morphs = shapes_of(file, nodes)
    onto = fit(rig)
    speech = to_arkit(Clip(values=np.eye(len(_SPEECH), dtype=np.float32), channels=_SPEECH, frame_rate=Fraction(30)))
    single = np.array([[float(channel in parts) for channel in ARKIT] for parts in _SINGLE.values()], np.float32)
    presets = np.concatenate([speech.select(ARKIT).values, single])

    def binds(weights: NDArray[np.float32]) -> list[list[Json]]:
        own = onto(Clip(values=weights, channels=ARKIT, frame_rate=Fraction(30)))
        rows = []
        for row in own.values:
            moved: dict[tuple[int, int], float] = {}
            for channel, weight in zip(own.channels, row.tolist(), strict=True):
                for morph in morphs.get(channel, ()) if abs(weight) >= _SMALLEST else ():
                    at = morph.node, morph.target
                    moved[at] = moved.get(at, 0.0) + weight * morph.weight
            rows.append([{"node": node, "index": index, "weight": round(min(max(weight, 0.0), 1.0), 4)}
                         for (node, index), weight in moved.items()])  # fmt: skip
        return rows

    def named(names: tuple[str, ...], weights: NDArray[np.float32]) -> Json:
        return {
            name: {
                "morphTargetBinds": bound,
                "isBinary": False,
                "overrideBlink": "none",
                "overrideLookAt": "none",
                "overrideMouth": "none",
            }
            for name, bound in zip(names, binds(weights), strict=True)
            if bound
        }

    return {
        "preset": named((*_SPEECH, *_SINGLE), presets),
        "custom": named(ARKIT, np.eye(len(ARKIT), dtype=np.float32)),
    }
