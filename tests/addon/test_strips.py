"""A recording that is cut into strips in the sequencer: each take says its strip's part, where the strip plays it."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from audio2blend import Clip, animate, blender, load
from audio2blend.audio import SAMPLE_RATE, Speech
from tests.support.small_rig import patch
from usd_export import read

pytestmark = pytest.mark.blender
WORKER = "tests.addon.worker.strips"
RIG = patch()
FRAME_S = 1 / 24


@pytest.fixture(scope="module")
def parts(inside: blender.Child, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What strips are said to play, and what Blender plays."""
    folder = tmp_path_factory.mktemp("mixes")
    time_s = np.arange(5 * SAMPLE_RATE) / SAMPLE_RATE
    soundfile.write(folder / "ramp.wav", time_s / 5 * np.sign(np.sin(2 * np.pi * 400 * time_s)), SAMPLE_RATE)
    found: dict[str, Any] = inside.call(f"{WORKER}:parts", {"ramp": folder / "ramp.wav", "folder": folder})
    return found


WAYS = (
    "whole",
    "cut at the start",
    "cut at the end",
    "cut and moved",
    "held before and after",
    "content offset",
    "content cut at the end",
    "sound offset",
    "in a meta strip",
)


@pytest.mark.parametrize("way", WAYS)
def test_a_strip_plays_what_blender_mixes_of_it(way: str, parts: dict[str, Any]) -> None:
    first, from_s, until_s = parts[way]["said"]
    heard_at, starts_s, ends_s = parts[way]["played"]
    # Levels are read over 10 ms, and Blender fades a few more of them in and out: up to half a frame.
    assert first + (starts_s - from_s) / FRAME_S == pytest.approx(heard_at, abs=0.2)
    assert starts_s == pytest.approx(from_s, abs=0.3 * FRAME_S)
    assert ends_s == pytest.approx(until_s or 5.0, abs=0.5 * FRAME_S)


def said(sound: Path, start_s: float, end_s: float | None = None) -> Clip:
    """Return what the face does for a part of a recording, in the frames of a scene at 24 fps."""
    samples = load(sound).samples[round(start_s * SAMPLE_RATE) : end_s and round(end_s * SAMPLE_RATE)]
    return animate(Speech(samples=samples)).resampled(Fraction(24))


def test_each_strip_of_a_cut_recording_has_a_take_of_its_own_part(inside: blender.Child, hello: Path) -> None:
    frames = list(range(1, 300))
    arguments = {"rig": RIG, "sound": hello, "at": [40, 80], "gap": 60, "frames": frames}
    found = inside.call(f"{WORKER}:cut", arguments)
    assert found["speakers"] == 1
    assert found["blocked"] == ["", "", ""]
    assert [take[1] for take in found["takes"]] == [start for start, _ in found["parts"]] == [1, 100, 200]
    expected = np.zeros(len(frames))
    for start, from_s, until_s in ((1, 0, 39 * FRAME_S), (100, 39 * FRAME_S, 79 * FRAME_S), (200, 79 * FRAME_S, None)):
        jaw = said(hello, from_s, until_s)["jawOpen"]
        expected[start - 1 : start - 1 + len(jaw)] = jaw
    assert expected.max() > 0.2
    np.testing.assert_allclose(found["jaw"], expected, atol=2e-3)


def test_a_strip_of_some_frames_raises_no_false_alarm(inside: blender.Child, hello: Path) -> None:
    arguments = {"rig": RIG, "sound": hello, "at": list(range(4, 112, 4)), "gap": 0, "frames": [1]}
    found = inside.call(f"{WORKER}:cut", arguments)
    assert len(found["takes"]) == 28
    assert {*found["blocked"]} <= {"", "Hardly anything moves in this take; is there speech in the sound?"}


def test_a_retimed_strip_is_refused_with_the_reason_and_the_others_are_done(inside: blender.Child, hello: Path) -> None:
    found = inside.call(f"{WORKER}:retimed", {"rig": RIG, "sound": hello})
    assert found["alone"].startswith("the strip 'fast' is retimed")
    assert "Reset Retiming" in found["alone"]
    assert found["beside"] == ["plain"]
    assert found["all"] == ["FINISHED"]
    assert found["takes"] == ["plain"]


def test_strips_of_one_recording_or_one_channel_are_one_speakers(
    inside: blender.Child, hello: Path, tmp_path: Path
) -> None:
    lines = [hello]
    for name in ("one.wav", "two.wav"):
        lines.append(tmp_path / name)
        lines[-1].write_bytes(hello.read_bytes())
    assert inside.call(f"{WORKER}:groups", {"sounds": lines}) == [["one", "two"], ["line", "line.001"]]


def test_a_strip_that_is_moved_or_cut_later_is_told_and_followed(inside: blender.Child, hello: Path) -> None:
    found = inside.call(f"{WORKER}:followed", {"rig": RIG, "sound": hello})
    assert found["at first"] == found["then"] == found["together"] == []
    assert not found["can follow"]
    assert found["moved"] == ["'hello' starts at frame 25, and the strip 'line' has its sound at frame 40"]
    assert found["with it"]
    assert found["cut"] == ["the strip 'line' was trimmed differently since 'hello' was made of it"]
    assert found["part"] == (88, 2.0, 2.72, 0.0)
    assert (found["dial"], found["takes"], found["before it"]) == (0.5, 1, 0)
    part = Speech(samples=load(hello).samples[2 * SAMPLE_RATE :])
    jaw = animate(part, jaw=0.5).resampled(Fraction(24))["jawOpen"]
    np.testing.assert_allclose(found["jaw"][: len(jaw)], jaw, atol=1e-4)


def test_a_take_that_is_moved_is_told_and_its_sound_can_be_moved_to_it(inside: blender.Child, hello: Path) -> None:
    found = inside.call(f"{WORKER}:sound_moved", {"rig": RIG, "sound": hello})
    apart = "'hello' starts at frame 75, and the strip 'line' has its sound at frame 25"
    assert found["told"] == [apart]
    assert found["playing"] == apart
    assert found["strips"] == 1
    assert (found["start"], found["then"]) == (75, [])


def test_keys_of_an_artist_are_not_lost_to_a_strip_that_was_cut(inside: blender.Child, hello: Path) -> None:
    found = inside.call(f"{WORKER}:edited_and_cut", {"rig": RIG, "sound": hello})
    assert "were edited by hand and are kept" in found["said"]
    assert found["kept"]


def test_files_and_measures_are_of_the_part(inside: blender.Child, hello: Path, tmp_path: Path) -> None:
    found = inside.call(f"{WORKER}:part_in_files", {"rig": RIG, "sound": hello, "path": tmp_path / "part.json"})
    assert found["duration_s"] == pytest.approx(load(hello).duration_s - 2, abs=0.05)
    clip = read(tmp_path / "part.json")
    assert clip.duration_s == pytest.approx(found["duration_s"], abs=0.05)
    assert len(found["measures"]) > 3


def test_a_strip_that_is_cut_before_it_is_animated_counts_as_it_is(inside: blender.Child, hello: Path) -> None:
    found = inside.call(f"{WORKER}:changed_before", {"rig": RIG, "sound": hello})
    assert found["take"] == (149, 1.0, "line")
    assert found["told"] == []
    assert found["by hand"] == (300, 1.0, "")


def test_another_recording_is_meant_as_a_whole(inside: blender.Child, hello: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.wav"
    other.write_bytes(hello.read_bytes())
    found = inside.call(f"{WORKER}:another_sound", {"rig": RIG, "sound": hello, "other": other})
    assert found == (1.0, 0, 0, "", 0)
