"""After Animate: the playhead goes to where the face speaks, and the scene can be made long enough."""

from pathlib import Path

import pytest

from audio2blend import blender
from tests.support.small_rig import patch

pytestmark = pytest.mark.blender
WORKER = "tests.addon.worker.playback"


def test_the_playhead_goes_to_an_open_mouth_unless_it_is_in_speech(inside: blender.Child, hello: Path) -> None:
    arguments = {"rig": patch(), "sound": hello, "frames": [1, 150, 900]}
    found = inside.call(f"{WORKER}:spoken", arguments)
    first, last = found["range"]
    outside, there, beyond = found["to"]
    assert first < outside < last
    assert outside == beyond
    assert there == 150
    assert found["jaw"] > 0.5
    assert found["blink"] < 0.3
    assert found["silent"] == 7


def test_a_scene_is_lengthened_to_its_takes_and_never_shortened(inside: blender.Child, hello: Path) -> None:
    found = inside.call(f"{WORKER}:fitted", {"rig": patch(), "sound": hello})
    assert found["fitted"] == [0, max(found["takes"])]  # Blender's scenes begin with frame 0
    assert "All takes lie within the frame range of the scene" in found["again"]
    assert "All takes lie within the frame range of the scene" in found["longer"]
