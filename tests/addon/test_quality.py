"""The quality check of the Blender extension: it measures the take as it is on the character."""

from pathlib import Path

import pytest

from audio2blend import blender
from tests.support.small_rig import patch

pytestmark = pytest.mark.blender


def test_lips_that_are_held_open_by_hand_are_told(hello: Path, inside: blender.Child) -> None:
    arguments = {"rig": patch(), "sound": hello, "text": "Hello"}
    made, held = inside.call("tests.addon.worker.quality:measured", arguments)
    assert made["take"] == held["take"] == "hello"
    assert made["verdicts"].keys() == held["verdicts"].keys()
    good = {label for label, verdict in made["verdicts"].items() if verdict == "pass"}
    bad = {label for label, verdict in held["verdicts"].items() if verdict == "fail"}
    assert good & bad
    assert len(held["open"]) > len(made["open"])


def test_what_was_measured_is_forgotten_when_a_dial_is_moved(hello: Path, inside: blender.Child) -> None:
    assert inside.call("tests.addon.worker.quality:forgotten", {"rig": patch(), "sound": hello}) == ["hello", ""]
