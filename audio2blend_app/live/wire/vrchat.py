"""VRChat's avatars over OSC, by the Unified Expressions of VRCFaceTracking (docs.vrcft.io).

An avatar has a parameter for each expression, `/avatar/parameters/v2/JawOpen` or, by its maker's choice, with a prefix
such as `FT/v2/`. Only what has changed is sent, and all of it once in a second, for avatars that came later.
"""

from typing import Final

import numpy as np

from audio2blend.channels import ARKIT

from ..stream import Frame
from .osc import bundles, message

PORT: Final = 9_000
_SMALLEST: Final = 0.004
"""A change that an avatar's eight bits would not show."""
_REFRESH: Final = 60
"""Frames after which all is sent again."""


class VrChat:
    """The packets of one face."""

    def __init__(self, prefix: str = "v2/") -> None:
        """Name what stands before the expressions in the avatar's parameters."""
        self._prefix = f"/avatar/parameters/{prefix}"
        self._sent: dict[str, float] = {}
        self._count = 0

    def packets(self, frame: Frame, *, day_s: float) -> list[bytes]:
        """Return the packets of what has changed since the last frame, maybe none."""
        if self._count % _REFRESH == 0:
            self._sent = {}
        self._count += 1
        values = unified(dict(zip(ARKIT, frame.weights.tolist(), strict=True)))
        new = {name: value for name, value in values.items() if abs(value - self._sent.get(name, 9)) > _SMALLEST}
        self._sent |= new
        return list(bundles(message(self._prefix + name, float(value)) for name, value in new.items()))


def unified(arkit: dict[str, float]) -> dict[str, float]:
    """Return Unified Expressions for ARKit's weights by name; sideways ones are in [-1, 1], the rest in [0, 1]."""
    out = {
        "JawOpen": arkit["jawOpen"],
        "JawForward": arkit["jawForward"],
        "JawX": arkit["jawRight"] - arkit["jawLeft"],
        "MouthX": arkit["mouthRight"] - arkit["mouthLeft"],
        "MouthClosed": arkit["mouthClose"],
        "LipFunnel": arkit["mouthFunnel"],
        "LipPucker": arkit["mouthPucker"],
        "LipSuckUpper": arkit["mouthRollUpper"],
        "LipSuckLower": arkit["mouthRollLower"],
        "MouthRaiserUpper": arkit["mouthShrugUpper"],
        "MouthRaiserLower": arkit["mouthShrugLower"],
        "CheekPuffSuck": arkit["cheekPuff"],
        "TongueOut": arkit["tongueOut"],
        "BrowInnerUp": arkit["browInnerUp"],
        "BrowExpressionLeft": arkit["browOuterUpLeft"] - arkit["browDownLeft"],
        "BrowExpressionRight": arkit["browOuterUpRight"] - arkit["browDownRight"],
    }
    for side in ("Left", "Right"):
        smile, frown = arkit[f"mouthSmile{side}"], arkit[f"mouthFrown{side}"]
        lid = 1 - arkit[f"eyeBlink{side}"]
        inwards, outwards = arkit[f"eyeLookIn{side}"], arkit[f"eyeLookOut{side}"]
        out |= {
            f"SmileSad{side}": smile - frown,
            f"MouthStretch{side}": arkit[f"mouthStretch{side}"],
            f"MouthDimple{side}": arkit[f"mouthDimple{side}"],
            f"MouthPress{side}": arkit[f"mouthPress{side}"],
            f"MouthUpperUp{side}": arkit[f"mouthUpperUp{side}"],
            f"MouthLowerDown{side}": arkit[f"mouthLowerDown{side}"],
            f"CheekSquint{side}": arkit[f"cheekSquint{side}"],
            f"NoseSneer{side}": arkit[f"noseSneer{side}"],
            f"EyeSquint{side}": arkit[f"eyeSquint{side}"],
            f"EyeLid{side}": 0.75 * lid + 0.25 * arkit[f"eyeWide{side}"],  # 0.75 is open, 1 wide
            f"Eye{side}X": inwards - outwards if side == "Left" else outwards - inwards,
            f"Eye{side}Y": arkit[f"eyeLookUp{side}"] - arkit[f"eyeLookDown{side}"],
        }
    return {name: float(np.clip(value, -1, 1)) for name, value in out.items()}
