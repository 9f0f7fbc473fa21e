"""Refining in the extension: phones that are corrected, settings that work at once, sounds from strips, and playing."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from audio2blend import blender
from tests.support.small_rig import patch

pytestmark = pytest.mark.blender
WORKER = "tests.addon.worker.refine"


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """Ten seconds of a tone, with a name that is not plain English."""
    path = tmp_path / "Äther 音.wav"
    soundfile.write(path, 0.1 * np.sin(np.arange(160_000) / 10), 16_000)
    return path


@pytest.fixture(scope="module")
def corrected(inside: blender.Child, hello: Path) -> dict[str, Any]:
    """A take before a vowel was corrected to p, after it, and after it was brought back."""
    found: dict[str, Any] = inside.call(f"{WORKER}:corrected", {"rig": patch(), "sound": hello})
    return found


def test_a_vowel_corrected_to_p_shuts_the_lips_there_and_nowhere_else(corrected: dict[str, Any]) -> None:
    before, after = (corrected[when]["jawOpen"] - corrected[when]["mouthClose"] for when in ("before", "after"))
    start, end = corrected["frames"]
    middle = round((start + end) / 2)
    assert before[middle] > 0.1
    assert after[middle] < 0.03
    frames = np.arange(len(before))
    far = (frames < start - 5) | (frames > end + 5)
    assert np.array_equal(before[far], after[far])
    assert np.array_equal(corrected["before"]["eyeBlinkLeft"], corrected["after"]["eyeBlinkLeft"])


def test_a_correction_stays_in_the_take_and_keeps_what_was_heard(corrected: dict[str, Any]) -> None:
    assert corrected["same action"]
    assert corrected["takes"] == 1
    assert corrected["files"] == [True, True]
    assert not any(corrected["edited"])
    assert corrected["blocked"] == ""


def test_what_was_heard_comes_back_to_the_last_bit(corrected: dict[str, Any]) -> None:
    assert corrected["before"].keys() == corrected["back"].keys()
    for name, curve in corrected["before"].items():
        assert np.array_equal(curve, corrected["back"][name])


def plain(phones: list[list[object]]) -> list[tuple[object, ...]]:
    """Return phones with times to the millisecond."""
    return [(label, round(float(start), 3), round(float(end), 3)) for label, start, end, _ in phones]


def test_phones_beside_a_corrected_one_go_along(inside: blender.Child) -> None:
    found = inside.call(f"{WORKER}:edited", {})
    assert not any(phone[3] for phone in found["filled"])
    assert plain(found["later"]) == [("sil", 0, 0.1), ("p", 0.1, 0.3), ("a", 0.3, 0.4), ("sil", 0.4, 0.5)]
    assert [phone[3] for phone in found["later"]] == [False, True, True, False]
    assert plain(found["too late"])[2:] == [("a", 0.3, 0.483), ("sil", 0.483, 0.5)]
    assert plain(found["added"])[2:4] == [("a", 0.2, 0.3), ("a", 0.3, 0.4)]
    assert found["chosen"] == 3
    assert plain(found["removed"]) == [("sil", 0, 0.1), ("p", 0.1, 0.2), ("a", 0.2, 0.4), ("sil", 0.4, 0.5)]
    assert plain(found["first removed"]) == [("p", 0, 0.2), ("a", 0.2, 0.4), ("sil", 0.4, 0.5)]


@pytest.mark.parametrize(("fps", "base"), [(24, 1.0), (24, 1.001), (25, 1.0), (30, 1.001), (120, 1.0)])
def test_a_jump_goes_to_the_time_of_the_phone(inside: blender.Child, fps: int, base: float) -> None:
    found = inside.call(f"{WORKER}:jumped", {"fps": fps, "base": base})
    assert found["time_s"] == pytest.approx(0.5, abs=1e-4)
    assert found["chosen"] == 1


def test_a_dial_weighs_the_take_at_once_and_back(inside: blender.Child, hello: Path) -> None:
    found = inside.call(f"{WORKER}:weighed", {"rig": patch(), "sound": hello})
    assert found["before"]["jawOpen"].max() > 0.1
    assert found["still"]["jawOpen"].max() == 0
    assert found["before"].keys() == found["back"].keys()
    for name, curve in found["before"].items():
        assert np.array_equal(curve, found["back"][name])


def test_sounds_come_from_strips(inside: blender.Child, hello: Path, tone: Path) -> None:
    found = inside.call(f"{WORKER}:strips", {"sounds": [hello, tone]})
    assert not found["none"]
    assert found["only"] == [["hello", hello, 25]]
    assert found["both"] == [["hello", hello, 25], [tone.stem, tone, 100]]
    assert not found["unclear"]


def test_a_packed_sound_is_unpacked(inside: blender.Child, tone: Path) -> None:
    found = inside.call(f"{WORKER}:packed", {"sound": tone})
    assert found == {"name": tone.name, "same": True, "elsewhere": True}


def test_a_take_plays_in_sync_with_its_sound(inside: blender.Child, hello: Path, tone: Path) -> None:
    found = inside.call(f"{WORKER}:prepared", {"sound": tone, "other": hello})
    assert found["strips"] == [["other", 1, 1], [tone.stem, 2, 30]]
    assert found["sync"] == "AUDIO_SYNC"
    assert found["scrub"]
    assert tuple(found["range"]) == (30, 269)  # 10 s at 23.976 are 239.76 frames


def test_the_waveform_is_as_high_as_the_sound_is_loud(inside: blender.Child) -> None:
    pictures = inside.call(f"{WORKER}:bars", {"envelope": [0.0] * 250 + [0.25] * 125 + [0.5] * 125, "tiles": 4})
    assert pictures.shape == (4, 64, 64, 4)
    assert np.all(pictures[..., :3] <= pictures[..., 3:])  # multiplied by alpha
    heights = pictures[..., 3].sum(axis=1).max(axis=1)
    assert heights[3] == pytest.approx(64, abs=1)  # the loudest part fills the picture
    assert heights[2] == pytest.approx(32, abs=2)
    assert heights[:2].max() < 4
    assert pictures[3, 32, :, 3].min() == 0  # bars, with room between
