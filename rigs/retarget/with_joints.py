"""Driving a rig by geometry, where joints do a part of it: FLAME opens its mouth by its jaw."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import FRAME_RATE, Clip

from ..motion import BONE_CHANNEL
from ..rig import Rig
from ..skeleton import posed
from ..surface.correspondence import correspond
from .lips import driven_joints
from .names import match
from .retarget import Retarget, Target
from .solver import Solved, solve

_WIDER: Final = 1.2
"""A jaw may open so much wider than its table says for jawOpen at 1."""


def by_shape_and_joints(source: Rig, target: Rig) -> Solved:
    """Return what drives `target` as the shapes of `source` move it: eyes by their joints, the rest by what it does.

    The turn that opens the jaw counts as one shape more, so that it yields where lips must shut and shapes cannot do it
    alone; what other joints show is taken off, and shapes show the rest.
    Raises InputError if there is no face, or no shape moves it.
    """
    joints = joint_targets(target)
    jaw = next((joint for joint in joints if joint.name.endswith(".rotation.x") and "jawOpen" in joint.sources), None)
    others = [joint for joint in joints if joint is not jaw]
    pair = correspond(source, target if jaw is None else _with_shape(target, jaw))
    rest = pair.motions - moved_by(pair.face(), others, source.shapes)
    solved = solve(replace(pair, motions=rest))
    size, left = (np.linalg.norm(moves.reshape(len(moves), -1), axis=1) for moves in (pair.motions, rest))
    shares = dict(zip(source.shapes, (left / np.maximum(size, 1e-12)) ** 2, strict=True))
    likeness = {name: max(0.0, 1 - (1 - like) * shares[name]) for name, like in solved.likeness.items()}
    targets, solver = [target for target in solved.retarget.targets if jaw is None or target.name != jaw.name], None
    if jaw is not None:
        degrees = jaw.sources["jawOpen"]
        (found,) = [target for target in solved.retarget.targets if target.name == jaw.name]
        gains = {source: round(degrees * gain, 2) for source, gain in found.sources.items()}
        targets.append(replace(jaw, sources=gains, limits=(0.0, _WIDER * degrees)))
        sizes = solved.solver.sizes.copy()
        sizes[solved.solver.shapes.index(jaw.name)] /= degrees
        solver = replace(solved.solver, sizes=sizes)
    retarget = replace(solved.retarget, targets=(*targets, *others))
    return replace(solved, retarget=retarget, solver=solver or solved.solver, likeness=likeness)


def joint_targets(rig: Rig) -> list[Target]:
    """Return what drives the jaw and the eyes of a rig, by the names of its joints, if no shape did the same."""
    found = match((), driven_joints(rig))
    return [
        replace(target, sources={source: gain for source, gain in target.sources.items() if source in found.shown})
        for target in found.retarget.targets
        if BONE_CHANNEL.fullmatch(target.name)
    ]


def moved_by(rig: Rig, joints: Sequence[Target], channels: tuple[str, ...]) -> NDArray[np.float64]:
    """Return what joints add to every vertex for each channel at 1, shape (n_channels, n_vertices, 3)."""
    assert rig.mesh is not None
    if not joints:
        return np.zeros((len(channels), len(rig.mesh.vertices), 3))
    one_each = Clip(values=np.eye(len(channels), dtype=np.float32), channels=channels, frame_rate=FRAME_RATE)
    moved = Retarget(name=rig.name, targets=tuple(joints))(one_each)
    return posed(rig, moved).astype(np.float64) - rig.mesh.vertices


def _with_shape(rig: Rig, jaw: Target) -> Rig:
    """Return a rig with what the jaw does for jawOpen as one shape more, called as the jaw's channel is."""
    assert rig.mesh is not None
    turn = replace(jaw, sources={"jawOpen": jaw.sources["jawOpen"]})
    delta = moved_by(rig, [turn], ("jawOpen",)).astype(np.float32)
    mesh = replace(rig.mesh, deltas=np.concatenate([rig.mesh.deltas, delta]))
    return replace(rig, shapes=(*rig.shapes, jaw.name), mesh=mesh)
