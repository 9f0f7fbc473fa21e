"""Bones of human bodies, under the names of those who make skeletons."""

from dataclasses import replace

import pytest

from rigs.humanoid import REQUIRED, humanoid
from tests.support.whole_body import BODY, MAKERS, body


@pytest.mark.parametrize("maker", MAKERS)
def test_every_bone_is_found(maker: str) -> None:
    found = humanoid(body(MAKERS[maker]).joints)
    wanted = {bone: MAKERS[maker][bone] for bone in BODY if "Shoulder" not in bone}
    if maker == "Character Creator":  # its neck is called a twist, which is a helper elsewhere
        wanted.pop("neck")
    assert found == wanted
    assert {*REQUIRED} <= found.keys()


def test_helpers_and_parts_of_bones_are_passed_over() -> None:
    names = MAKERS["Rigify"]
    joints = {joint.name: joint for joint in body(names).joints}
    forearm, hand = joints["DEF-forearm.L"], joints["DEF-hand.L"]
    part = replace(forearm, name="DEF-forearm.L.001", parent="DEF-forearm.L")
    twist = replace(forearm, name="forearm_twist.L", parent="DEF-forearm.L.001")
    thumb = replace(hand, name="DEF-hand_thumb.L", parent="DEF-hand.L")
    below = replace(hand, parent="forearm_twist.L")
    order = [*(joint for joint in joints.values() if joint != hand), part, twist, thumb, below]
    found = humanoid(order)
    assert (found["leftHand"], found["leftLowerArm"], found["leftUpperArm"]) == (
        "DEF-hand.L",
        "DEF-forearm.L",
        "DEF-upper_arm.L",
    )


def test_a_bust_has_what_it_has() -> None:
    joints = [joint for joint in body().joints if "Leg" not in joint.name and "Foot" not in joint.name]
    found = humanoid(joints)
    assert "hips" not in found
    assert found["leftUpperArm"] == "mixamorig:LeftArm"
    assert humanoid(()) == {}
