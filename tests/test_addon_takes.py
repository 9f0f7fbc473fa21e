"""Takes of the Blender extension that change, or may not change, while they are weighed anew."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from small_rig import patch

from audio2blend import blender

pytestmark = pytest.mark.skipif(find_spec("bpy") is None, reason="no bpy for this Python")
RIG = patch(shapes=("jawOpen", "mouthClose", "mouthPucker"))


def test_long_takes_are_weighed_one_after_another_and_deleted_ones_forgotten(
    inside: blender.Child, hello: Path
) -> None:
    found = inside.call("tests.worker.addon_takes:later", {"rig": RIG, "sound": hello})
    assert max(found["jaws"]) < 0.05 < found["before"]
    assert found["told"] == ["", ""]


def test_a_take_that_is_locked_is_not_said_anew(inside: blender.Child, hello: Path) -> None:
    found = inside.call("tests.worker.addon_takes:locked", {"rig": RIG, "sound": hello})
    assert "is locked; unlock it in the NLA editor" in found["said"]
    assert found["unchanged"]
    assert found["then"] == ["FINISHED"]
