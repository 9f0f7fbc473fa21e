"""What the skeleton of a scene does without us: its pose at rest, and the animation that it has already."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pxr import Usd, UsdSkel, Vt

from rigs.quaternions import of_matrix
from rigs.readers.usd_names import value

from .bound import Bound

OURS: Final = "audio2blend"
"""The entry of an animation's customData that tells which are ours."""
OVER: Final = "over"
"""In it, the path of the animation that lies beneath ours; "" if there is none."""

Array = NDArray[np.floating[Any]]


class Pose(NamedTuple):
    """Where all joints of a skeleton are, each in its parent."""

    translations: Array
    """Shape (n_joints, 3)."""
    rotations: Array
    """Shape (n_joints, 4): unit quaternions, w first."""
    scales: Array
    """Shape (n_joints, 3)."""


@dataclass(frozen=True, slots=True)
class Body:
    """A skeleton's pose at every time."""

    rest: Pose
    below: UsdSkel.AnimQuery | None
    """The animation that it has; ours do not count."""
    path: str
    """Where that lies; "" if there is none."""
    rows: tuple[int, ...]
    """Which joint of the skeleton each of the animation's is; -1 for one that it has not."""

    @property
    def joint_times(self) -> list[float]:
        """Time codes at which the animation moves joints."""
        return [] if self.below is None else list(self.below.GetJointTransformTimeSamples())

    @property
    def weight_times(self) -> list[float]:
        """Time codes at which the animation moves shapes."""
        return [] if self.below is None else list(self.below.GetBlendShapeWeightTimeSamples())

    def pose(self, time: float) -> Pose:
        """Return where the joints are; those that the animation does not know rest."""
        found = self.below.ComputeJointLocalTransformComponents(Usd.TimeCode(time)) if self.rows and self.below else ()
        if not found or any(len(part) != len(self.rows) for part in found):
            return self.rest
        known = [row >= 0 for row in self.rows]
        at = [row for row in self.rows if row >= 0]
        pose = Pose(*(part.copy() for part in self.rest))
        for part, own in zip(pose, (np.array(found[0]), quaternions(found[1]), np.array(found[2])), strict=True):
            part[at] = own[known]
        return pose

    def weights(self, time: float) -> dict[str, float]:
        """Return the weights of the animation's shapes, by their tokens."""
        if self.below is None:
            return {}
        names = self.below.GetBlendShapeOrder()
        values = self.below.ComputeBlendShapeWeights(Usd.TimeCode(time)) or ()
        return {str(name): float(weight) for name, weight in zip(names, values, strict=False)}


def body_of(bound: Bound) -> Body:
    """Return what a skeleton does without us."""
    prim = UsdSkel.BindingAPI(bound.skeleton).GetInheritedAnimationSource()
    while prim and OURS in prim.GetCustomData():
        over = prim.GetCustomData()[OURS].get(OVER, "")
        prim = prim.GetStage().GetPrimAtPath(over) if over else None
    below = UsdSkel.Cache().GetAnimQuery(UsdSkel.Animation(prim)) if prim else None
    if not below:
        return Body(_rest(bound), None, "", ())
    order = {path: row for row, path in enumerate(bound.joints)}
    rows = tuple(order.get(str(path), -1) for path in below.GetJointOrder())
    return Body(_rest(bound), below, str(prim.GetPath()), rows)


def binds_of(bound: Bound) -> NDArray[np.float64]:
    """Return the matrix (acting on rows) of every joint as it was bound, in the skeleton, shape (n_joints, 4, 4)."""
    found = value(bound.skeleton.GetBindTransformsAttr()) or ()
    binds = np.tile(np.eye(4), (len(bound.joints), 1, 1))
    binds[: len(found)] = np.array(found).reshape(-1, 4, 4)[: len(binds)]
    return binds


def parents_of(bound: Bound) -> list[int]:
    """Return the row of each joint's parent; -1 for a root."""
    return list(UsdSkel.Topology(Vt.TokenArray(list(bound.joints))).GetParentIndices())


def quaternions(found: Vt.QuatfArray) -> NDArray[np.float64]:
    """Return USD's quaternions, w first."""
    return np.roll(np.array(found, np.float64).reshape(-1, 4), 1, axis=1)


def _rest(bound: Bound) -> Pose:
    """Return the pose at rest; where the skeleton has none, that in which it was bound."""
    found = value(bound.skeleton.GetRestTransformsAttr()) or ()
    if len(found) == len(bound.joints):
        local = np.array(found, np.float64).reshape(-1, 4, 4)
    else:
        binds = binds_of(bound)
        above = [binds[row] if row >= 0 else np.eye(4) for row in parents_of(bound)]
        local = np.array([bind @ np.linalg.inv(up) for bind, up in zip(binds, above, strict=True)]).reshape(-1, 4, 4)
    lengths = np.linalg.norm(local[:, :3, :3], axis=2)
    lengths[np.linalg.det(local[:, :3, :3]) < 0] *= -1  # of_matrix turns such a matrix as its negative
    turns = [of_matrix((part / length[:, None]).T) for part, length in zip(local[:, :3, :3], lengths, strict=True)]
    return Pose(local[:, 3, :3].copy(), np.array(turns).reshape(-1, 4), lengths)
