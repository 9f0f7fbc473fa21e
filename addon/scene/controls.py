"""What the controls of a face mean: a few sliders from −1 to 1, and what each adds to ARKit's channels."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rigs.retarget import Retarget


class Gain(NamedTuple):
    """What a control adds to a channel."""

    up: float
    """At 1; below 0 it takes away."""
    down: float
    """At −1."""

    def at(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what is added at values of the control, of the same shape.

        >>> Gain(0.5, -1.0).at(np.array([-1.0, 0.0, 1.0], np.float32)).tolist()
        [-1.0, 0.0, 0.5]
        """
        return np.asarray(self.up * np.maximum(values, 0) + self.down * np.maximum(-values, 0), np.float32)


def _both(channel: str, up: float, down: float) -> dict[str, Gain]:
    return {f"{channel}{side}": Gain(up, down) for side in ("Left", "Right")}


CONTROLS: Final[Mapping[str, Mapping[str, Gain]]] = {
    "jaw": {"jawOpen": Gain(0.7, -1.0), "mouthClose": Gain(0.0, -1.0)},
    "wide": {
        **_both("mouthStretch", 0.8, -0.8),
        **_both("mouthDimple", 0.3, 0.0),
        "mouthPucker": Gain(-0.6, 0.6),
    },
    "round": {"mouthFunnel": Gain(0.6, -0.8), "mouthPucker": Gain(0.6, -0.8)},
    "smile": {
        **_both("mouthSmile", 0.8, -0.8),
        **_both("mouthFrown", -0.8, 0.7),
        **_both("cheekSquint", 0.3, 0.0),
    },
    "brows": {
        "browInnerUp": Gain(0.8, -0.8),
        **_both("browOuterUp", 0.8, -0.8),
        **_both("browDown", -0.9, 0.9),
    },
    "lids": {**_both("eyeWide", 1.0, -1.0), **_both("eyeBlink", -1.0, 1.0)},
}
"""By control, by channel. What a control shuts it takes away first: at −1 the jaw closes over closed lips too."""

SLIDERS: Final[Mapping[str, tuple[str, str]]] = {
    "jaw": ("Jaw", "Open the jaw, or close it"),
    "wide": ("Wide", "Stretch the mouth, or narrow it"),
    "round": ("Round", "Round the lips, or flatten them"),
    "smile": ("Smile", "Smile, or frown"),
    "brows": ("Brows", "Raise the brows, or lower them"),
    "lids": ("Lids", "Open the eyes wide, or close them"),
}
"""Name and tooltip of every control."""


def onto(retarget: Retarget) -> dict[str, dict[str, Gain]]:
    """Return what the controls add to the shapes of a map, by shape, by control.

    Visemes and bones are left out: what is added to a mix of mouths is no mouth.
    """
    found: dict[str, dict[str, Gain]] = {}
    for target in retarget.targets:
        if target.kind != "shape":
            continue
        sums: dict[str, Gain] = {}
        for control, channels in CONTROLS.items():
            shared = [(target.sources[name], gain) for name, gain in channels.items() if name in target.sources]
            up, down = (sum(by * gain[side] for by, gain in shared) for side in (0, 1))
            if up or down:
                sums[control] = Gain(up, down)
        if sums:
            found[target.name] = sums
    return found


def expression(gains: Mapping[str, Gain], low: float, high: float) -> str:
    """Return a driver's expression: what the controls add to the value `take`, which stays between low and high.

    It is one of those that Blender works out without Python.

    >>> expression({"jaw": Gain(0.7, -1.0)}, 0, 1)
    'max(0-take,min(1-take,0.7*max(jaw,0)-1*max(-jaw,0)))'
    """
    terms = "".join(
        f"{factor:+.4g}*max({sign}{control},0)"
        for control, gain in gains.items()
        for factor, sign in ((gain.up, ""), (gain.down, "-"))
        if factor
    )
    return f"max({low:g}-take,min({high:g}-take,{terms.removeprefix('+')}))"
