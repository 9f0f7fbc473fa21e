"""Whether a USD file holds what was written: Pixar's validators look at it, and UsdSkel plays it back."""

from collections.abc import Iterable
from pathlib import Path

from audio2blend.clip import Clip
from rigs import Rig

from ..compare import differences
from .playback import complaints, weights


def check(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with a .usda, .usdc or .usdz file."""
    yield from complaints(path)
    shapes, values = weights(path)
    if rig is not None and shapes != rig.shapes:
        yield f"{len(shapes)} of {len(rig.shapes)} shapes are bound to the mesh"
    elif shapes:
        yield from differences(values, clip.select(shapes).values, shapes)
