"""VMC, the Virtual Motion Capture protocol (protocol.vmc.info, version 3.1), which VSeeFace, Warudo and others receive.

A frame is a value for each blendshape and one `Apply`; what does not fit into a packet follows in the next, and `Apply`
comes last. Names are case-sensitive: VRM 0 avatars with Perfect Sync spell them `JawOpen`, most VRM 1 avatars
`jawOpen`. An avatar without these has VRM's five mouth shapes and blinks.
"""

from typing import Final, Literal

import numpy as np

from audio2blend.channels import ARKIT

from ..stream import Frame
from .order import pascal
from .osc import bundles, message

PORT: Final = 39_540
Names = Literal["pascal", "camel", "vrm"]
NAMES: Final[tuple[Names, ...]] = ("pascal", "camel", "vrm")


class Vmc:
    """The packets of one face."""

    def __init__(self, names: Names = "pascal") -> None:
        """Choose how blendshapes are spelled."""
        self._names = names

    def packets(self, frame: Frame, *, day_s: float) -> list[bytes]:
        """Return the packets of a frame; `day_s` is the sender's clock in seconds."""
        weights = dict(zip(ARKIT, frame.weights.tolist(), strict=True))
        if self._names == "vrm":
            shapes = _vrm(weights)
        else:
            shapes = {pascal(name) if self._names == "pascal" else name: weight for name, weight in weights.items()}
        messages = [message("/VMC/Ext/OK", 1), message("/VMC/Ext/T", float(day_s))]
        messages += [message("/VMC/Ext/Blend/Val", name, float(weight)) for name, weight in shapes.items()]
        return list(bundles([*messages, message("/VMC/Ext/Blend/Apply")]))


def _vrm(weights: dict[str, float]) -> dict[str, float]:
    """Return VRM's mouth shapes and blinks for ARKit's weights; the vowels together are never more than 1."""
    jaw = weights["jawOpen"]
    wide = (weights["mouthSmileLeft"] + weights["mouthSmileRight"]) / 2
    wide += (weights["mouthStretchLeft"] + weights["mouthStretchRight"]) / 2
    pucker, funnel = weights["mouthPucker"], weights["mouthFunnel"]
    open_ = max(0.0, jaw - weights["mouthClose"])
    vowels = {
        "A": 1.6 * open_ * (1 - min(1.0, pucker + funnel + wide)),
        "I": wide * (1 - min(1.0, 2 * open_)),
        "U": pucker,
        "E": 1.6 * open_ * min(1.0, wide),
        "O": max(funnel, 1.6 * open_ * min(1.0, funnel + pucker)),
    }
    scale = max(1.0, sum(vowels.values()))
    shapes = {name: float(np.clip(weight / scale, 0, 1)) for name, weight in vowels.items()}
    return shapes | {"Blink_L": weights["eyeBlinkLeft"], "Blink_R": weights["eyeBlinkRight"]}
