"""Where to look: the head of a rig, by what the shapes of its mouth and eyes move."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rigs import Rig
from rigs.retarget import by_name
from rigs.skeleton import follow, head_of

_SEEN: Final = 0.1
"""What is moved by so much of the farthest is part of the face."""
_OFTEN: Final = 1 / 8
"""Where no names are known, what so many shapes move as move the busiest place is part of the face: no hair, no hat."""
_BROKEN: Final = 10.0
"""What goes so many times as far as the median of the shapes counts for no more."""
_TO_BROWS: Final = 1.7
"""No head is so many times as high as its face from the chin to the brows,"""
_TO_LIDS: Final = 2.0
"""so many as to the lids, or"""
_TO_LIPS: Final = 3.0
"""so many as to the end of what a mouth moves: what rises above is hair, a hat, an arm."""
_AROUND: Final = 1.38
"""Height of a picture in heights of the head,"""
_ABOVE: Final = 0.08
"""what it shows above the head and, at least, below the open mouth, in its own, and"""
_BESIDE: Final = 1.2
"""its least width in widths of the face."""


class Frame(NamedTuple):
    """A square that holds the head of a rig, in metres, Y up."""

    centre: NDArray[np.float64]
    """Shape (3,)."""
    side: float


def frame(rig: Rig) -> Frame:
    """Return where the head of a rig is: in a bust, on a whole body, under any hair.

    The face is what the shapes of mouth and eyes move, by their names, or else what many shapes move; without shapes
    it is what follows the head's joint. The mouth stays in the picture however far it opens.

    Raises ValueError if the rig has no mesh.
    """
    if rig.mesh is None:
        raise ValueError(f"rig '{rig.name}' has no mesh")
    points = rig.mesh.vertices.astype(np.float64)
    mouth, eyes = (_rows(rig, parts) for parts in (("jaw", "mouth"), ("eye",)))
    chosen = mouth + eyes or list(range(len(rig.shapes)))
    face = _moved(rig, chosen) if mouth + eyes else _moved_often(rig)
    if not face.any():
        head = head_of(rig.joints)
        share = None if head is None else follow(rig.joints, head)
        face = np.ones(len(points), bool) if share is None or not share.any() else share > _SEEN * share.max()
    low, high = points[face].min(axis=0), points[face].max(axis=0)
    top = float(points[:, 1].max())
    if mouth or not eyes:
        times = _TO_BROWS if not mouth else _TO_LIDS if eyes else _TO_LIPS
        top = min(top, float(low[1] + times * (high - low)[1]))
    side = max(_AROUND * (top - float(low[1])), _BESIDE * float((high - low)[0]))
    heights = [points[face, 1] + rig.mesh.deltas[row, face, 1] for row in chosen]
    lowest = min((float(height.min()) for height in heights), default=float(low[1]))
    lowest = max(lowest, 2 * float(low[1]) - top)  # lower by a whole head is no mouth, but a broken shape
    side = max(side, (top - lowest) / (1 - 2 * _ABOVE))
    across, depth = float(low[0] + high[0]) / 2, float(np.median(points[face, 2]))
    return Frame(np.array([across, top + (_ABOVE - 0.5) * side, depth]), side)


def _rows(rig: Rig, parts: tuple[str, ...]) -> list[int]:
    """Return which shapes show channels of some parts of the face, by their names."""
    row = {name: index for index, name in enumerate(rig.shapes)}
    return [
        row[target.name]
        for target in by_name(rig).retarget.targets
        if target.name in row and any(source.startswith(parts) for source in target.sources)
    ]


def _moved(rig: Rig, rows: list[int]) -> NDArray[np.bool_]:
    """Return which vertices some shapes move, shape (n_vertices,)."""
    assert rig.mesh is not None
    travel = np.zeros(len(rig.mesh.vertices))
    farthest = [float(np.linalg.norm(rig.mesh.deltas[row], axis=1).max(initial=0.0)) for row in rows]
    usual = _BROKEN * float(np.median(farthest)) if rows else 0.0
    for row, far in zip(rows, farthest, strict=True):
        length = np.linalg.norm(rig.mesh.deltas[row], axis=1) * min(1.0, usual / max(far, 1e-12))
        np.maximum(travel, length, out=travel)
    return np.asarray(travel > _SEEN * travel.max(initial=0.0))


def _moved_often(rig: Rig) -> NDArray[np.bool_]:
    """Return which vertices many shapes move, each as far as it goes, shape (n_vertices,)."""
    assert rig.mesh is not None
    times = np.zeros(len(rig.mesh.vertices))
    for delta in rig.mesh.deltas:
        length = np.linalg.norm(delta, axis=1)
        times += length > _SEEN * length.max(initial=0.0)
    return np.asarray(times > _OFTEN * times.max(initial=0.0))
