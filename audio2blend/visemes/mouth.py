"""From what is wanted of a mouth to the ARKit weights that bring it about."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..channels import ARKIT
from .table import VARIABLES

Floats = NDArray[np.float64]

JAW_OPENS: Final = 0.37
"""Lip opening, in distances of the outer eye corners, that jawOpen brings; mouthClose takes as much away."""
_FUNNEL_OPENS: Final = 0.14
_PARTING_OPENS: Final = 0.12
"""Opening by mouthLowerDown with half as much mouthUpperUp."""
_PRESSED: Final = 0.015
"""How far below touching sealed lips are held, so that they stay closed on other faces and through filters."""


def weights(wanted: Floats, seal: Floats, *, jaw: float = 1.0, lips: float = 1.0) -> NDArray[np.float32]:
    """Return ARKit weights [frame, 52] of what is wanted, [frame, variable], with the lips shut as far as `seal` says.

    What the jaw and funnelled lips do not open, the lips part by themselves; what they open too far, mouthClose takes
    back. `jaw` scales the jaw and what it opens; `lips` how far lips part, round, spread and tuck.
    """
    want = dict(zip(VARIABLES, wanted.T, strict=True))
    free = 1 - seal
    funnel = want["funnel"] * (1 - 0.8 * seal)
    parting = want["opening"] - JAW_OPENS * want["jaw"] - _FUNNEL_OPENS * funnel
    jaw_open, funnel = jaw * want["jaw"] * (1 - 0.3 * seal), lips * funnel
    shut = JAW_OPENS * jaw_open + _FUNNEL_OPENS * funnel + _PRESSED
    close = free * jaw * np.maximum(0, -parting) + seal * shut
    part = free * lips * np.maximum(0, parting) / _PARTING_OPENS
    tuck, spread = free * lips * want["tuck"], lips * want["spread"]
    curves = {
        "jawOpen": jaw_open,
        "mouthClose": close / JAW_OPENS,
        "mouthFunnel": funnel,
        "mouthPucker": lips * want["pucker"],
        "mouthStretch": spread,
        "mouthSmile": 0.4 * spread,
        "mouthLowerDown": part * (1 - tuck),
        "mouthUpperUp": 0.5 * part + 0.25 * tuck,
        "mouthRollLower": 0.5 * tuck + 0.05 * seal,
        "mouthRollUpper": 0.05 * seal,
        "mouthPress": 0.12 * seal,
        "tongueOut": want["tongue"] * free,
    }
    out = np.zeros((len(wanted), len(ARKIT)), np.float32)
    for column, name in enumerate(ARKIT):
        curve = curves.get(name.removesuffix("Left").removesuffix("Right"))
        if curve is not None:
            out[:, column] = curve
    return np.clip(out, 0, 1)
