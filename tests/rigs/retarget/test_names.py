"""Which map a rig gets, by the names of its shapes and bones."""

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from rigs.retarget import match
from tests.support import rig_names
from tests.support.matching import drives, rest


def words(channel: str) -> list[str]:
    return [word.lower() for word in re.findall("[A-Z]?[a-z]+|[A-Z]+(?![a-z])", channel)]


STYLES = {
    "camel": lambda parts: parts[0] + "".join(part.title() for part in parts[1:]),
    "Pascal": lambda parts: "".join(part.title() for part in parts),
    "snake": "_".join,
    "kebab": "-".join,
    "Snake": lambda parts: "_".join(part.title() for part in parts),
    "spaces": lambda parts: " ".join(part.title() for part in parts),
    "UPPER": lambda parts: "_".join(part.upper() for part in parts),
    "flat": "".join,
}
SIDES = {
    "whole word": lambda parts, side: [*parts, side],
    "letter": lambda parts, side: [*parts, side[0]],
    "word first": lambda parts, side: [side, *parts],
    "letter first": lambda parts, side: [side[0], *parts],
    "in the middle": lambda parts, side: [parts[0], side, *parts[1:]],
}
PREFIXES = (
    "",
    "Face.M_F00_",
    "blendShape1.",
    "CTRL_expressions_",
    "hero:head_geo.",
    "head_geo.",
    "Face_",
    "rig:",
    "bs_",
)
SUFFIXES = ("", ".001", "_Shape", "_geo", "_div2")


def spelled(channel: str, style: str, side: str) -> str:
    parts = words(channel)
    if parts[-1] in ("left", "right"):
        parts = SIDES[side](parts[:-1], parts[-1])
    return STYLES[style](parts)


@settings(deadline=None, max_examples=40)
@given(
    style=st.sampled_from(sorted(STYLES)),
    side=st.sampled_from(sorted(SIDES)),
    prefix=st.sampled_from(PREFIXES),
    suffix=st.sampled_from(SUFFIXES),
    numbered=st.booleans(),
)
def test_arkit_is_known_in_every_spelling(style: str, side: str, prefix: str, suffix: str, numbered: bool) -> None:
    if style == "flat" and side != "whole word":
        return  # "eyebrowdownl" cannot be read for sure
    names = {
        f"{prefix}{f'{number:02}_' if numbered else ''}{spelled(channel, style, side)}{suffix}": channel
        for number, channel in enumerate(ARKIT)
    }
    found = match([*names, "Fist", "hand_L"])
    assert {target.name: dict(target.sources) for target in found.retarget.targets} == {
        name: {channel: 1.0} for name, channel in names.items()
    }
    assert found.shown == ARKIT
    assert found.unknown == ("Fist", "hand_L")
    assert str(found.found[0]) == "ARKit: 52 of 52"


def test_left_of_left_on_the_left_stays_apart() -> None:
    """Names in which two words could be the side."""
    assert drives(match(rig_names.METAHUMAN), "CTRL_expressions_eyeLookLeftR") == {"eyeLookInRight": 1.0}
    assert drives(match(rig_names.CHARACTER_CREATOR_4), "Eye_R_Look_L") == {"eyeLookInRight": 1.0}
    assert drives(match(["L_jawLeft", "jawOpen"]), "jawOpen")["jawOpen"] == 1.0


@pytest.mark.parametrize(
    "names",
    [
        ["LeftHand", "RightFoot", "LeftUpLeg"],
        ["mouth_open_brow", "Key 1", "Basis"],
        ["left", "R", "_"],
        ["A", "E", "O"],
        ["", "🙂", "x" * 500],
        [f"shape_{number:03}" for number in range(60)],
        ["roller", "cellar", "Jawbreaker", "mouthwash", "smiley_badge", "blinker"],
        ["BrowserTab", "eyeglasses_L", "eyeglasses_R", "noseRing", "cheekbone_width", "jaw_width", "mouth_size"],
    ],
    ids=str,
)
def test_false_friends_are_not_taken(names: list[str]) -> None:
    found = match(names)
    assert found.retarget.targets == ()
    assert found.unknown == tuple(names)
    assert "none of" in str(found)
    assert found.score == 0


