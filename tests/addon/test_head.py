"""The head that comes with the extension: where it is born, and how it looks there."""

from itertools import pairwise
from typing import Any

import pytest

from audio2blend import blender

pytestmark = pytest.mark.blender


@pytest.fixture(scope="module")
def placed(inside: blender.Child) -> Any:
    return inside.call("tests.addon.worker.head:placed", {})


def test_a_head_stands_at_the_cursor(placed: Any) -> None:
    assert placed["alone"] == (0, 0, 0)
    assert placed["cursor"] == (3, 4, 5)


def test_a_head_is_not_born_inside_the_default_cube(placed: Any) -> None:
    assert placed["cube"][0] - 0.2 > 1.0  # its left side is right of the cube
    assert placed["row"][0] - 0.2 > 2.5
    assert placed["cube"][1:] == placed["row"][1:] == (0, 0)


def test_a_room_or_a_floor_is_no_obstacle(placed: Any) -> None:
    assert placed["room"] == (0, 0, 0)
    assert placed["floor"] == (0, 0, 0)


def test_heads_stand_beside_each_other(placed: Any) -> None:
    assert all(right < left for (_, right), (left, _) in pairwise(placed["sides"]))


def test_a_new_head_is_at_rest(placed: Any) -> None:
    """Blender 5 gives a new shape key the value 1."""
    assert placed["values"] == [0.0] * 3 * 52
