"""Shapes that repeat another: driven both, they would move the face twice as far."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..rig import Rig
from .names import Match
from .retarget import Target
from .spelling import key, readings

_MOVED: Final = 0.05
"""A vertex that a shape moves by so much of its farthest is one that it moves."""
_SHARED: Final = 0.5
"""A shape repeats one of the same name that moves so much of what it moves. Others of the same name move another part
of the character: its teeth, its lashes."""


def without_copies(found: Match, rig: Rig) -> Match:
    """Return a match in which shapes rest that say and move the same as another, such as "JawOpen" beside "jawOpen",
    the second of two "jawOpen", or correctives. The plainest name stays, of equal ones the first."""
    if rig.mesh is None:
        return found
    row = {name: index for index, name in enumerate(rig.shapes)}
    driven = [target for target in found.retarget.targets if target.name in row]
    groups: dict[tuple[tuple[str, float], ...], list[Target]] = {}
    for target in driven:
        groups.setdefault(tuple(sorted(target.sources.items())), []).append(target)
    copies: set[str] = set()
    for group in groups.values():
        kept: list[tuple[str, NDArray[np.bool_]]] = []
        for name in sorted((target.name for target in group), key=lambda name: (len(key(name)), row[name])):
            moved = _moved(rig.mesh.deltas[row[name]]) if len(group) > 1 else np.zeros(0, bool)
            said = {reading.key for reading in readings(name)}
            if any(key(other) in said and (moved & also).sum() > _SHARED * moved.sum() for other, also in kept):
                copies.add(name)
            else:
                kept.append((name, moved))
    if not copies:
        return found
    targets = tuple(target for target in found.retarget.targets if target.name not in copies)
    resting = {*found.resting, *copies}
    return replace(
        found,
        retarget=replace(found.retarget, targets=targets),
        resting=tuple(name for name in rig.shapes if name in resting),
    )


def _moved(delta: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which vertices a shape moves."""
    length = np.linalg.norm(delta, axis=1)
    return np.asarray(length > _MOVED * length.max(initial=0))
