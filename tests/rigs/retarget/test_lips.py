"""A jaw that leaves the lips behind, as Rigify's does without its constraints."""

from dataclasses import replace

import numpy as np
import pytest

from rigs import Joint, Rig
from rigs.retarget import by_name, fit
from tests.support.body_rig import body
from tests.support.head_parts import JAW


def with_lips(*, below: str) -> Rig:
    """Return a face of bones alone whose lower lip has bones of its own, which hang below another bone."""
    rig = body(bones_alone=True)
    joints = {joint.name: joint for joint in rig.joints}
    lip = joints["jaw"].weights * 0.5
    joints["jaw"] = replace(joints["jaw"], weights=joints["jaw"].weights - lip)
    for name in ("DEF-lip.B.L", "DEF-lip.B.R"):
        joints[name] = Joint(name=name, parent=below, position=JAW, weights=(lip / 2).astype(np.float32))
    return replace(rig, joints=tuple(joints.values()))


def test_a_jaw_that_takes_the_lower_lip_along_is_turned():
    found = by_name(with_lips(below="jaw"))
    assert "jaw.rotation.x" in {target.name for target in found.retarget.targets}


@pytest.mark.slow
def test_a_jaw_that_leaves_the_lips_behind_rests_and_the_face_is_given_shapes():
    rig = with_lips(below="head")
    found = by_name(rig)
    assert not [target.name for target in found.retarget.targets if target.name.startswith("jaw")]
    assert "eye.L.rotation.y" in {target.name for target in found.retarget.targets}
    held = fit(rig)
    assert "jawOpen" in held.rig.shapes
    assert held.notes[0].startswith("its bone jaw leaves the lips behind without the constraints")


@pytest.mark.parametrize("shapes", [(), ("jawOpen",)])
def test_names_alone_are_believed(shapes):
    """In Blender the constraints are there, and lists of names have no weights."""
    nothing = np.zeros(0, np.float32)
    joints = tuple(
        Joint(name=name, parent=None, position=(0, 0, 0), weights=nothing) for name in ("jaw", "eye.L", "lip.B.L")
    )
    found = by_name(Rig(name="list", shapes=shapes, joints=joints))
    assert ("jaw.rotation.x" in {target.name for target in found.retarget.targets}) == (not shapes)
