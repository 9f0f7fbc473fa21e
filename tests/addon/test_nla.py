"""Takes of the extension in the NLA: an artist's work beside them stays, and what an artist does to them counts."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio2blend import animate, blender, load
from audio2blend.lips import CLOSED, OPEN
from audio2blend.post import least_opening
from rigs.quaternions import multiply
from tests.support.small_rig import patch

pytestmark = pytest.mark.blender
WORKER = "tests.addon.worker.nla"
RIG = patch()


@pytest.fixture
def worker(inside: blender.Child, hello: Path) -> Any:
    """Call a function of the worker with the rig and the recording."""
    return lambda name, **more: inside.call(f"{WORKER}:{name}", {"rig": RIG, "sound": hello, **more})


def test_phones_playing_and_sound_go_along_with_a_strip_that_is_moved(worker: Any) -> None:
    found = worker("moved")
    assert found["jump later"] == pytest.approx(found["jump"] + 50, abs=1e-3)
    assert found["range later"] == tuple(at + 50 for at in found["range"])
    assert found["sounds"] == [51]  # the strip that Play had added
    assert found["told"] == ""


def test_a_dial_leaves_a_strip_where_it_was_put(worker: Any) -> None:
    found = worker("moved")
    assert found["kept"]
    assert found["same"] < 1e-6


def test_a_scaled_strip_is_told_and_a_dial_leaves_a_trimmed_one(worker: Any) -> None:
    found = worker("scaled_and_trimmed")
    assert found["jump slow"] - 1 == pytest.approx(2 * (found["jump"] - 1), abs=1e-3)
    assert found["told"] == ["the NLA strip of 'hello' is scaled to 50% of the speed of its sound"]
    told, (first, last) = found["trimmed"]
    assert told == []
    assert (first, last) == (25, 113)
    assert found["kept"]


FRAMES = list(range(1, 140, 6))
RATED = "'hello' was animated at 24 fps and the scene runs at 30 fps, so that face and sound part"


def test_a_scene_rate_changed_later_is_told_and_followed(worker: Any, hello: Path) -> None:
    found = worker("rated", frames=FRAMES, edited=False)
    assert found["told"] == found["after a dial"] == [RATED]
    assert found["then"] == []
    jaw = animate(load(hello)).resampled(Fraction(30))["jawOpen"]
    np.testing.assert_allclose(found["jaw"], jaw[np.array(FRAMES) - 1], atol=1e-4)
    assert found["keys"][1] == len(jaw) > found["keys"][0]


def test_keys_of_an_artist_follow_the_rate_as_they_are(worker: Any, hello: Path) -> None:
    found = worker("rated", frames=FRAMES, edited=True)
    assert found["told"] == [RATED]
    assert found["then"] == []
    assert found["keys"][0] == found["keys"][1]
    coarse = animate(load(hello)).resampled(Fraction(24))["jawOpen"]
    at_24 = (np.array(FRAMES) - 1) * 24 / 30
    np.testing.assert_allclose(found["jaw"], np.interp(at_24, np.arange(len(coarse)), coarse), atol=1e-3)


def test_a_dial_tells_of_a_cleared_slot_and_of_a_muted_track(worker: Any) -> None:
    found = worker("unheard")
    assert found["cleared"] == "the strip 'hello' of 'Key' uses no slot of its own; choose it in the NLA editor"
    assert found["muted"] == "the NLA track 'hello' of 'Key' is muted; tick it in the NLA editor"
    assert found["well"] == ""
    assert float(found["left"]) == 0  # also where the slot was cleared


def test_what_a_take_covers_is_told_by_name_and_left_by_mouth_only(worker: Any) -> None:
    found = worker("covering")
    assert found["told"] == (
        "covers your own animation: eyeBlinkLeft of 'Key' on the track 'My Blinks'; Mouth Only leaves it to you"
    )
    assert found["lids"].min() < 0.5
    assert found["alone"] == ""
    assert found["lids then"].min() == 1
    assert "jawOpen" in found["curves"]
    assert not [name for name in found["curves"] if name.startswith(("eye", "brow", "nose", "cheekSquint"))]
    assert found["bones"] == 0


def test_a_covered_mouth_is_not_to_be_had_by_mouth_only(worker: Any) -> None:
    assert worker("covering_mouth") == (
        "covers your own animation: jawOpen of 'Key' on the track 'My Blinks'; "
        "put that track above the take's to see it"
    )


def test_the_performance_can_be_switched_off_and_another_chosen(worker: Any) -> None:
    found = worker("performed")
    assert "eyeBlinkLeft" in found["with"]
    assert "eyeBlinkLeft" not in found["without"]
    assert found["bones"] == []
    assert found["back"]
    assert found["other seed"]
    assert found["seeds"] == (0, 3)
    assert not found["asked"]


def test_only_shapes_that_the_take_moves_have_keys(worker: Any) -> None:
    names = worker("performed")["with"]
    assert {"jawOpen", "mouthPucker", "eyeLookOutLeft"} <= set(names)
    assert {"mouthFrownLeft", "cheekPuff", "tongueOut"}.isdisjoint(names)


def test_a_resting_expression_survives_around_takes_and_without_them(worker: Any) -> None:
    found = worker("resting")
    for when in ("around", "after a dial", "deleted"):
        shapes, turns = found[when]
        np.testing.assert_allclose(shapes, 0.2, atol=1e-6, err_msg=when)
        np.testing.assert_allclose(turns, np.tile([0.8, 0.6, 0, 0], (len(turns), 1)), atol=1e-5, err_msg=when)
    assert found["tracks"] == 0
    for turn in found["within"]:  # the head sways about the pose
        assert abs(np.dot(turn, (0.8, 0.6, 0, 0))) > 0.99


def test_an_action_that_holds_the_face_is_unlinked_and_kept(worker: Any, hello: Path) -> None:
    found = worker("unlinked")
    assert "Unlink the Action puts it below the take and keeps it" in found["held"]
    assert found["jaw held"] == pytest.approx(found["jaw by hand"], abs=1e-4)
    assert found["then"] == ""
    assert "jawOpen" in found["covered"]
    assert not found["poll"]
    assert found["kept"]
    assert min(found["users"]) >= 1
    assert found["plays on"] < 1e-5
    assert found["body"] == pytest.approx(3, abs=0.05)
    jaw = animate(load(hello)).resampled(Fraction(24))["jawOpen"]
    np.testing.assert_allclose(found["jaw"], jaw[: len(found["jaw"])], atol=1e-4)
    assert [tracks[-1] for tracks in found["tracks"]] == ["hello", "hello"]


@pytest.mark.parametrize("step", [2, 3])
def test_stepped_poses_are_held_and_show_the_closures(worker: Any, hello: Path, step: int) -> None:
    found = worker("stepped", step=step)
    assert found["joined"] == ["CONSTANT"]
    assert found["told"] == ""
    clip = animate(load(hello)).resampled(Fraction(24))
    shown = found["shown"][: len(found["shown"]) // step * step]
    groups = shown.reshape(-1, step, 3)
    assert (groups == groups[:, :1]).all()
    smooth = clip.select(("jawOpen", "mouthClose", "mouthPucker")).values[: len(shown)].reshape(groups.shape)
    assert np.abs(groups[:, :1] - smooth).min(axis=1).max() < 1e-4  # each is a pose of its own time
    opening = least_opening(clip)[: len(shown)].reshape(-1, step)
    short = (opening.min(axis=1) < CLOSED) & (opening.max(axis=1) > OPEN)
    assert short.any()
    chosen = np.take_along_axis(smooth, opening.argmin(axis=1)[:, None, None].repeat(3, 2), axis=1)[:, 0]
    np.testing.assert_allclose(groups[short, 0], chosen[short], atol=1e-4)


@pytest.mark.parametrize("into", ["the one it has", "another"])
def test_a_take_is_baked_into_an_artists_action(worker: Any, into: str) -> None:
    frames = list(range(40, 150, 7))
    found = worker("baked", into=into, frames=frames)
    assert found["result"] == ["FINISHED"]
    np.testing.assert_allclose(found["jaw"], found["expected"], atol=1e-4)
    assert found["muted"] == [True]
    assert found["takes"] == ["hello"]
    np.testing.assert_allclose(np.array(found["brow"])[:, 1], [0.3, 0.4, 0.5])
    if into == "another":
        return
    np.testing.assert_allclose(found["seen"], found["expected"], atol=1e-4)
    assert found["outside"][0] == pytest.approx(0.3)
    assert found["outside"][3] == pytest.approx(0.5)
    assert 0.3 <= found["outside"][1] <= 0.4
    assert 0.4 <= found["outside"][2] <= 0.5
    expected = multiply(np.array([[0.8, 0.6, 0, 0]]), found["head"])
    np.testing.assert_allclose(found["turned"], expected, atol=1e-4)
