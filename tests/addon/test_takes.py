"""Takes of the Blender extension: what is recomputed, where it was heard into, and what comes between."""

from pathlib import Path

import pytest

from audio2blend import blender
from tests.support.small_rig import patch

pytestmark = pytest.mark.blender
RIG = patch(shapes=("jawOpen", "mouthClose", "mouthPucker"))


def test_long_takes_are_weighed_one_after_another_and_deleted_ones_forgotten(
    inside: blender.Child, hello: Path
) -> None:
    found = inside.call("tests.addon.worker.takes:later", {"rig": RIG, "sound": hello})
    assert max(found["jaws"]) < 0.1 < found["before"]
    assert found["told"] == ["", ""]


def test_a_take_that_is_locked_is_not_said_anew(inside: blender.Child, hello: Path) -> None:
    found = inside.call("tests.addon.worker.takes:locked", {"rig": RIG, "sound": hello})
    assert "is locked; unlock it in the NLA editor" in found["said"]
    assert found["unchanged"]
    assert found["then"] == ["FINISHED"]


def test_the_command_tells_what_keeps_the_face_from_moving(inside: blender.Child, hello: Path, tmp_path: Path) -> None:
    arguments = {"rig": RIG, "sound": hello, "path": tmp_path / "line.csv"}
    code, told = inside.call("tests.addon.worker.takes:commanded", arguments)
    assert code == 0
    assert told == "audio2blend animate: muted in the shape key panel of 'Face': jawOpen; tick them there\n"
    assert (tmp_path / "line.csv").exists()


def test_another_network_in_the_same_place_leaves_older_takes_their_files(
    inside: blender.Child, hello: Path, tmp_path: Path
) -> None:
    arguments = {"sound": hello, "network": tmp_path / "own.onnx"}
    first, same, other = inside.call("tests.addon.worker.takes:heard_by", arguments)
    assert first == same != other


def test_what_came_with_a_map_may_be_damaged(inside: blender.Child, hello: Path) -> None:
    said = inside.call("tests.addon.worker.takes:damaged", {"rig": RIG, "sound": hello})
    assert said == ["what came with the map 'map' is damaged; Match by Shape makes it again"] * 3
