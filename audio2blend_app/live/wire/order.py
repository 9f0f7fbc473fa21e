"""The order of the 52 weights on the wire.

Live Link Face's packets, NVIDIA's Audio2Face-3D and Azure number ARKit's shapes alike, and so do we, whose order is
that of Live Link Face's files, but for two pairs: on the wire jawLeft comes before jawRight, and mouthLeft before
mouthRight.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.channels import ARKIT

_SWAPPED: Final = {"jawRight": "jawLeft", "jawLeft": "jawRight", "mouthRight": "mouthLeft", "mouthLeft": "mouthRight"}
WIRE: Final = tuple(_SWAPPED.get(name, name) for name in ARKIT)
"""The 52 names in the order of the wire."""
_FROM: Final = np.array([ARKIT.index(name) for name in WIRE])


def on_the_wire(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return weights (52,) of our order in that of the wire."""
    return np.asarray(weights[_FROM])


def pascal(name: str) -> str:
    """Return a channel's name with a capital, as these programs spell it."""
    return name[0].upper() + name[1:]
