"""How large a rig may be, so that reading one never fills the memory."""

from pathlib import Path
from typing import Final

from audio2blend.errors import InputError

MOST_VERTICES: Final = 1_000_000
MOST_POINTS: Final = 40_000_000
"""Vertices times shapes: 480 MB."""
MOST_BYTES: Final = 2 << 30
"""Of one file, and of all that is unpacked from an archive."""


def afford(path: Path, n_vertices: int, n_shapes: int) -> None:
    """Raise InputError if a rig of this size is not read."""
    if n_vertices > MOST_VERTICES:
        raise InputError(
            f"{path}: {n_vertices:,} vertices are more than the {MOST_VERTICES:,} that are read; "
            "save the face without body, clothes and hair, or a lower level of detail"
        )
    if n_vertices * n_shapes > MOST_POINTS:
        raise InputError(
            f"{path}: {n_shapes:,} shapes of {n_vertices:,} vertices are more than the {MOST_POINTS:,} points that "
            "are read; save the face without body, clothes and hair, or fewer shapes"
        )
