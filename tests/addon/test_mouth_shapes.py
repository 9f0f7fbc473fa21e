"""Mouth shapes in the extension: for 2D characters, on ones, twos or threes, held or blended."""

from pathlib import Path

import numpy as np
import pytest

from audio2blend import blender
from audio2blend.visemes.sets import viseme_set
from tests.support.small_rig import patch

pytestmark = [pytest.mark.blender, pytest.mark.slow]
WORKER = "tests.addon.worker.mouth_shapes"
SHAPES = list(viseme_set("rhubarb").poses())


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_property_has_the_number_of_the_shape_on_ones_twos_and_threes(
    inside: blender.Child, hello: Path, step: int
) -> None:
    found = inside.call(f"{WORKER}:shown", {"rig": patch(), "sound": hello, "step": step})
    (keys,) = found["curves"].values()
    assert all((frame - 1) % step == 0 for frame, _ in keys[:-1])
    assert found["tracks"] == 1  # of two times
    assert "Choose the object" in found["nothing"]
    seen = [SHAPES[number] for number in found["seen"]]
    assert set(seen) > {"X", "A"}
    for label, start_s, end_s in found["phones"]:
        if label in "pbm" and end_s < 4:
            first, last = int(start_s * 24), max(int(start_s * 24) + 1, int(np.ceil(end_s * 24)))
            assert "A" in seen[max(0, first - step) : last + step], (label, start_s)


def test_actions_are_found_by_name_and_their_poses_are_held(inside: blender.Child, hello: Path) -> None:
    found = inside.call(f"{WORKER}:on_actions", {"rig": patch(), "sound": hello, "blend": 0})
    assert sorted(found["listed"]) == [[shape, shape] for shape in sorted(SHAPES)]
    heights = np.array(found["heights"])
    assert np.allclose(heights, heights.round())
    assert len(set(heights.round())) > 5


def test_poses_blend_into_one_another(inside: blender.Child, hello: Path) -> None:
    found = inside.call(f"{WORKER}:on_actions", {"rig": patch(), "sound": hello, "blend": 3})
    heights = np.array(found["heights"])
    assert np.abs(heights - heights.round()).max() > 0.1


def test_layers_are_seen_one_at_a_time_and_pictures_are_numbered(inside: blender.Child, hello: Path) -> None:
    found = inside.call(f"{WORKER}:elsewhere", {"rig": patch(), "sound": hello})
    assert "no layer called" in found["bare"]
    assert "no material with an image texture" in found["plain"]
    assert len(found["layers"]) == len(SHAPES)
    assert {len(names) for names in found["visible"]} == {1}
    assert len({names[0] for names in found["visible"]}) > 5
    (path,) = found["pictures"]
    assert path.endswith("image_user.frame_offset")
    assert {value for _, value in found["pictures"][path]} <= set(range(len(SHAPES)))
