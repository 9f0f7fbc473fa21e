"""Shapes that repeat another: driven both, they would move the face twice as far."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..rig import Mesh, Rig
from .names import Match
from .spelling import key, readings

_MOVED: Final = 0.05
"""A vertex that a shape moves by so much of its farthest is one that it moves."""
_ALIKE: Final = 0.9
"""Cosine between the motions of two shapes that move alike, whatever they are called."""
_SHARED: Final = 0.5
"""A shape repeats one of the same name that moves so much of what it moves. Others of the same name move another part
of the character: its teeth, its lashes."""


def without_copies(found: Match, rig: Rig) -> Match:
    """Return a match in which shapes rest that do the same as another for the same channels: such as "JawOpen" beside
    "jawOpen", the second of two "jawOpen", correctives, or what an expression of VRM moves beside the expression. The
    plainest name stays, of equal ones the first."""
    if rig.mesh is None:
        return found
    row = {name: index for index, name in enumerate(rig.shapes)}
    driven = [target for target in found.retarget.targets if target.name in row]
    groups: dict[tuple[tuple[str, float], ...], list[str]] = {}
    for target in driven:
        groups.setdefault(tuple(sorted(target.sources.items())), []).append(target.name)
    copies: set[str] = set()
    for group in groups.values():
        kept: list[str] = []
        for name in sorted(group, key=lambda name: (len(key(name)), row[name])):
            if any(_repeats(rig.mesh, name, row[name], other, row[other]) for other in kept):
                copies.add(name)
            else:
                kept.append(name)
    if not copies:
        return found
    targets = tuple(target for target in found.retarget.targets if target.name not in copies)
    resting = {*found.resting, *copies}
    return replace(
        found,
        retarget=replace(found.retarget, targets=targets),
        resting=tuple(name for name in rig.shapes if name in resting),
    )


def _repeats(mesh: Mesh, name: str, row: int, other: str, other_row: int) -> bool:
    """Return whether a shape does what another does: it moves alike, or is called alike and moves the same part."""
    delta, model = mesh.deltas[row], mesh.deltas[other_row]
    if (delta * model).sum() > _ALIKE * np.linalg.norm(delta) * np.linalg.norm(model):
        return True
    if key(other) not in {reading.key for reading in readings(name)}:
        return False
    moved = _moved(delta)
    return bool((moved & _moved(model)).sum() > _SHARED * moved.sum())


def _moved(delta: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which vertices a shape moves."""
    length = np.linalg.norm(delta, axis=1)
    return np.asarray(length > _MOVED * length.max(initial=0))
