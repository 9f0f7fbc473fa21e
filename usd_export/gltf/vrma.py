"""VRM animation (.vrma): expressions, gaze and head that any VRM 1.0 viewer plays on any VRM character.

After VRMC_vrm_animation 1.0. An expression's weight is the X of its node's translation; the gaze is the rotation of a
node, from +Z; the head is the human bone of that name. The skeleton is the smallest that the specification allows: the
bones that VRM demands, in a T-pose, of which the head alone moves. No character is needed, since viewers carry the
motion over to theirs by the names of bones and expressions.

Expressions are either VRM's own, which every character has, or ARKit's 52 by name, which characters have that were made
for them; both at once would move such a character twice. The gaze leaves out the shapes that look.

Lost: what VRM's expressions cannot show, weights beyond 0 to 1, how far the two eyes look apart, and the sound.
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.audio import Speech
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from rigs.motion import motions
from rigs.quaternions import of_vector, steady, stored, vector_of
from rigs.retarget.names import match
from rigs.skeleton import head_rotations

from . import VrmaOptions
from .animation import Track, animation, refuse_untimed
from .arrays import Arrays, Json

PRESETS: Final = ("aa", "ih", "ou", "ee", "oh", "blink")
"""Those of VRM's expressions that speech moves. Characters with one for each eye have blink too."""
_EYES: Final = ("eye.L", "eye.R")
_EYES_UP_M: Final = 0.06
"""Where the gaze starts, above the head's bone."""
_BONES: Final[dict[str, tuple[str | None, tuple[float, float, float]]]] = {
    "hips": (None, (0.0, 0.95, 0.0)),
    "spine": ("hips", (0.0, 0.1, 0.0)),
    "chest": ("spine", (0.0, 0.15, 0.0)),
    "neck": ("chest", (0.0, 0.22, 0.0)),
    "head": ("neck", (0.0, 0.08, 0.0)),
    "leftUpperArm": ("chest", (0.12, 0.18, 0.0)),
    "leftLowerArm": ("leftUpperArm", (0.25, 0.0, 0.0)),
    "leftHand": ("leftLowerArm", (0.22, 0.0, 0.0)),
    "rightUpperArm": ("chest", (-0.12, 0.18, 0.0)),
    "rightLowerArm": ("rightUpperArm", (-0.25, 0.0, 0.0)),
    "rightHand": ("rightLowerArm", (-0.22, 0.0, 0.0)),
    "leftUpperLeg": ("hips", (0.08, -0.05, 0.0)),
    "leftLowerLeg": ("leftUpperLeg", (0.0, -0.4, 0.0)),
    "leftFoot": ("leftLowerLeg", (0.0, -0.4, 0.0)),
    "rightUpperLeg": ("hips", (-0.08, -0.05, 0.0)),
    "rightLowerLeg": ("rightUpperLeg", (0.0, -0.4, 0.0)),
    "rightFoot": ("rightLowerLeg", (0.0, -0.4, 0.0)),
}
"""The parent of each human bone, and its place in it in metres."""


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: VrmaOptions) -> None:
    """Write a clip of ARKit channels to a .vrma file; rig and speech are not used.

    Raises InputError for a clip of other channels, without frames, or with frames before 0.
    """
    refuse_untimed(clip)
    if not {*ARKIT} & {*clip.channels}:
        raise InputError("a .vrma file is made of ARKit's channels, of which the clip has none")
    arrays = Arrays()
    nodes = [{"name": bone, "translation": list(place)} for bone, (_, place) in _BONES.items()]
    order = list(_BONES)
    for child, (parent, _) in _BONES.items():
        if parent is not None:
            nodes[order.index(parent)].setdefault("children", []).append(order.index(child))  # type: ignore[attr-defined]
    tracks = [_turns(order.index("head"), head_rotations(clip))]
    weights = expressions(clip, options)
    about: Json = {
        "specVersion": "1.0",
        "humanoid": {"humanBones": {bone: {"node": index} for index, bone in enumerate(_BONES)}},
        "expressions": {options.kind: {}},
        "lookAt": {"node": len(nodes), "offsetFromHeadBone": [0.0, _EYES_UP_M, 0.0]},
    }
    tracks.append(_turns(len(nodes), gaze(clip)))
    nodes.append({"name": "lookAt"})
    for name in weights.channels:
        about["expressions"][options.kind][name] = {"node": len(nodes)}
        moved = np.zeros((len(clip), 3), np.float32)
        moved[:, 0] = weights[name].clip(0, 1)
        tracks.append(Track(len(nodes), "translation", moved))
        nodes.append({"name": name})
    scene: Json = {
        "asset": {
            "version": "2.0",
            "generator": "audio2blend",
            "extras": {"frame_rate": str(clip.frame_rate), "metadata": dict(clip.metadata)},
        },
        "scene": 0,
        "scenes": [{"nodes": [0, *range(len(_BONES), len(nodes))]}],
        "nodes": nodes,
        "animations": [animation(arrays, clip, tracks)],
        "extensionsUsed": ["VRMC_vrm_animation"],
        "extensions": {"VRMC_vrm_animation": about},
    }
    arrays.write(path, scene)


def expressions(clip: Clip, options: VrmaOptions) -> Clip:
    """Return the weights of the expressions that a clip of ARKit channels moves."""
    if options.expressions == "arkit":
        return clip.select(name for name in ARKIT if name in clip and not name.startswith("eyeLook"))
    return match(PRESETS).retarget(clip.select(ARKIT)).select(PRESETS)


def gaze(clip: Clip) -> NDArray[np.float32]:
    """Return where the eyes look, from +Z, as unit quaternions, w first, shape (n_frames, 4): between the two."""
    looks = match((), _EYES).retarget(clip.select(ARKIT))
    turns = [motion.rotation.astype(np.float64) for eye, motion in motions(looks).items() if eye in _EYES]
    return stored(steady(of_vector(np.mean([vector_of(turn) for turn in turns], axis=0))))


def _turns(node: int, turns: NDArray[np.float32]) -> Track:
    return Track(node, "rotation", np.roll(turns, -1, axis=1))