def test_ict_facekit_is_known() -> None:
    found = match(rig_names.ICT_FACEKIT)
    assert len(rig_names.ICT_FACEKIT) == 57
    assert set(ARKIT) - set(found.shown) == {"tongueOut"}
    assert len(found.retarget.targets) == 53
    assert set(found.unknown) == {"PupilDilate_L", "PupilDilate_R", "cheekRaiser_L", "cheekRaiser_R"}
    assert drives(found, "browInnerUp_L") == drives(found, "browInnerUp_R") == {"browInnerUp": 1.0}
    assert drives(found, "cheekPuff_L") == {"cheekPuff": 1.0}
    assert "ARKit: 51 of 52, missing tongueOut\n53 of 57 names used" in str(found)
    assert all(name in str(found) for name in ("PupilDilate_R", "cheekRaiser_L"))


@pytest.mark.parametrize(
    ("names", "first", "n_used"),
    [
        (ARKIT + rig_names.OCULUS + rig_names.READY_PLAYER_ME, "ARKit: 52 of 52", 52),
        (rig_names.OCULUS, "Oculus visemes: 15 of 15", 15),
        ([name.lower().replace("viseme_", "vrc.v_") for name in rig_names.OCULUS], "Oculus visemes: 15 of 15", 15),
        (rig_names.READY_PLAYER_ME, "Common names: 6 of 10, missing mouthWide", 5),
        (rig_names.VRM_0, "VRM: 11 of 11", 11),
        (rig_names.VRM_1, "VRM: 11 of 11", 11),
        (rig_names.VROID, "VRM: 7 of 11, missing lookUp", 7),
        (rig_names.MMD, "MikuMikuDance: 14 of 15, missing ぷくー", 16),
        (rig_names.MICROSOFT, "Microsoft visemes: 19 of 19", 19),
        ([f"viseme_{number}" for number in range(22)], "Microsoft visemes: 19 of 19", 19),
        (rig_names.AUDIO2FACE, "Audio2Face: 46 of 46", 46),
        (rig_names.META, "Meta face expressions: 63 of 63", 63),
        (
            [re.sub("([a-z])([A-Z])", r"\1_\2", name).upper() for name in rig_names.META],
            "Meta face expressions: 63",
            63,
        ),
        (rig_names.METAHUMAN, "MetaHuman: 71 of 71", 71),
        ([name.lower() for name in rig_names.METAHUMAN], "MetaHuman: 71 of 71", 71),
        (rig_names.CHARACTER_CREATOR_4, "Character Creator 4: 64 of 64", 64),
        (rig_names.CHARACTER_CREATOR_3, "Character Creator visemes: 9 of 9", 23),
        (rig_names.GENESIS_8, "Daz Genesis 8: 17 of 19, missing eCTRLEyesClosedL", 17),
        (rig_names.GENESIS_9, "ARKit: ", 50),
        (rig_names.MIXAMO, "Mixamo Fuse: 34 of 34", 34),
        (rig_names.RHUBARB, "Rhubarb mouths: 9 of 9", 9),
        (rig_names.PRESTON_BLAIR, "Preston Blair mouths: 10 of 10", 10),
        (rig_names.DIRECT_VISEMES, "Character Creator direct visemes: 15 of 15", 15),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_known_rigs_are_recognised(names: list[str], first: str, n_used: int) -> None:
    found = match(names)
    assert str(found).startswith(first)
    assert len(found.retarget.targets) == n_used
    assert {*found.unknown, *found.resting} | {target.name for target in found.retarget.targets} == set(names)


def test_what_goes_both_ways_is_no_left_shape_with_something_behind_it() -> None:
    found = match(rig_names.GENESIS_9)
    assert drives(found, "facs_ctrl_JawLeft-Right") == {"jawLeft": 1.0, "jawRight": -1.0}
    assert drives(found, "facs_ctrl_EyeLookUp-DownLeft") == {"eyeLookUpLeft": 1.0, "eyeLookDownLeft": -1.0}
    assert found.missing == ()


def test_meta_s_names_mean_what_they_say() -> None:
    found = match(rig_names.META)
    assert drives(found, "lipsToward") == {"mouthClose": 1.0}
    assert drives(found, "lipFunnelerLB") == {"mouthFunnel": 1.0}
    assert drives(found, "lipSuckRT") == {"mouthRollUpper": 1.0}
    assert drives(found, "browLowererL") == {"browDownLeft": 1.0}
    assert drives(found, "eyesLookLeftR") == {"eyeLookInRight": 1.0}
    assert found.missing == ("tongueOut",)
    assert found.fallbacks == {}


@pytest.mark.parametrize("name", ["EYE_DEF_C", "blendShape1.EL_DEF_C", "eyes_shut", "Closed Eyes", "EyeClosed"])
def test_eyes_are_shut_by_any_name(name: str) -> None:
    assert rest(match([name]), "eyeBlinkLeft", 1.0) == rest(match([name]), "eyeBlinkRight", 1.0) == {name: 0.5}


@pytest.mark.parametrize("name", ["Eye{}Closed", "eye_closed_{}", "EyeShut_{}", "{}_closed_eye", "lid.close.{}"])
def test_an_eye_is_shut_by_any_name(name: str) -> None:
    left, right = name.format("L"), name.format("R")
    assert rest(match([left, right]), "eyeBlinkLeft", 1.0) == {left: 1.0}
    assert rest(match([left, right]), "eyeBlinkRight", 1.0) == {right: 1.0}


def test_what_two_presets_know_is_driven_once() -> None:
    found = match(ARKIT + rig_names.OCULUS + rig_names.READY_PLAYER_ME)
    assert found.resting == rig_names.OCULUS + rig_names.READY_PLAYER_ME
    assert [preset.title for preset in found.found] == ["ARKit"]


def test_visemes_and_arkit_share_a_face() -> None:
    """A rig whose mouth has visemes only and whose eyes are ARKit's; its jawOpen would open the mouth twice."""
    eyes = [name for name in ARKIT if name.startswith(("eye", "brow"))]
    found = match([*rig_names.OCULUS, *eyes, "jawOpen", "mouthSmileLeft"])
    assert {target.name for target in found.retarget.targets} == {*rig_names.OCULUS, *eyes, "mouthSmileLeft"}
    assert found.resting == ("jawOpen",)


def test_a_blink_for_both_eyes_stands_in_where_there_are_no_sides() -> None:
    assert rest(match(["A", "I", "U", "E", "O", "Blink"]), "eyeBlinkLeft", 1.0) == {"Blink": 0.5}
    assert "Blink" in match(rig_names.VRM_0).resting
    assert drives(match(rig_names.MMD), "まばたき") == {"eyeBlinkLeft": 0.5, "eyeBlinkRight": 0.5}


def test_several_meshes_with_the_same_shapes_all_move() -> None:
    found = match([f"{mesh}.{name}" for mesh in ("Head", "Teeth", "Lashes") for name in ARKIT])
    assert len(found.retarget.targets) == 3 * 52


@pytest.mark.parametrize(
    "mesh", ["EyeLeft_blendShape0.", "eye_left_BS.", "L_Eye_ncl1_1.", "EyeLeft_", "Eye.L_", "geo|EyeRight_blendShape3."]
)
def test_a_side_in_the_name_of_a_mesh_is_not_the_shape_s(mesh: str) -> None:
    """As Maya writes them: the node that holds the shapes, a dot, and the shape."""
    found = match([*(f"Head_blendShape1.{name}" for name in ARKIT), *(mesh + name for name in ARKIT)])
    assert {name: drives(found, mesh + name) for name in ARKIT} == {name: {name: 1.0} for name in ARKIT}
    assert found.unknown == ()
    few = match([f"EyeLeft_blendShape0.{name}" for name in ("jawOpen", "eyeLookUpLeft")])
    assert few.shown[-1:] == ("jawOpen",)


def test_a_side_before_what_has_none_stays_the_shape_s() -> None:
    names = ["EyeLeft_Blink", "EyeLeft_Squint", "EyeLeft_Wide", "EyeLeft_LookUp", "EyeRight_Blink", "EyeRight_Wide"]
    found = match(names)
    assert drives(found, "EyeLeft_Blink") == {"eyeBlinkLeft": 1.0}
    assert drives(found, "EyeRight_Wide") == {"eyeWideRight": 1.0}
    assert match(["L.Hand.Smile", "L.Hand.Kiss", "L.Hand.Blink", "L.Hand.Wave"]).retarget.targets == ()


def test_what_is_missing_falls_back() -> None:
    without = match([name for name in ARKIT if name not in ("mouthPucker", "browInnerUp", "mouthStretchLeft")])
    assert rest(without, "mouthPucker") == {"mouthFunnel": 0.3}
    assert rest(without, "browInnerUp") == {"browOuterUpLeft": 0.3, "browOuterUpRight": 0.3}
    assert rest(without, "mouthStretchLeft") == {"mouthDimpleLeft": 0.35}
    assert without.fallbacks["mouthPucker"] == "mouthFunnel × 0.6"
    assert without.missing == ()
    assert without.score == pytest.approx((49 + 1.5) / 52)


def test_without_mouth_close_the_jaw_closes() -> None:
    found = match([name for name in ARKIT if name != "mouthClose"])
    clip = Clip(values=[[0.4, 0.4], [0.4, 0.1]], channels=("jawOpen", "mouthClose"), frame_rate=Fraction(60))
    assert found.retarget(clip)["jawOpen"].tolist() == pytest.approx([0.0, 0.3])
