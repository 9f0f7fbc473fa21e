"""The built-in head on a skeleton as characters have it: the jaw and the eyes are bones, and have no shapes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

import rigs
from rigs import Joint, Rig
from rigs.quaternions import quadruple
from tests.support.head_parts import EYEBALL, JAW, jaw_share, part

BONES: Final[Mapping[str, tuple[str | None, tuple[float, float, float]]]] = {
    "hips": (None, (0.0, -0.60, -0.02)),
    "spine": ("hips", (0.0, -0.45, -0.03)),
    "chest": ("spine", (0.0, -0.30, -0.04)),
    "neck": ("chest", (0.0, -0.13, -0.03)),
    "head": ("neck", (0.0, -0.045, -0.02)),
    "jaw": ("head", JAW),
    "eye.L": ("head", (0.0324, 0.0, 0.0672)),
    "eye.R": ("head", (-0.0324, 0.0, 0.0672)),
    "shoulder.L": ("chest", (0.03, -0.17, -0.02)),
    "shoulder.R": ("chest", (-0.03, -0.17, -0.02)),
    "arm.L": ("shoulder.L", (0.15, -0.19, -0.03)),
    "arm.R": ("shoulder.R", (-0.15, -0.19, -0.03)),
}
"""Parent and place of every bone, parents first."""


def body(names: Mapping[str, str] | None = None, *, bones_alone: bool = False, seed: int = 5) -> Rig:
    """Return the head with twelve bones, each with axes of its own, and without the shapes of jaw and gaze.

    `names` renames bones. A vertex of the face follows the jaw as far as jawOpen took it along, an eyeball its eye; the
    shirt follows chest, shoulders and arms. `bones_alone` leaves out all shapes.
    """
    head = rigs.builtin()
    mesh = head.mesh
    assert mesh is not None
    kept = [
        row
        for row, name in enumerate(head.shapes)
        if not bones_alone and not name.startswith(("jaw", "eyeLook", "mouthClose"))
    ]
    random = np.random.default_rng(seed)
    follow = _follow(head)
    joints = []
    for bone, (parent, place) in BONES.items():
        turn = random.normal(size=4)
        joints.append(
            Joint(
                name=(names or {}).get(bone, bone),
                parent=None if parent is None else (names or {}).get(parent, parent),
                position=place,
                weights=follow[bone],
                orientation=quadruple(turn / np.linalg.norm(turn)),
            )
        )
    shapes = tuple(head.shapes[row] for row in kept)
    return replace(head, name="body", shapes=shapes, joints=tuple(joints), mesh=replace(mesh, deltas=mesh.deltas[kept]))


def _follow(head: Rig) -> dict[str, NDArray[np.float32]]:
    """Return how much each vertex follows each bone."""
    mesh = head.mesh
    assert mesh is not None
    x, y, _ = mesh.vertices.T
    follow = {bone: np.zeros(len(x), np.float32) for bone in BONES}
    (on_head,) = [joint.weights for joint in head.joints if joint.name == "head"]
    follow["jaw"] = on_head * jaw_share(head)
    for bone, side in (("eye.L", x > 0), ("eye.R", x < 0)):
        follow[bone][part(head, *EYEBALL) & side] = 1
    follow["head"] = on_head - follow["jaw"] - follow["eye.L"] - follow["eye.R"]
    rest = 1 - on_head
    low = np.clip((-0.12 - y) / 0.08, 0, 1)
    wide = np.clip((np.abs(x) - 0.06) / 0.1, 0, 1)
    follow["neck"] = rest * (1 - low)
    follow["chest"] = rest * low * (1 - wide)
    for side, sign in (("L", 1), ("R", -1)):
        follow[f"shoulder.{side}"] = rest * low * wide * (1 - wide) * (sign * x > 0)
        follow[f"arm.{side}"] = rest * low * wide * wide * (sign * x > 0)
    return {bone: np.asarray(weights, np.float32) for bone, weights in follow.items()}
