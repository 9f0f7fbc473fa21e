"""Which bones a rig's names tell of, and how they move."""

from fractions import Fraction

import numpy as np
import pytest

from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from rigs.retarget import match, motions
from tests.support.matching import drives, rest
from tests.support.posing import matrix


def test_bones_take_what_no_shape_shows() -> None:
    bones = ["Hips", "Head", "Jaw", "LeftEye", "RightEye", "LeftHand"]
    assert match(ARKIT, bones).retarget == match(ARKIT).retarget
    found = match([name for name in ARKIT if not name.startswith(("jaw", "eyeLook", "mouthClose"))], bones)
    assert "bones: Jaw, LeftEye, RightEye" in str(found)
    assert rest(found, "jawOpen") == {"Jaw.rotation.x": 11.0}
    assert rest(found, "eyeLookOutLeft") == {"LeftEye.rotation.y": 13.0}
    assert rest(found, "eyeLookOutRight") == {"RightEye.rotation.y": -13.0}
    assert rest(found, "eyeLookUpRight") == {"RightEye.rotation.x": -11.0}
    assert drives(found, "Jaw.rotation.x")["mouthClose"] == -22.0, "a jaw without mouthClose closes with the lips"


@pytest.mark.parametrize(
    "bones",
    [
        ["FACIAL_C_Jaw", "FACIAL_L_Eye", "FACIAL_R_Eye", "FACIAL_C_FacialRoot"],
        ["jaw", "eye.L", "eye.R", "spine.006"],
        ["lowerjaw", "l_eye", "r_eye"],
        ["jaw", "left_eye", "right_eye"],
        ["mixamorig:Jaw", "mixamorig:LeftEye", "mixamorig:RightEye"],
        ["CC_Base_JawRoot", "CC_Base_L_Eye", "CC_Base_R_Eye"],
        ["jaw_master", "MCH-eye.L", "MCH-eye.R", "DEF-jaw"],
    ],
    ids=lambda bones: bones[0],
)
def test_jaw_and_eye_bones_are_known(bones: list[str]) -> None:
    moved = motions(match([], bones).retarget(Clip(values=[[1.0] * 52], channels=ARKIT, frame_rate=Fraction(60))))
    assert list(moved) == bones[:3]


def test_rigify_faces_move_their_controls() -> None:
    controls = ["jaw_master", "lip.T", "lip.B", "lips.L", "lips.R", "lid.T.L", "lid.T.L.001", "lid.T.L.002",
                "lid.T.R.002", "lid.B.L.002", "lid.B.R.002", "brow.T.L", "brow.T.L.003"]  # fmt: skip
    found = match([], controls)
    assert rest(found, "eyeBlinkLeft", 1.0)["lid.T.L.002.translation.y"] == -0.009
    assert rest(found, "mouthSmileRight", 1.0)["lips.R.translation.x"] == -0.009
    assert not any(
        target.name.startswith(("lid.T.L.001", "lid.T.L.tr", "brow.T.L.tr")) for target in found.retarget.targets
    )


def test_an_eye_bone_turns_as_the_eye_does() -> None:
    """A point ahead of the left eye: yaw to its own left is +x, pitch up is +y."""
    found = match([], ["eye.L", "eye.R", "jaw"])
    for channel, way in (("eyeLookOutLeft", [1, 0]), ("eyeLookInLeft", [-1, 0]), ("eyeLookUpLeft", [0, 1]),
                         ("eyeLookDownLeft", [0, -1])):  # fmt: skip
        values = [[float(name == channel) for name in ARKIT]]
        moved = motions(found.retarget(Clip(values=values, channels=ARKIT, frame_rate=Fraction(60))))
        ahead = matrix(moved["eye.L"].rotation[0]) @ [0, 0, 1]
        assert np.sign(ahead[:2].round(6)).tolist() == way
    values = [[float(name == "jawOpen") for name in ARKIT]]
    moved = motions(found.retarget(Clip(values=values, channels=ARKIT, frame_rate=Fraction(60))))
    assert (matrix(moved["jaw"].rotation[0]) @ [0, -0.04, 0.08])[1] < -0.06, "an open jaw's chin sinks"


def test_the_head_s_rotations_come_in_its_order() -> None:
    """Roll first, then pitch, then yaw."""
    channels = tuple(f"head.rotation.{axis}" for axis in "xyz")
    clip = Clip(values=[[30.0, 90.0, 90.0]], channels=channels, frame_rate=Fraction(60))
    up = matrix(motions(clip)["head"].rotation[0]) @ [0, 1, 0]
    # up rolls onto -x, which pitch leaves alone; yaw takes it to +z
    assert up == pytest.approx([0, 0, 1], abs=1e-6)
