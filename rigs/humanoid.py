"""Which joints of a rig are the bones of a human body, as VRM names them: by few names, and by how bodies are built.

Heads, hands and feet have names that everybody uses; what leads to them from the hips is the same in every skeleton. So
arms, legs and spine are found by their places in the chain, whatever they are called.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from .rig import Joint
from .skeleton import head_of
from .words import words

REQUIRED: Final = (
    "hips", "spine", "head",
    "leftUpperArm", "leftLowerArm", "leftHand", "rightUpperArm", "rightLowerArm", "rightHand",
    "leftUpperLeg", "leftLowerLeg", "leftFoot", "rightUpperLeg", "rightLowerLeg", "rightFoot",
)  # fmt: skip
"""The bones that a VRM character must have."""
_SIDES: Final[Mapping[str, frozenset[str]]] = {
    "left": frozenset({"left", "l", "左"}),
    "right": frozenset({"right", "r", "右"}),
}
_ENDS: Final[Mapping[str, frozenset[str]]] = {
    "Hand": frozenset({"hand", "wrist", "手首"}),
    "Foot": frozenset({"foot", "ankle", "足首"}),
    "Eye": frozenset({"eye", "目"}),
}
_FINGERS: Final = frozenset(
    {"thumb", "index", "middle", "ring", "pinky", "little", "finger", "palm", "metacarpal", "toe", "heel", "ball"}
)
_HELPERS: Final = frozenset(
    {"twist", "roll", "ik", "fk", "pole", "target", "share", "end", "nub", "tip", "brow", "lid", "lash", "look", "ctrl"}
)
"""Words of joints that are none of the body's."""
_PART: Final = re.compile(r"[._]?\d+$")
"""What tells the parts of one bone apart, such as Rigify's DEF-forearm.L and DEF-forearm.L.001."""


def humanoid(joints: Sequence[Joint]) -> dict[str, str]:
    """Return the joint of every bone that is found, by VRM's name of the bone; see `REQUIRED` for what may lack.

    >>> import numpy as np
    >>> def joint(name, parent):
    ...     return Joint(name=name, parent=parent, position=(0, 0, 0), weights=np.zeros(0))
    >>> arm = [joint("Hips", None), joint("Spine", "Hips"), joint("Head", "Spine"), joint("LeftArm", "Spine")]
    >>> arm += [joint("LeftForeArm", "LeftArm"), joint("LeftHand", "LeftForeArm")]
    >>> humanoid(arm)["leftUpperArm"]
    'LeftArm'
    """
    parents = {joint.name: joint.parent for joint in joints}
    found: dict[str, str] = {}
    head = head_of(joints)
    if head is not None:
        found["head"] = head
    for side in _SIDES:
        for end in ("Hand", "Foot"):
            limb = _end(joints, side, end)
            if limb is None:
                continue
            found[f"{side}{end}"] = limb
            lower, upper = "LowerArm" if end == "Hand" else "LowerLeg", "UpperArm" if end == "Hand" else "UpperLeg"
            found |= {
                f"{side}{bone}": name for bone, name in zip((lower, upper), _above(parents, limb)[:2], strict=False)
            }
        if (eye := _end(joints, side, "Eye")) is not None:
            found[f"{side}Eye"] = eye
    body = [found[name] for name in ("head", "leftUpperLeg", "rightUpperLeg") if name in found]
    chains = [[name, *_chain(parents, name)] for name in body]
    shared = [name for name in chains[0] if all(name in chain for chain in chains)] if len(chains) == 3 else []
    if shared and head is not None:
        found["hips"] = shared[0]
        between = _above(parents, head, until=shared[0])[::-1]
        found |= dict(zip(("spine", "chest", "upperChest"), _without_neck(between, found, head), strict=False))
    return found


def _without_neck(between: list[str], found: dict[str, str], head: str) -> list[str]:
    """Take the neck out of the chain from hips to head."""
    if len(between) > 1 and "neck" in words(between[-1]):
        found["neck"] = between[-1]
        between = [name for name in between if "neck" not in words(name)]
    return between


def _end(joints: Sequence[Joint], side: str, end: str) -> str | None:
    """Return the joint that is called like the end of a limb on a side: the one nearest to the root."""
    for joint in joints:
        own = {*words(joint.name)}
        if own & _SIDES[side] and own & _ENDS[end] and not own & (_FINGERS | _HELPERS):
            return joint.name
    return None


def _chain(parents: Mapping[str, str | None], name: str) -> list[str]:
    """Return the joints above one, the nearest first."""
    found: list[str] = []
    above = parents[name]
    while above is not None:
        found.append(above)
        above = parents.get(above)
    return found


def _above(parents: Mapping[str, str | None], name: str, *, until: str | None = None) -> list[str]:
    """Return the bones above a joint, the nearest first, without helpers; of one in parts that nearest to the root."""
    chain = _chain(parents, name)
    chain = chain[: chain.index(until)] if until in chain else chain
    bones: list[str] = []
    for above in chain:
        if _HELPERS & {*words(above)}:
            continue
        if until is None and bones and _PART.sub("", bones[-1]) == _PART.sub("", above):
            bones[-1] = above
        else:
            bones.append(above)
    return bones
