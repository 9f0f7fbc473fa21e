"""Whose a mesh is: one character's face, another's under the same empty, or one that nothing ties to a face."""

from pathlib import Path

import pytest

from audio2blend import blender
from tests.support.small_rig import patch

pytestmark = pytest.mark.blender
WORKER = "tests.addon.worker.family"
RIG = patch()


def own(name: str) -> list[str]:
    """Return the meshes of a character."""
    return [name, f"{name} Lashes", f"{name} Teeth"]


@pytest.mark.parametrize("apart", [0.3, 1.5])
def test_characters_under_one_empty_are_not_one(inside: blender.Child, hello: Path, apart: float) -> None:
    found = inside.call(f"{WORKER}:under_one_empty", {"rig": RIG, "sound": str(hello), "apart": apart})
    assert found == {"Ada": own("Ada"), "Bob": own("Bob"), "moved": own("Ada")}


def test_a_face_at_the_same_place_is_another_character_too(inside: blender.Child, hello: Path) -> None:
    found = inside.call(f"{WORKER}:under_one_empty", {"rig": RIG, "sound": str(hello), "apart": 0.0})
    assert "Bob" not in found["Ada"]
    assert "Bob" not in found["moved"]


def test_the_bones_of_another_face_stay_its_own(inside: blender.Child) -> None:
    assert inside.call(f"{WORKER}:beside_armatures", {"rig": RIG}) == ["Plain"]


def test_teeth_that_nothing_ties_to_a_face_are_named_and_taken_along(inside: blender.Child, hello: Path) -> None:
    found = inside.call(f"{WORKER}:left_behind", {"rig": RIG, "sound": str(hello)})
    assert found["named"] == ["Teeth"]
    assert found["then"] == []
    assert found["faces"] == ["Face", "Teeth"]
    assert found["together"]
    assert found["left"] == ["Face"]
    assert found["another"] == 0
