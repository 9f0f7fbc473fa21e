"""Maps of rigs whose names are known: what a map must be, and that a face moves by it, there and back."""

import itertools
import re
from fractions import Fraction

import numpy as np
import pytest

import rigs
from audio2blend.channels import ARKIT, CHANNELS, ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.lips import Lips
from audio2blend.visemes import articulate
from rigs.retarget import back, format_map, match, onto, parse_map, to_arkit
from rigs.retarget.presets import Preset, presets
from tests.support import rig_names
from tests.support.small_rig import patch


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.stem)
def test_a_preset_is_a_map_that_drives_its_own_names(preset: Preset) -> None:
    assert parse_map(format_map(preset.retarget), "again").targets == preset.retarget.targets
    names = [target.name for target in preset.retarget.targets if target.kind != "bone"]
    assert {*names} <= {*preset.keys.values()}, "two of its names are read as the same"
    assert {*preset.unless} <= {*names}
    assert {other for others in preset.unless.values() for other in others} <= {*names}
    if names and preset.stem not in ("livelink", "unified", "daz_genesis_9"):
        main = [name for name in names if name not in preset.unless]
        assert {target.name for target in match(main).retarget.targets if target.kind != "bone"} == {*main}


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.stem)
def test_a_preset_treats_both_sides_alike(preset: Preset) -> None:
    """What moves on the left for a left channel moves on the right for the right one."""
    shapes = [target for target in preset.retarget.targets if target.kind != "bone"]
    left, right = (
        sorted(
            tuple(sorted((re.sub("Left|Right", "", source), gain) for source, gain in target.sources.items()))
            for target in shapes
            if target.bounds[0] == 0  # what goes both ways goes the other way there
            and any(source.endswith(side) for source in target.sources)
            and not any(source.endswith(other) for source in target.sources)
        )
        for side, other in (("Left", "Right"), ("Right", "Left"))
    )
    assert left == right


def test_clips_in_other_names_come_back_to_arkit() -> None:
    random = np.random.default_rng(5)
    weights = np.hstack([random.random((20, 52)), random.normal(0, 5, (20, 9))])
    clip = Clip(values=weights, channels=CHANNELS, frame_rate=Fraction(60))
    assert to_arkit(clip).select(CHANNELS).values == pytest.approx(clip.values, abs=1e-6)
    pascal = Clip(values=weights, channels=[name[0].upper() + name[1:] for name in CHANNELS], frame_rate=Fraction(60))
    assert to_arkit(pascal).select(CHANNELS).values == pytest.approx(clip.values, abs=1e-6)
    for names in (rig_names.AUDIO2FACE, rig_names.CHARACTER_CREATOR_4):
        found = match(names)
        symmetric = clip.with_channels(
            {name: clip[name.replace("Right", "Left")] for name in ARKIT if name.endswith("Right")}
        )
        back = to_arkit(found.retarget(symmetric))
        for name in ("jawOpen", "mouthSmileLeft", "eyeBlinkRight", "browDownLeft", "mouthFunnel"):
            assert back[name] == pytest.approx(symmetric[name], abs=1e-5), name
    with pytest.raises(InputError, match="none of the clip's channels is known: foo, bar"):
        to_arkit(Clip(values=[[0.0, 0.0]], channels=("foo", "bar"), frame_rate=Fraction(60)))


def test_bones_in_a_clip_tell_what_its_shapes_do_not() -> None:
    names, bones = ("aa", "ih", "ou", "E", "oh", "blink"), ("jaw", "LeftEye", "RightEye")
    clip = Clip(values=np.eye(52), channels=ARKIT, frame_rate=Fraction(60))
    there = match(names, bones).retarget(clip)
    back = to_arkit(there).select(ARKIT)
    for name in ARKIT:
        if name.startswith("eyeLook"):
            assert back[name] == pytest.approx(clip[name], abs=1e-5), name
    turned = Clip(values=[[11.0]], channels=("jaw.rotation.x",), frame_rate=Fraction(60))
    assert to_arkit(turned)["jawOpen"] == pytest.approx([0.5])


def test_the_way_back_believes_the_names_that_the_way_there_does() -> None:
    """A body has more shapes of its own than the 52 of its face, and no lips to be seen here."""
    body = patch(shapes=(*ARKIT, *(f"Cloth{k}" for k in range(90))))
    clip = Clip(values=np.eye(52), channels=ARKIT, frame_rate=Fraction(60))
    assert back(onto(clip, body), body).select(ARKIT).values == pytest.approx(clip.values)


def test_the_way_back_from_names_that_nobody_knows_is_told() -> None:
    clip = Clip(values=[[1.0]], channels=("foo",), frame_rate=Fraction(60))
    with pytest.raises(InputError, match="none of the names of rig 'hero' is known, and it has no shapes to see"):
        back(clip, rigs.Rig(name="hero", shapes=("foo",)))


