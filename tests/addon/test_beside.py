"""The Blender extension beside a user who goes on: he shows another scene, or chooses a sound once more."""

from pathlib import Path

import pytest

from audio2blend import blender

pytestmark = pytest.mark.blender
WORKER = "tests.addon.worker.beside"


def test_work_goes_on_in_the_scene_in_which_it_was_begun(inside: blender.Child) -> None:
    found = inside.call(f"{WORKER}:in_scene", {})
    assert found == {"shown": ("Second", "Second"), "begun": ("First", "First"), "gone": ("Second", "Second")}


def test_a_sound_over_which_the_process_died_is_looked_at_again(inside: blender.Child, hello: Path) -> None:
    found = inside.call(f"{WORKER}:looked_at_again", {"sound": hello})
    assert found == ["the child process ended unexpectedly", ""]
