"""iFacialMocap's lines over UDP, which its Blender, Unity and Maya plug-ins and VSeeFace receive (ifacialmocap.com).

```
jawOpen-31|mouthSmile_L-12|…|=head#pitch,yaw,roll,x,y,z|rightEye#pitch,yaw,roll|leftEye#pitch,yaw,roll|
```

Weights are whole numbers from 0 to 100, so that a narrow gap between lips is lost; names end in `_L` and `_R`; angles
are in degrees. A receiver asks for the data first: it sends `REQUEST` to port 49983 of the sender, and is answered at
its own port 49983.
"""

from typing import Final

from audio2blend.channels import ARKIT, ROTATIONS

from ..stream import Frame

PORT: Final = 49_983
REQUEST: Final = b"iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719"
_PARTS: Final = ("head", "rightEye", "leftEye")
_AXES: Final = ("Pitch", "Yaw", "Roll")
"""Like Live Link Face, the app turns the other way than we do."""


class IFacialMocap:
    """The packets of one face."""

    def packets(self, frame: Frame, *, day_s: float) -> list[bytes]:
        """Return the packet of a frame."""
        shapes = "".join(f"{_spelled(n)}-{round(100 * w)}|" for n, w in zip(ARKIT, frame.weights.tolist(), strict=True))
        turns = dict(zip(ROTATIONS, frame.rotations.tolist(), strict=True))
        parts = []
        for part in _PARTS:
            angles = ",".join(f"{-turns[f'{part}{axis}']:.4f}" for axis in _AXES)
            parts.append(f"{part}#{angles}{',0.0,0.0,0.0' if part == 'head' else ''}|")
        return [f"{shapes}={''.join(parts)}".encode()]


def _spelled(name: str) -> str:
    for side in ("Left", "Right"):
        if name.endswith(side) and name not in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
            return f"{name.removesuffix(side)}_{side[0]}"
    return name
