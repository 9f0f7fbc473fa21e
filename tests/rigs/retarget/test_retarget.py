"""Maps from ARKit's channels onto a rig's own: what they do, and how they are written down."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.channels import ARKIT, CHANNELS, ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs.retarget import Retarget, Target, format_map, parse_map, read, write


def face(n_frames: int = 50, seed: int = 1) -> Clip:
    """Return a clip of all 61 channels, at random."""
    random = np.random.default_rng(seed)
    values = np.hstack([random.random((n_frames, len(ARKIT))), random.normal(0, 8, (n_frames, len(ROTATIONS)))])
    return Clip(values=values, channels=CHANNELS, frame_rate=Fraction(60), start_s=0.25, metadata={"source": "a.wav"})


def of(*targets: Target, mirror: bool = False) -> Retarget:
    return Retarget(name="test", targets=targets, mirror=mirror)


names = st.text(st.characters(codec="utf-8"), max_size=12)
numbers = st.floats(-1e6, 1e6)


@st.composite
def any_target(draw: st.DrawFn, name: str) -> Target:
    kind = draw(st.sampled_from(["shape", "pose", "bone"]))
    limits = draw(st.none() | st.tuples(numbers | st.just(-np.inf), numbers | st.just(np.inf)).map(sorted).map(tuple))
    return Target(
        name=f"{name or 'bone'}.rotation.{draw(st.sampled_from('xyz'))}" if kind == "bone" else name,
        kind=kind,
        sources=draw(st.dictionaries(st.sampled_from(CHANNELS), numbers, max_size=4)),
        offset=draw(numbers),
        limits=limits,
        comment=draw(names),
    )


@st.composite
def any_map(draw: st.DrawFn) -> Retarget:
    targets = [draw(any_target(name)) for name in draw(st.lists(names, unique=True, max_size=6))]
    unique = {target.name: target for target in targets}
    return Retarget(
        name=draw(names), targets=tuple(unique.values()), mirror=draw(st.booleans()), solve=draw(st.booleans())
    )


@settings(deadline=None, max_examples=50)
@given(retarget=any_map())
def test_a_map_reads_back_as_it_was_written(retarget: Retarget) -> None:
    assert parse_map(format_map(retarget), "map") == retarget


def test_a_map_may_be_saved_by_windows_notepad(tmp_path: Path) -> None:
    path = tmp_path / "hero.toml"
    path.write_text('[shapes]\nSmile = "mouthSmileLeft" # left\n', "utf-8-sig", newline="\r\n")
    (target,) = read(path).targets
    assert target == Target(name="Smile", sources={"mouthSmileLeft": 1}, comment="left")
    path.write_text("[shapes]\nA = 3\n", "utf-8-sig", newline="\r\n")
    with pytest.raises(InputError, match="line 2"):
        read(path)


def test_a_rig_whose_file_has_a_name_in_another_encoding_has_a_map(tmp_path: Path) -> None:
    named = Retarget(name="h\udce9ro", targets=())
    assert read(write(named, tmp_path / "hero.toml")).name == "h?ro"


def test_every_target_stands_on_one_line_with_its_comment() -> None:
    text = format_map(
        of(
            Target(name="Mouth Open", sources={"jawOpen": 0.8}, offset=0.1, limits=(0, 0.9), comment="not too far"),
            Target(name="browInnerUp_L", sources={"browInnerUp": 1}),
            Target(name="aa", kind="pose", sources={"jawOpen": 0.5}),
            Target(name="jaw.rotation.x", kind="bone", sources={"jawOpen": 22}),
        )
    )
    assert '"Mouth Open"  = { jawOpen = 0.8, offset = 0.1, limits = [0.0, 0.9] } # not too far' in text.splitlines()
    assert 'browInnerUp_L = "browInnerUp"' in text.splitlines()
    assert "aa = { jawOpen = 0.5 }" in text.splitlines()
    assert '"jaw.rotation.x" = { jawOpen = 22.0 }' in text.splitlines()


def test_comments_of_people_stay(tmp_path: Path) -> None:
    path = tmp_path / "hero.toml"
    path.write_text('[shapes]\n"a # b" = { jawOpen = 1 }   # the client wants "less" # here\n', "utf-8")
    (target,) = read(write(read(path), path)).targets
    assert (target.name, target.comment) == ("a # b", 'the client wants "less" # here')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[shapes]\nA = 3", "hero.toml, line 2, [shapes] A: write the name of a channel in quotes"),
        ("\n[shapes]\n\nA = { jawOpne = 1 }", "line 4, [shapes] A: there is no channel 'jawOpne'; write jawOpen"),
        ('[shapes]\nA = "zzzz"', "there is no channel 'zzzz'; write one of ARKit's, such as jawOpen"),
        ('[poses]\nA = { jawOpen = "1" }', "line 2, [poses] A: jawOpen must be a number, not '1'"),
        ("[shapes]\nA = { jawOpen = nan }", "line 2, [shapes] A: a gain or the offset of 'A' is not finite"),
        ("[shapes]\nA = { jawOpen = true }", "jawOpen must be a number, not True"),
        ("[shapes]\nA = { limits = [1] }", "limits must be two numbers; write limits = [0.0, 1.0]"),
        ("[shapes]\nA = { limits = [1, 0] }", "the limits of 'A' are not in order: 1.0 to 0.0"),
        ("[shapes]\nA = {}\n[poses]\nA = {}", "line 4, [poses] A: the name stands in two sections; keep one"),
        ("[bones]\njaw = { jawOpen = 3 }", "line 2, [bones] jaw: a bone's channel must look like 'jaw.rotation.x'"),
        ("[shape]\nA = {}", "hero.toml: a map has no 'shape'; it has name, mirror, solve and shapes, poses, bones"),
        ("shapes = 3", "'shapes' must be a table; begin it with a line [shapes]"),
        ("mirror = 3", "mirror and solve must be true or false"),
        ("[shapes]\nA = {", "hero.toml is no TOML: "),
        ("[shapes]\nA = {}\nA = {}", "hero.toml is no TOML: "),
    ],
)
def test_a_fault_is_named_with_its_place_and_cure(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "hero.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        read(path)
    assert message in str(error.value)
    assert str(path) in str(error.value)


def test_a_file_that_is_missing_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no map .*hero.toml; make one with rigs.retarget.write"):
        read(tmp_path / "hero.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xe9")
    with pytest.raises(InputError, match="no text in UTF-8"):
        read(tmp_path / "latin.toml")


def test_a_shape_is_the_sum_of_its_sources_within_limits() -> None:
    clip = face()
    found = of(
        Target(name="open", sources={"jawOpen": 1, "mouthClose": -1}),
        Target(name="half", sources={"jawOpen": 2}, offset=-0.25, limits=(0.1, 0.5)),
        Target(name="dead"),
    )(clip)
    assert found.channels == ("open", "half", *ROTATIONS)
    assert found["open"] == pytest.approx(np.clip(clip["jawOpen"] - clip["mouthClose"], 0, 1), abs=1e-6)
    assert found["half"] == pytest.approx(np.clip(2 * clip["jawOpen"] - 0.25, 0.1, 0.5), abs=1e-6)
    assert (found.frame_rate, found.start_s, found.metadata) == (clip.frame_rate, clip.start_s, clip.metadata)


def test_bones_turn_in_degrees_beside_the_shapes() -> None:
    clip = face()
    found = of(
        Target(name="jaw.rotation.x", kind="bone", sources={"jawOpen": 22}),
        Target(name="eye.L.rotation.y", kind="bone", sources={"leftEyeYaw": 1}, limits=(-5, 5)),
        Target(name="smile", sources={"mouthSmileLeft": 1}),
    )(clip)
    assert found["jaw.rotation.x"] == pytest.approx(22 * clip["jawOpen"], rel=1e-6)
    assert found["eye.L.rotation.y"] == pytest.approx(np.clip(clip["leftEyeYaw"], -5, 5))
    assert "leftEyeYaw" not in found.channels, "what drives a bone would turn the eye twice"
    assert np.array_equal(found["headYaw"], clip["headYaw"])


def test_mirroring_swaps_left_and_right() -> None:
    clip = face()
    itself = Retarget(name="itself", targets=tuple(Target(name=name, sources={name: 1}) for name in ARKIT))
    found = replace(itself, mirror=True)(clip)
    assert np.array_equal(found["mouthSmileLeft"], clip["mouthSmileRight"])
    assert np.array_equal(found["jawLeft"], clip["jawRight"])
    assert np.array_equal(found["jawOpen"], clip["jawOpen"])
    assert np.array_equal(found["headYaw"], -clip["headYaw"])
    assert np.array_equal(found["leftEyePitch"], clip["rightEyePitch"])
    assert np.array_equal(found["rightEyeRoll"], -clip["leftEyeRoll"])
    twice = replace(itself, mirror=True)(found)
    assert np.array_equal(twice.select(CHANNELS).values, clip.values)


@pytest.mark.parametrize("mirror", [False, True])
def test_the_way_back_is_exact_where_each_channel_has_a_shape(mirror: bool) -> None:
    clip = face()
    targets = [Target(name=name.upper(), sources={name: 0.5}, offset=0.25) for name in ARKIT if name != "cheekPuff"]
    targets += [Target(name=f"cheekPuff_{side}", sources={"cheekPuff": 1}) for side in "LR"]
    there = of(*targets, mirror=mirror)
    back = there.inverse()(there(clip))
    assert set(back.channels) == set(CHANNELS)
    assert back.select(CHANNELS).values == pytest.approx(clip.values, abs=1e-5)


def test_what_takes_away_does_not_come_back_as_something_else() -> None:
    there = of(Target(name="open", sources={"jawOpen": 1, "mouthClose": -1}))
    back = there.inverse()
    assert [(target.name, dict(target.sources)) for target in back.targets] == [("jawOpen", {"open": 1.0})]


def test_what_moves_both_sides_tells_of_both() -> None:
    there = of(
        Target(name="blink", sources={"eyeBlinkLeft": 0.5, "eyeBlinkRight": 0.5}),
        Target(name="suck", sources={"mouthRollUpper": 0.51, "mouthRollLower": 0.49}),
        Target(name="chin", sources={"mouthShrugLower": 0.7, "mouthShrugUpper": 0.3}),
    )
    clip = Clip(values=[[0.6, 0.2, 0.7]], channels=("blink", "suck", "chin"), frame_rate=Fraction(60))
    back = there.inverse()(clip)
    assert dict(zip(back.channels, back.values[0].tolist(), strict=True)) == pytest.approx(
        {"eyeBlinkLeft": 0.6, "eyeBlinkRight": 0.6, "mouthRollUpper": 0.2, "mouthRollLower": 0.2, "mouthShrugLower": 1}
    )


def test_what_goes_both_ways_comes_back_either_way() -> None:
    gaze = {"eyeLookOutLeft": 26, "eyeLookInLeft": -26}
    up = {"eyeLookUpRight": -22, "eyeLookDownRight": 24, "eyeWideRight": -1}
    there = of(
        Target(name="eye.L.rotation.y", kind="bone", sources=gaze),
        Target(name="eye.R.rotation.x", kind="bone", sources=up),
        Target(name="jaw.rotation.x", kind="bone", sources={"jawOpen": 22, "mouthClose": -22}),
        Target(name="Together", sources={"mouthClose": 1}),
    )
    for looks in ({"eyeLookOutLeft": 0.5}, {"eyeLookInLeft": 0.3, "eyeLookUpRight": 0.7}, {"eyeLookDownRight": 1}):
        said = looks | {"jawOpen": 0.5, "mouthClose": 0.25}
        clip = Clip(values=[list(said.values())], channels=tuple(said), frame_rate=Fraction(60))
        back = there.inverse()(there(clip))
        assert "eyeWideRight" not in back.channels
        wanted = dict.fromkeys(back.channels, 0.0) | said | {"jawOpen": 0.25}  # the jaw yielded, and Together tells
        assert dict(zip(back.channels, back.values[0].tolist(), strict=True)) == pytest.approx(wanted, abs=1e-6)


def test_a_turn_that_another_drives_is_not_kept_beside_it() -> None:
    clip = Clip(values=[[3.0, 2.0, 1.0]], channels=("headYaw", "headRoll", "headPitch"), frame_rate=Fraction(60))
    tilted = of(Target(name="headYaw", sources={"headRoll": -1}, limits=(-90, 90)))(clip)
    assert dict(zip(tilted.channels, tilted.values[0].tolist(), strict=True)) == {"headYaw": -2, "headPitch": 1}


def test_a_clip_without_channels_has_none_mirrored_either() -> None:
    empty = Clip(values=np.zeros((2, 0)), channels=(), frame_rate=Fraction(60))
    assert of(mirror=True)(empty).channels == ()


def test_a_clip_of_other_names_is_refused() -> None:
    clip = Clip(values=[[1.0]], channels=("aa",), frame_rate=Fraction(60))
    there = of(Target(name="open", sources={"jawOpen": 1}))
    takes = "none of the channels that the map '{}' takes, such as {}; use a clip of {} channels"
    with pytest.raises(InputError, match=takes.format("test", "jawOpen", "ARKit")):
        there(clip)
    with pytest.raises(InputError, match=takes.format("test, back", "open", "that rig's")):
        there.inverse()(clip)


def test_targets_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="two targets are called 'a'"):
        of(Target(name="a"), Target(name="a", kind="pose"))
    with pytest.raises(ValueError, match="no channel of a bone"):
        Target(name="jaw", kind="bone")


VISEMES = {
    "rest": {},
    "aa": {"jawOpen": 0.5},
    "ou": {"jawOpen": 0.15, "mouthPucker": 0.7},
    "ee": {"jawOpen": 0.2, "mouthStretchLeft": 0.5, "mouthStretchRight": 0.5},
    "pp": {"mouthPressLeft": 0.5, "mouthPressRight": 0.5},
    "blink": {"eyeBlinkLeft": 1, "eyeBlinkRight": 1},
}


def visemes() -> Retarget:
    return of(*(Target(name=name, kind="pose", sources=look) for name, look in VISEMES.items()))


def posed(mix: dict[str, float]) -> Clip:
    """Return one frame of the face that a mix of the visemes makes."""
    values = np.zeros(len(ARKIT))
    for name, weight in mix.items():
        for channel, at in VISEMES[name].items():
            values[ARKIT.index(channel)] += weight * at
    return Clip(values=[values], channels=ARKIT, frame_rate=Fraction(60))


@settings(deadline=None, max_examples=25)
@given(
    mouth=st.dictionaries(st.sampled_from(["aa", "ou", "ee", "pp"]), st.floats(0, 1), min_size=1),
    blink=st.floats(0, 1),
)
def test_a_face_made_of_poses_is_taken_apart_again(mouth: dict[str, float], blink: float) -> None:
    total = max(1.0, sum(mouth.values()) + blink)
    mix = {name: weight / total for name, weight in ({**mouth, "blink": blink}).items()}
    found = visemes()(posed(mix))
    for name in VISEMES.keys() - {"rest"}:
        assert found[name][0] == pytest.approx(mix.get(name, 0), abs=0.2)  # what is cheap is shared among the alike
    assert found.values.sum() == pytest.approx(1)
    jaw_open = visemes().inverse()(found)["jawOpen"]
    assert jaw_open == pytest.approx(posed(mix)["jawOpen"], abs=0.03)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_poses_never_open_lips_that_are_shut_and_never_add_up_to_more_than_one(seed: int) -> None:
    clip = face(seed=seed)
    parting = ("mouthFunnel", "tongueOut", "mouthLowerDownLeft", "mouthLowerDownRight",
               "mouthUpperUpLeft", "mouthUpperUpRight")  # fmt: skip
    shut = clip.with_channels({"mouthClose": clip["jawOpen"], **dict.fromkeys(parting, np.zeros(len(clip)))})
    found = visemes()(shut)
    for name in ("aa", "ou", "ee"):
        assert found[name].max() < 1e-6, name
    weights = visemes()(clip).select(VISEMES).values
    assert np.all(weights >= 0)
    assert weights.sum(axis=1) == pytest.approx(np.ones(len(clip)), abs=1e-5)


def test_poses_come_back_as_what_they_look_like() -> None:
    mix = {"aa": 0.4, "ou": 0.3}
    rig_clip = Clip(values=[[0.4, 0.3]], channels=("aa", "ou"), frame_rate=Fraction(60))
    back = visemes().inverse()(rig_clip)
    assert back.select(ARKIT).values == pytest.approx(posed(mix).values, abs=1e-6)
