"""Keys of the Blender extension: every frame of the scene shows what the face does at that time of the sound."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend import blender
from audio2blend.clip import Clip
from rigs.skeleton import head_rotations
from tests.support.addon_modules import module
from tests.support.small_rig import patch

NAMES = ["jawOpen", "mouthClose", "mouthPucker", "eyeBlinkLeft"]


timing = module("keys/timing")


def at(clip: Clip, name: str, seconds: np.ndarray) -> np.ndarray:
    """Return a curve at some times, 0 outside the line."""
    inside = (seconds >= 0) & (seconds <= clip.times_s[-1])
    return np.where(inside, np.interp(seconds, clip.times_s, clip[name]), 0.0)


rates = st.sampled_from(["24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60", "120"]).map(
    Fraction
)


@settings(deadline=None)
@given(rates, st.integers(-1000, 100_000), st.integers(1, 900), st.integers(1, 900))
def test_times_are_exact_at_every_rate(rate: Fraction, start: int, old: int, new: int) -> None:
    class Render:
        fps, fps_base = round(rate), float(np.float32(round(rate) / rate))
        frame_map_old, frame_map_new = old, new

    class Scene:
        render = Render

    found = timing.Timing.of(Scene, start)
    assert found.rate == rate
    positions = found.positions(1000)
    np.testing.assert_allclose(positions * new / old, start + np.arange(1000), rtol=1e-12, atol=1e-9)


def test_a_clip_of_one_frame_is_held() -> None:
    short = Clip(values=[[0.5]], channels=("jawOpen",), frame_rate=Fraction(60))
    assert timing.Timing(Fraction(24), 1).sampled(short).values.tolist() == [[0.5], [0.5]]


CASES: dict[str, dict[str, Any]] = {
    "23.976": {"render": {"fps": 24, "fps_base": 1.001}, "start": 1},
    "25, before the first frame": {"render": {"fps": 25}, "start": -40},
    "29.97, an hour on": {"render": {"fps": 30, "fps_base": 1.001}, "start": 107_892},
    "120": {"render": {"fps": 120}, "start": 1},
    "stretched to twice the length": {"render": {"fps": 24, "frame_map_old": 100, "frame_map_new": 200}, "start": 10},
    "reduced": {"render": {"fps": 24}, "start": 1, "keys": "REDUCED", "tolerance": 0.02},
}


@pytest.fixture(scope="module")
def at_rates(inside: blender.Child, hello: Path) -> dict[str, dict[str, Any]]:
    cases = []
    for case in CASES.values():
        rate = case["render"]["fps"] / case["render"].get("fps_base", 1)
        more = {name: case[name] for name in ("keys", "tolerance") if name in case}
        cases.append(
            {
                "render": case["render"],
                "arguments": {"start_frame": case["start"], **more},
                "frames": (case["start"] - 2, case["start"] + int(4.725 * rate) + 4),
                "names": NAMES,
            }
        )
    arguments = {"rig": patch(), "sound": str(hello), "cases": cases}
    return dict(zip(CASES, inside.call("tests.addon.worker.keys:at_rates", arguments), strict=True))


@pytest.mark.blender
@pytest.mark.parametrize("name", CASES)
def test_every_frame_shows_its_time_and_nothing_moves_before_and_after(
    name: str, at_rates: dict[str, dict[str, Any]], hello_clip: Clip
) -> None:
    case, found = CASES[name], at_rates[name]
    rate = case["render"]["fps"] / case["render"].get("fps_base", 1)
    seconds = (np.arange(len(found["values"])) - 2) / rate
    last = int((len(hello_clip) - 1) / 60 * rate) / rate  # the last frame of the scene that the clip reaches
    seconds = np.where(seconds > last + 1e-9, np.inf, seconds)
    expected = np.stack([at(hello_clip, shape, seconds) for shape in NAMES], axis=1)
    assert expected.max() > 0.3
    np.testing.assert_allclose(found["values"], expected, atol=case.get("tolerance", 1e-4) + 1e-4)
    assert found["blocked"] == ""


@pytest.mark.blender
def test_dense_keys_are_one_a_frame_and_reduced_ones_fewer(at_rates: dict[str, dict[str, Any]]) -> None:
    assert at_rates["120"]["keys"] == [int(283 / 60 * 120) + 1] * len(NAMES)
    dense = at_rates["stretched to twice the length"]["keys"]
    assert all(few < many / 2 for few, many in zip(at_rates["reduced"]["keys"], dense, strict=True))


@pytest.mark.blender
def test_the_head_turns_about_its_own_axes_in_any_mode(inside: blender.Child, hello: Path, hello_clip: Clip) -> None:
    frames = list(range(1, 100, 7))
    found = inside.call("tests.addon.worker.keys:heads", {"rig": patch(), "sound": str(hello), "frames": frames})
    resampled = hello_clip.resampled(Fraction(24))
    expected = head_rotations(resampled)[np.array(frames) - 1]
    assert np.degrees(2 * np.arccos(expected[:, 0].min())) > 2  # it does turn
    for mode, turns in found.items():
        turns = np.array(turns) * np.sign(np.array(turns)[:, :1])
        np.testing.assert_allclose(turns, expected, atol=2e-5, err_msg=mode)


@pytest.mark.blender
def test_a_jaw_bone_opens_as_the_shape_would(inside: blender.Child, hello: Path, hello_clip: Clip) -> None:
    frames = list(range(1, 110, 5))
    found = inside.call("tests.addon.worker.keys:jaw", {"rig": patch(), "sound": str(hello), "frames": frames})
    assert found["blocked"] == ""
    resampled = hello_clip.resampled(Fraction(24))
    opening = np.clip(resampled["jawOpen"] - resampled["mouthClose"], 0, None)[np.array(frames) - 1]
    assert np.corrcoef(found["angles"], opening)[0, 1] > 0.9
    assert max(found["angles"]) > 3
    assert min(found["angles"]) > -1


@pytest.mark.blender
def test_meshes_that_share_names_move_together_in_one_action(
    inside: blender.Child, hello: Path, hello_clip: Clip
) -> None:
    frames = list(range(1, 110, 9))
    shapes = ("jawOpen", "mouthClose", "mouthPucker", "mouthFunnel")
    arguments = {"rig": patch(shapes=shapes), "sound": str(hello), "frames": frames}
    found = inside.call("tests.addon.worker.keys:family", arguments)
    assert found["name"] == "hello"
    assert found["slots"] == ["KEY", "KEY", "OBJECT"]
    assert found["tracks"] == [["Lip Sync at Rest", "hello"], ["Lip Sync at Rest", "hello"], ["hello"]]
    assert found["blocked"] == ""
    resampled = hello_clip.resampled(Fraction(24))
    expected = resampled.select(shapes[:3]).values[np.array(frames) - 1]
    np.testing.assert_allclose(found["face"], expected, atol=1e-5)
    np.testing.assert_allclose(found["teeth"], expected, atol=1e-5)


@pytest.mark.blender
def test_a_linked_character_is_animated_once_it_is_overridden(
    inside: blender.Child, hello: Path, hello_clip: Clip, tmp_path: Path
) -> None:
    frames = list(range(1, 110, 9))
    arguments = {"rig": patch(), "sound": str(hello), "folder": tmp_path, "frames": frames}
    found = inside.call("tests.addon.worker.keys:overridden", arguments)
    assert "is linked from another file; Make Override lets it be animated here" in found["refused"]
    assert found["blocked"] == found["told"] == ""
    resampled = hello_clip.resampled(Fraction(24))
    curves = resampled.select(patch().shapes[:6]).values
    keyed = np.where(curves.max(axis=0) > 0.005, curves, 0)  # a shape that hardly moves is left to the artist
    expected = keyed[np.array(frames) - 1]
    np.testing.assert_allclose(found["values"], expected, atol=1e-5)
    np.testing.assert_allclose(found["reopened"], expected, atol=1e-5)
    assert found["weighed"].max() == 0
