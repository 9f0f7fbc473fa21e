"""Morph targets as sparse accessors: a shape of a face moves only a part of it."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .arrays import VERTICES, Arrays, Json

SMALLEST_M: Final = 1e-6
SMALLEST_TURN: Final = 0.004
"""Length of the change of a unit normal that is still written."""


def targets(
    arrays: Arrays,
    deltas: NDArray[Any],
    turns: NDArray[Any] | None,
    changed: NDArray[np.bool_],
    *,
    dense: bool = False,
) -> list[Json]:
    """Return a morph target for each shape of a primitive, all arrays of shape (n_shapes, n_vertices, …).

    `turns` is what is added to normals, where a primitive has such. A shape that leaves the primitive alone says so
    with one zero, for readers that expect at least one; all such share their accessors. `dense` ones have all their
    zeros, which packers of bytes make little of.
    """
    count = changed.shape[1]
    kind = "<u2" if count < 65535 else "<u4"
    still: Json = {}
    found = []
    for shape, (delta, rows) in enumerate(zip(deltas, changed, strict=True)):
        if still and not rows.any():
            found.append(still)
            continue
        if dense:
            target = {"POSITION": arrays.accessor(delta * rows[:, None], VERTICES, bounds=True)}
            if turns is not None:
                target["NORMAL"] = arrays.accessor(turns[shape] * rows[:, None], VERTICES)
            found.append(target)
            still = still if rows.any() else target
            continue
        indices = np.flatnonzero(rows) if rows.any() else np.zeros(1, np.int64)
        at = arrays.view(indices.astype(kind))
        kept = rows[indices, None]
        target = {"POSITION": arrays.sparse(count, at, indices.astype(kind), delta[indices] * kept, bounds=True)}
        if turns is not None:
            turned = turns[shape][indices] * kept
            target["NORMAL"] = arrays.sparse(count, at, indices.astype(kind), turned, bounds=False)
        found.append(target)
        still = still if rows.any() else target
    return found
