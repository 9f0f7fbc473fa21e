"""How frames that were read from a file differ from those that were written."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.channels import ROTATIONS

FAR: Final = 1e-3
"""How far a weight may come back from what was written, or an angle in tens of degrees."""


def differences(found: NDArray[np.float32], wanted: NDArray[np.float32], channels: Sequence[str]) -> Iterator[str]:
    """Yield a sentence if values [frame, channel] that were read are not those that were written."""
    if found.shape != wanted.shape:
        yield f"{len(found)} of {len(wanted)} frames are there"
        return
    limits = np.array([10 * FAR if name in ROTATIONS else FAR for name in channels])
    over = np.abs(found - wanted) > limits
    if over.any():
        frame, column = np.argwhere(over)[0]
        yield f"{channels[column]} is {found[frame, column]:.3f} and not {wanted[frame, column]:.3f} in frame {frame}"
