"""The control rig of the Blender extension: it moves the face on top of a take, and goes without a trace."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import usd_export
from audio2blend import blender
from audio2blend.channels import ARKIT
from tests.support.addon_modules import module
from tests.support.small_rig import patch

controls = module("scene/controls")


def test_controls_have_names_and_move_channels_of_arkit() -> None:
    assert list(controls.CONTROLS) == list(controls.SLIDERS) == ["jaw", "wide", "round", "smile", "brows", "lids"]
    assert {channel for channels in controls.CONTROLS.values() for channel in channels} <= set(ARKIT)


@given(take=st.floats(0, 1), jaw=st.floats(-1, 1), smile=st.floats(-1, 1), up=st.floats(-2, 2), down=st.floats(-2, 2))
def test_shape_and_copy_stay_within_limits_together(
    take: float, jaw: float, smile: float, up: float, down: float
) -> None:
    gains = {"jaw": controls.Gain(up, down), "smile": controls.Gain(0.5, -0.5)}
    formula = controls.expression(gains, 0, 1)
    assert len(formula) < 256  # what Blender holds
    copy = eval(formula, {}, {"take": take, "jaw": jaw, "smile": smile, "max": max, "min": min})
    wanted = sum(
        gain.at(np.array([value], np.float64))[0] for gain, value in zip(gains.values(), (jaw, smile), strict=True)
    )
    assert take + copy == pytest.approx(np.clip(take + wanted, 0, 1), abs=2e-3)  # gains are written with four digits


@pytest.fixture(scope="module")
def life(inside: blender.Child, hello: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What became of a face whose controls were connected, moved, dropped and kept, and the "folder" of its exports."""
    folder = tmp_path_factory.mktemp("controls")
    arguments = {"rig": patch(), "sound": hello, "folder": folder}
    return {"folder": folder} | inside.call("tests.addon.worker.control:life", arguments)


@pytest.mark.blender
def test_controls_come_and_go_without_loss(life: dict[str, Any]) -> None:
    first, connected, moved, dropped, again, kept = life["vertices"]
    np.testing.assert_array_equal(connected, first)
    np.testing.assert_array_equal(dropped, first)
    np.testing.assert_array_equal(again, moved)
    assert np.abs(moved - first).max() > 1e-3
    np.testing.assert_allclose(kept, moved, atol=1e-6)
    assert life["edited"] == [False, True]  # polish that is kept is an artist's work, never written over
    assert life["twice"] == "'Hero' has its controls already"
    assert life["simple"]  # worked out without Python, so that it moves where scripts are not trusted
    assert not life["residue"]


@pytest.mark.blender
def test_moved_controls_move_the_shapes_within_their_limits(life: dict[str, Any]) -> None:
    values = {name: np.array(curve) for name, curve in life["values"].items()}
    assert all(curve.min() > -1e-6 and curve.max() < 1 + 1e-6 for curve in values.values())
    np.testing.assert_allclose(values["jawOpen"][-2:], 0, atol=1e-6)  # shut from frame 60 on
    np.testing.assert_allclose(values["browInnerUp"], 0.4, atol=1e-6)


@pytest.mark.blender
def test_what_is_exported_is_what_is_seen(life: dict[str, Any]) -> None:
    for name in ("moved", "kept"):
        clip = usd_export.read(life["folder"] / f"{name}.npz")
        at = (np.array((10, 30, 50, 70, 90)) - 1) / 24  # in a scene of 24 fps whose sound starts at frame 1
        for shape in ("jawOpen", "mouthSmileLeft", "mouthFrownRight", "browInnerUp", "eyeBlinkLeft"):
            seen = np.interp(at, clip.times_s, clip[shape])
            np.testing.assert_allclose(seen, life["values"][shape], atol=2e-3, err_msg=f"{name} {shape}")


@pytest.mark.blender
def test_faces_without_shapes_to_polish_say_why(inside: blender.Child) -> None:
    names = [f"viseme_{name}" for name in ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E")]
    visemes = patch(shapes=(*names, "viseme_I", "viseme_O", "viseme_U"))
    found = inside.call("tests.addon.worker.control:refused", {"visemes": visemes, "rig": patch()})
    assert found["nobody"] == "Add a speaker first"
    assert found["visemes"] == "Controls need individual shapes; this face has only visemes or bones"
    assert found["none to remove"] == "The character has no controls"
    assert "there is no take to bake the sliders into" in found["no take"]
    assert found["still there"] == ""


def test_shapes_with_the_longest_names_get_controls_and_lose_them(inside: blender.Child) -> None:
    names = ["x" * 62 + end for end in "ab"] + ["ä" * 30]
    rig = patch(shapes=("jawOpen", "mouthFunnel", "mouthPucker"))
    found = inside.call("tests.addon.worker.control:named_at_length", {"rig": rig, "names": names})
    assert found == {"own": tuple(names), "with copies": 1 + 2 * len(names), "after": names}


def test_controls_are_made_anew_where_their_empty_is_gone(inside: blender.Child) -> None:
    first, second = inside.call("tests.addon.worker.control:without_empty", {"rig": patch()})
    assert first == second > 53
