"""Shapes that move nothing: a face is as good without them."""

from typing import Final

import numpy as np

from .rig import Rig

_STILL_M: Final = 1e-6
"""A shape that moves no vertex by so many metres moves nothing, nor does"""
_SHARE: Final = 1e-3
"""one that moves none by so much of what the median of the others does: what rounding leaves of an empty shape."""


def still_shapes(rig: Rig) -> tuple[str, ...]:
    """Return the names of a rig's shapes that move nothing; none if it has no mesh.

    >>> still_shapes(Rig(name="names", shapes=("jawOpen",)))
    ()
    """
    if rig.mesh is None:
        return ()
    farthest = np.array([np.abs(delta).max(initial=0.0) for delta in rig.mesh.deltas])
    moving = farthest[farthest > _STILL_M]
    least = max(_STILL_M, _SHARE * float(np.median(moving))) if len(moving) else _STILL_M
    return tuple(name for name, far in zip(rig.shapes, farthest, strict=True) if not far > least)
