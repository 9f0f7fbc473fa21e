"""The character in the Blender extension: what is found, said, mapped, linked and handed over."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audio2blend import blender
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend_app.service import _files
from rigs.retarget import fit, parse_map
from tests.support.other_head import bent
from tests.support.small_rig import patch

pytestmark = pytest.mark.blender


def test_the_match_is_told_in_words(inside: blender.Child) -> None:
    found = inside.call("tests.addon.worker.character:words", {"rig": patch()})
    assert found == {"words": ("52 of 52 ARKit shapes",), "why_not": ""}


def test_what_lacks_is_named(inside: blender.Child) -> None:
    names = tuple(name for name in ARKIT if name != "tongueOut")
    found = inside.call("tests.addon.worker.character:words", {"rig": patch(shapes=(*names, "hornLeft"))})
    assert found["words"] == (
        "51 of 52 ARKit shapes, missing tongueOut",
        "Lost: tongueOut",
        "Not known: hornLeft",
    )


def test_visemes_are_called_visemes(inside: blender.Child) -> None:
    sounds = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")
    names = tuple(f"viseme_{sound}" for sound in sounds)
    found = inside.call("tests.addon.worker.character:words", {"rig": patch(shapes=names)})
    assert found["words"][0] == "15 of 15 Oculus visemes"


@pytest.mark.parametrize(
    ("shapes", "reason"),
    [
        ((), "'patch' has no shape keys; Make Shapes gives it 52"),
        (
            ("a1", "b2", "c3", "d4", "e5"),
            "none of the 5 shapes of 'patch' is known by name (a1, b2, c3 and 2 more); "
            "use Match by Shape, or give it a map",
        ),
    ],
)
def test_a_face_that_cannot_speak_says_why(inside: blender.Child, shapes: tuple[str, ...], reason: str) -> None:
    rig = replace(patch(shapes=shapes), joints=())
    found = inside.call("tests.addon.worker.character:words", {"rig": rig})
    assert found == {"words": (reason,), "why_not": reason}


def test_meshes_that_belong_together_speak_together(inside: blender.Child) -> None:
    assert inside.call("tests.addon.worker.character:family", {"rig": patch(shapes=ARKIT[:3])}) == {
        "armature": ["Face", "Lashes", "Teeth"],
        "bone of it": ["Face", "Lashes", "Teeth"],
        "alone": ["Stranger"],
        "parent": ["Other", "Stranger"],
        "collection": ["Lashes", "Other"],
    }


def test_the_map_is_a_text_to_edit(inside: blender.Child) -> None:
    found = inside.call("tests.addon.worker.character:maps", {"rig": patch()})
    assert {target.name for target in parse_map(found["text"], "text").targets} >= set(ARKIT)
    assert found["edited words"][0] == "52 shapes by the map 'patch map'"
    assert found["own words"] == ("1 shape by the map 'patch map'", "Not on the character: nose")
    assert found["gain"] == {"jawOpen": 0.5}
    assert found["broken"].startswith("patch map is no TOML:")
    assert "line 2" in found["broken"]
    assert found["forgotten"] == ("52 of 52 ARKit shapes",)
    assert found["preset"] == ("52 shapes by the map 'patch map.001'",)
    assert "'patch' has none of the names of Oculus visemes; choose another preset" in found["refused"]


def test_a_linked_character_is_overridden_on_request(inside: blender.Child, tmp_path: Path) -> None:
    rig = patch()
    found = inside.call("tests.addon.worker.character:linked", {"rig": rig, "folder": tmp_path})
    assert found["before"].endswith("is linked from another file; Make Override lets it be animated here")
    assert found["after"] == found["reopened"] == ("52 of 52 ARKit shapes",)
    assert found["editable"]
    assert found["kept"] == pytest.approx(0.5)


def test_shapes_without_names_are_matched_by_what_they_look_like(
    inside: blender.Child, hello: Path, hello_clip: Clip, tmp_path: Path
) -> None:
    rig, _ = bent()
    arguments = {"rig": rig, "sound": hello, "path": tmp_path / "stranger.blend"}
    found = inside.call("tests.addon.worker.character:by_shape", arguments)
    assert "use Match by Shape" in found["before"]
    assert found["words"] == ("52 shapes by the map 'stranger map'",)
    wanted = fit(rig)(hello_clip)
    assert found["keys"].keys() <= {*rig.shapes}
    for name in rig.shapes:  # what has no keys does not move in this recording
        np.testing.assert_allclose(found["keys"].get(name, 0), wanted[name], atol=6e-3, err_msg=name)


def test_a_character_is_handed_over_as_it_stands(inside: blender.Child) -> None:
    made = patch()
    found = _files.character(str(inside.call("tests.addon.worker.character:gathered", {"rig": made})), "Hero.001")
    assert found.name == "Hero.001"
    assert found.shapes == made.shapes
    assert [joint.name for joint in found.joints] == ["root", "head"]
    assert found.mesh is not None
    assert made.mesh is not None
    np.testing.assert_allclose(found.mesh.vertices, made.mesh.vertices, atol=1e-6)
    np.testing.assert_allclose(found.mesh.deltas, made.mesh.deltas, atol=1e-6)
