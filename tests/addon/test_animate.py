"""The button Animate of the Blender extension: takes, beside an artist's work, and what is in the way, in words."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio2blend import animate, blender, load
from audio2blend.clip import Clip
from rigs.retarget import match
from tests.support.small_rig import patch

pytestmark = pytest.mark.blender
FRAMES = list(range(1, 112, 6))
REST = "Lip Sync at Rest"
"""The track and the Action that hold shapes at 0 where no take plays."""


def jaw(clip: Clip) -> np.ndarray:
    """Return what the jaw is to do in `FRAMES` of a scene at 24 fps, the first of which is 1."""
    return clip.resampled(Fraction(24))["jawOpen"][np.array(FRAMES) - 1]


@pytest.fixture(scope="module")
def blocked(inside: blender.Child, hello: Path) -> dict[str, str]:
    found: dict[str, str] = inside.call("tests.addon.worker.in_the_way:blocked", {"rig": patch(), "sound": str(hello)})
    return found


REASONS = {
    "muted": "muted in the shape key panel of 'patch': jawOpen; tick them there",
    "range": "the range of shape keys of 'patch' cuts their values: jawOpen; widen it to 0 and 1",
    "driver": "a driver holds other values for jawOpen of 'patch'; mute it in the Drivers editor",
    "action": "the Action 'patchAction' holds other values for jawOpen of 'patch'; "
    "Unlink the Action puts it below the take and keeps it",
    "nla off": "the NLA of 'Key' is switched off; turn it on in the NLA editor",
    "solo": "another NLA track of 'Key' plays alone; take its star away in the NLA editor",
    "absolute": "the shape keys of 'patch' are absolute; turn on Relative in its shape key panel",
    "pinned": "'patch' shows one shape key alone; turn off its pin in the shape key panel",
    "hidden": "'patch' is hidden; show it to see it speak",
    "empty": "shape keys of 'patch' that hold no change: jawOpen; sculpt them or map others",
    "rest position": "'Armature' is in its rest position; choose Pose Position in its data",
    "head held": "the Action 'ArmatureAction' holds the bones head of 'Armature' in place; "
    "Unlink the Action puts it below the take and keeps it",
    "modifier": "'patch' does not move, though its shape keys do; look at its modifiers",
    "nothing": "",
    "subdivided": "",
}


@pytest.mark.parametrize("name", REASONS)
def test_what_keeps_a_face_from_moving_is_told(name: str, blocked: dict[str, str]) -> None:
    assert blocked[name] == REASONS[name]


def test_a_muted_track_of_the_artists_leaves_the_face_at_rest(inside: blender.Child, hello: Path) -> None:
    """Where no strip plays, Blender 5 puts what a track moves to 1."""
    found = inside.call("tests.addon.worker.animate:beside_muted", {"rig": patch(), "sound": str(hello)})
    assert found["outside"] == 0.0
    assert found["smile"] == pytest.approx([0.4, 0.4])


def test_a_face_that_is_the_mesh_of_another_speaker_is_told(inside: blender.Child, hello: Path) -> None:
    found = inside.call("tests.addon.worker.animate:linked_duplicate", {"rig": patch(), "sound": str(hello)})
    told = "'Bert' has the mesh of 'Anna', which speaks already, and would say the same"
    assert found["after"].startswith(told)
    assert found["pressed"] == found["after"]
    assert found["before"] == found["Anna"] == found["parted"] == ""


def test_a_head_that_looks_straight_ahead_at_the_widest_mouth_is_not_called_held(inside: blender.Child) -> None:
    found = inside.call("tests.addon.worker.in_the_way:out_of_step", {"rig": patch()})
    assert found == {"free": "", "held": REASONS["head held"]}


def test_what_cannot_be_animated_is_refused_in_a_sentence(inside: blender.Child, hello: Path, tmp_path: Path) -> None:
    rig = patch()
    assert rig.mesh is not None
    plain = replace(rig, shapes=(), mesh=replace(rig.mesh, deltas=rig.mesh.deltas[:0]), joints=())
    arguments = {"rig": rig, "plain": plain, "sound": str(hello), "folder": tmp_path}
    found = inside.call("tests.addon.worker.in_the_way:refused", arguments)
    assert found["said"] == {
        "no sound": "Choose a sound first",
        "no file": f"There is no file {tmp_path}/never.wav; choose the sound again",
        "not saved": "//line.wav is relative to this file, which is not saved yet; save it, or choose the sound again",
        "no sound in it": f"{tmp_path}/no ü sound 線.wav is not a sound file that can be read; "
        "give wav, flac, ogg, mp3, m4a, mp4, mov or mkv",
        "nobody": "there is no object 'Nobody'; name one of the scene",
        "no shapes": "'Stone' has no shape keys; Make Shapes gives it 52",
        "no map": "there is no text 'map'; open the map in the text editor",
        "broken map": found["said"]["broken map"],
        "no character": "Choose a character: a mesh or a collection",
        "tweaking": "a strip of 'Key' is being edited in the NLA; leave it (Tab) and animate again",
    }
    assert found["said"]["broken map"].startswith("map is no TOML: ")
    assert found["left"] == [0, 0, False]
    assert found["tracks"] == ["artist"]
    assert not found["running"]


def test_paths_may_be_relative_and_beyond_ascii(inside: blender.Child, hello: Path, tmp_path: Path) -> None:
    arguments = {"rig": patch(), "sound": str(hello), "folder": tmp_path}
    assert inside.call("tests.addon.worker.animate:paths", arguments) == {
        "said": "",
        "name": "Grüße",
        "action": "Grüße",
        "sound": "//Grüße.wav",
        "blocked": "",
    }


def test_an_artists_work_is_never_touched(inside: blender.Child, hello: Path) -> None:
    found = inside.call("tests.addon.worker.animate:artists", {"rig": patch(), "sound": str(hello)})
    assert found["said"] == ["", ""]
    assert found["kept"]
    assert found["still active"]
    assert found["tracks"] == [("Artist's", False), (REST, False), ("hello", True), ("hello.001", False)]
    assert found["takes"] == ["hello", "hello.001"]
    assert found["tracks after"] == ["Artist's"]
    assert len(found["actions after"]) == 3
    assert found["at rest"] == [0, 0]
    assert found["smile"][0] == found["smile"][2] == pytest.approx(0.4)
    assert found["smile"][1] < 0.2


@pytest.fixture(scope="module")
def takes(inside: blender.Child, hello: Path) -> dict[str, Any]:
    arguments = {"rig": patch(), "sound": str(hello), "frames": FRAMES}
    found: dict[str, Any] = inside.call("tests.addon.worker.animate:takes", arguments)
    return found


def test_takes_are_switched(takes: dict[str, Any], hello: Path, hello_clip: Clip) -> None:
    np.testing.assert_allclose(takes["first"], jaw(hello_clip), atol=1e-5)
    np.testing.assert_allclose(takes["second"], jaw(animate(load(hello), jaw=0.5)), atol=1e-5)


def test_dials_of_a_take_work_at_once(takes: dict[str, Any], hello: Path) -> None:
    weighed, reduced = (animate(load(hello), jaw=dial, smooth_ms=40.0, lead_ms=50.0) for dial in (1.5, 1.4))
    np.testing.assert_allclose(takes["weighed"], jaw(weighed), atol=1e-5)
    np.testing.assert_allclose(takes["reduced"], jaw(reduced), atol=0.011)
    assert takes["told"] == ""


def test_keys_that_were_edited_by_hand_are_kept(takes: dict[str, Any]) -> None:
    assert takes["edited"] == "the keys of 'hello' were edited by hand and are kept; Animate makes a fresh take"
    assert takes["edit kept"]


def test_what_is_locked_or_gone_is_told(takes: dict[str, Any]) -> None:
    locked = "the NLA track 'hello.001' of 'Key' is locked; unlock it in the NLA editor"
    assert takes["locked"] == locked
    assert locked in takes["locked delete"]
    assert takes["file gone"].endswith(".npz; animate the line again")
    assert takes["action gone"] == "the Action of take 'hello' was deleted; animate the line again"


def test_the_take_before_is_shown_when_one_is_deleted(takes: dict[str, Any]) -> None:
    assert takes["left"] == [("hello", 0)]
    np.testing.assert_allclose(takes["shown again"], takes["reduced"], atol=1e-6)


def test_speakers_and_their_lines_do_not_disturb_each_other(
    inside: blender.Child, hello: Path, hello_clip: Clip
) -> None:
    arguments = {
        "rig": patch(),
        "sound": str(hello),
        "frames": [*FRAMES, *(f + 100 for f in FRAMES), *(f + 200 for f in FRAMES)],
    }
    found = {
        name: np.split(np.array(curve), 3)
        for name, curve in inside.call("tests.addon.worker.animate:speakers", arguments).items()
    }
    line = jaw(hello_clip)
    for said in (found["Anna"][0], found["Anna"][2], found["Bert"][1]):
        np.testing.assert_allclose(said, line, atol=1e-5)
    assert found["Bert"][0][:16].max() == found["Bert"][2][3:].max() == 0


@pytest.mark.parametrize("after", ["blocked", "list_take"])
def test_what_ends_before_all_is_done_leaves_nothing(inside: blender.Child, hello: Path, after: str) -> None:
    left = inside.call("tests.addon.worker.animate:given_up", {"rig": patch(), "sound": str(hello), "after": after})
    assert "it ends here" in left["said"]
    assert (left["actions"], left["tracks"], left["takes"]) == ([], [], 0)
    assert not any(left["values"])


def test_animating_is_one_step_to_undo(inside: blender.Child, hello: Path) -> None:
    found = inside.call("tests.addon.worker.animate:undone", {"rig": patch(), "sound": str(hello)})
    assert found["before"] == found["undone"] == (0, 0, 0)
    assert found["animated"] == found["redone"] == (2, 2, 1)


def test_the_operator_takes_arguments_and_forgets_them(inside: blender.Child, hello: Path) -> None:
    found = inside.call("tests.addon.worker.animate:scripted", {"rig": patch(), "sound": str(hello)})
    assert found["result"] == ["FINISHED"]
    assert found["take"] == ("hello", "live", 0.5, 20, 5, True)
    assert found["kept"] == (True, True, 5, "REDUCED")
    assert found["again"] == ("hello.001", "live", 0.75, 5)


def test_visemes_are_animated_too(inside: blender.Child, hello: Path, hello_clip: Clip) -> None:
    names = tuple(f"viseme_{name}" for name in ("sil", "PP", "FF", "TH", "DD", "kk", "nn", "RR", "aa", "E", "O", "U"))
    cases = [{"render": {}, "arguments": {}, "frames": (1, 100), "names": ["viseme_PP", "viseme_aa"]}]
    arguments = {"rig": patch(shapes=names), "sound": str(hello), "cases": cases}
    (found,) = inside.call("tests.addon.worker.keys:at_rates", arguments)
    expected = match(names).retarget(hello_clip).resampled(Fraction(24))
    columns = [expected["viseme_PP"][:99], expected["viseme_aa"][:99]]
    np.testing.assert_allclose(found["values"], np.stack(columns, axis=1), atol=1e-5)


def test_dials_find_what_was_renamed(inside: blender.Child, hello: Path) -> None:
    arguments = {"rig": patch(), "sound": str(hello), "frames": FRAMES}
    found = inside.call("tests.addon.worker.animate:renamed", arguments)
    np.testing.assert_allclose(found["jaw"], jaw(animate(load(hello), jaw=0.5)), atol=1e-5)
    assert found["slots"] == 2
    assert found["told"] == ""


def test_a_pose_without_keys_is_left_as_it_was(inside: blender.Child, hello: Path) -> None:
    found = inside.call("tests.addon.worker.animate:posed", {"rig": patch(), "sound": str(hello)})
    assert found == [(0.25, 0.5, 0.75), (1.5, 1.5, 1.5)]


def test_a_handle_that_was_bent_by_hand_is_kept(inside: blender.Child, hello: Path) -> None:
    found = inside.call("tests.addon.worker.animate:bent", {"rig": patch(), "sound": str(hello)})
    assert found["as it is"] == ""
    assert found["bent"] == "the keys of 'hello' were edited by hand and are kept; Animate makes a fresh take"
    assert found["kept"]


def test_a_take_knows_how_strongly_it_moves(inside: blender.Child, hello: Path) -> None:
    assert inside.call("tests.addon.worker.animate:strong", {"rig": patch(), "sound": str(hello)}) == (5, 5)