SPEECH = [("m", 0.2, 0.3), ("a", 0.3, 0.5), ("b", 0.5, 0.58), ("u", 0.58, 0.8), ("p", 0.8, 0.9), ("i", 0.9, 1.1),
          ("f", 1.1, 1.2), ("o", 1.2, 1.4), ("m", 1.4, 1.5), ("a", 1.5, 1.8), ("p", 1.8, 1.9)]  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        rig_names.OCULUS, rig_names.VRM_1, rig_names.MMD, rig_names.MICROSOFT, rig_names.GENESIS_8, rig_names.RHUBARB,
        rig_names.PRESTON_BLAIR, rig_names.DIRECT_VISEMES, rig_names.CHARACTER_CREATOR_4[-9:], rig_names.METAHUMAN,
        rig_names.CHARACTER_CREATOR_3, rig_names.MIXAMO, rig_names.AUDIO2FACE, rig_names.META, ("jawOpen",),
    ],
    ids=itertools.count(),
)  # fmt: skip
def test_lips_shut_and_open_on_any_rig_as_on_ours(names: tuple[str, ...], our_lips: Lips) -> None:
    """Speech goes onto the rig and back to the built-in head: what the rig's shapes look like, measured at the lips."""
    spoken = articulate(SPEECH, duration_s=2.1)
    found = match(names)
    seen = found.retarget.inverse()(found.retarget(spoken)).select(ARKIT)
    ours, theirs = our_lips.opening(spoken.values), our_lips.opening(seen.values)
    shut = [
        slice(round((start + 0.01) * 60), round((end - 0.02) * 60)) for phone, start, end in SPEECH if phone in "pbm"
    ]
    assert all(ours[span].max() < 0.01 for span in shut), "on our own head lips shut"
    assert all(theirs[span].max() < 0.01 for span in shut)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.95
    assert theirs.max() > 0.6 * ours.max()


@pytest.mark.parametrize(
    ("names", "rounded"),
    [
        (rig_names.OCULUS, ["viseme_U", "viseme_O"]),
        (rig_names.VRM_1, ["ou", "oh"]),
        (rig_names.MMD, ["う", "お"]),
        (rig_names.GENESIS_8, ["eCTRLvUW", "eCTRLvOW", "eCTRLvW"]),
        (rig_names.RHUBARB, ["F", "E"]),
    ],
    ids=lambda value: value[0],
)
def test_rounded_vowels_round(names: tuple[str, ...], rounded: list[str]) -> None:
    shown = match(names).retarget(articulate(SPEECH, duration_s=2.1))
    strength = sum(shown[name] for name in rounded)
    said = {phone: float(strength[round((start + end) * 30)]) for phone, start, end in SPEECH}
    assert said["u"] > 0.4
    assert said["u"] > 4 * said["i"]
    assert said["u"] > 4 * said["a"]


def test_a_loud_face_keeps_its_rhythm_within_what_visemes_can_show() -> None:
    """Weights that merely shrank to add up to 1 would close the mouth where it opens furthest."""
    loud = articulate(SPEECH, duration_s=2.1, jaw=2.0, lips=2.0)
    found = match(rig_names.OCULUS)
    ours = loud["jawOpen"] - loud["mouthClose"]
    back = found.retarget.inverse()(found.retarget(loud))
    assert np.corrcoef(ours, back["jawOpen"])[0, 1] > 0.9
    assert back["jawOpen"][ours.argmax()] > 0.4, "0.45 is what viseme_aa can show"


def test_visemes_of_a_rig_add_up_to_one() -> None:
    shown = match(rig_names.OCULUS).retarget(articulate(SPEECH, duration_s=2.1))
    assert shown.values.sum(axis=1) == pytest.approx(np.ones(len(shown)), abs=1e-5)
    assert shown["viseme_sil"][0] == 1
    assert shown["viseme_FF"].argmax() in range(round(1.1 * 60), round(1.2 * 60))
    for start, end in ((0.2, 0.3), (0.5, 0.58), (0.8, 0.9)):
        assert shown["viseme_PP"][round((start + end) * 30)] > 0.3


def test_rotations_are_shapes_where_a_rig_has_them() -> None:
    clip = Clip(values=[[0.5, -12.0]], channels=("jawOpen", "headYaw"), frame_rate=Fraction(60))
    pascal = tuple(name[0].upper() + name[1:] for name in CHANNELS)
    assert match(pascal).retarget(clip)["HeadYaw"].tolist() == [-12.0]
    assert match(ARKIT).retarget(clip)["headYaw"].tolist() == [-12.0]
    assert set(ROTATIONS) <= set(match(ARKIT + ROTATIONS).retarget.sources)
