"""Jaws that leave the lips behind: rigs whose lips follow the jaw by constraints, which no file of another program and
no mesh on its own has (Rigify's jaw_master), or by a program (MetaHuman's jaw)."""

from typing import Final

from ..rig import Joint, Rig
from ..words import words

_LIP: Final = {"lip", "lips"}
_LOWER: Final = {"b", "bot", "bottom", "low", "lower", "lwr"}
_TAKEN: Final = 0.5
"""A jaw takes the lower lip along if so much of what the lip's joints hold hangs below it."""


def driven_joints(rig: Rig) -> tuple[str, ...]:
    """Return the names of the joints that may move the face: all but `stiff_jaws`."""
    stiff = stiff_jaws(rig)
    return tuple(joint.name for joint in rig.joints if joint.name not in stiff)


def stiff_jaws(rig: Rig) -> tuple[str, ...]:
    """Return the joints that are called a jaw, but from which little of the lower lip hangs: turned, they would move
    the chin and leave the mouth shut. None of a rig without a mesh."""
    lip = {joint.name: float(joint.weights.sum()) for joint in rig.joints if _is_lower_lip(joint)}
    if rig.mesh is None or not lip:
        return ()
    above = {joint.name: joint.parent for joint in rig.joints}
    hangs = {joint.name: 0.0 for joint in rig.joints}
    for name, weight in lip.items():
        holder: str | None = name
        while holder is not None:
            hangs[holder] += weight
            holder = above.get(holder)
    jaws = [joint.name for joint in rig.joints if "jaw" in words(joint.name)]
    return tuple(name for name in jaws if hangs[name] < _TAKEN * sum(lip.values()))


def _is_lower_lip(joint: Joint) -> bool:
    called = {*words(joint.name)}
    return bool(called & _LIP and called & _LOWER) and bool(joint.weights.any())
