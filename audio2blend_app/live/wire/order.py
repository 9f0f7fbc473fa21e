"""The order of weights on the wire, which is not that of a clip."""

from typing import Final

from audio2blend.channels import ARKIT

_SWAPPED: Final = {"jawRight": "jawLeft", "jawLeft": "jawRight", "mouthRight": "mouthLeft", "mouthLeft": "mouthRight"}
WIRE: Final = tuple(_SWAPPED.get(name, name) for name in ARKIT)
"""The 52 as Live Link Face's packets, Audio2Face-3D and Azure number them: jawLeft is 15, before jawRight."""
COLUMNS: Final = [ARKIT.index(name) for name in WIRE]
"""Where a frame's values have them: `values[COLUMNS]` is in the order of the wire."""
