"""Make Shapes in the Blender extension: a head without shapes gets those that move it as they should."""

import numpy as np
import pytest

from audio2blend import blender
from audio2blend.channels import ARKIT
from tests.support.other_head import bare, bent
from tests.support.posing import blender_axes

pytestmark = pytest.mark.blender


def test_a_head_gets_shapes_where_it_stands_and_keeps_its_own(inside: blender.Child) -> None:
    truth, order = bent()
    assert truth.mesh is not None
    own = blender_axes(truth.mesh.vertices.astype(float)) + np.array([0, 0, 0.001])
    arguments = {"rig": bare(truth), "own": own.astype(np.float32)}
    found = inside.call("tests.addon.worker.make_shapes:made", arguments)
    cube = inside.call("tests.addon.worker.make_shapes:no_face", {})
    assert found["before"] == "'Stranger' has no shape keys; Make Shapes gives it 52"
    assert found["words"] == ("52 of 52 ARKit shapes",)
    assert found["again"] == "'Stranger' has all 52 ARKit shapes already"
    assert sorted(found["names"]) == sorted(ARKIT)
    assert not any(found["values"])

    shapes = dict(zip(found["names"], found["deltas"], strict=True))
    np.testing.assert_allclose(shapes["jawOpen"], np.tile([0, 0, 0.001], (len(own), 1)), atol=1e-6)
    wanted = dict(zip((ARKIT[index] for index in order), blender_axes(truth.mesh.deltas.astype(float)), strict=True))
    for name in ("mouthSmileLeft", "mouthLowerDownRight", "eyeBlinkLeft", "browInnerUp"):
        off = np.linalg.norm(shapes[name] - wanted[name]) / np.linalg.norm(wanted[name])
        assert off < 0.5, name  # turned or scaled wrongly it is 1 and more

    assert "cube" in cube["said"].lower()
    assert cube["keys"] is None


def test_a_mesh_that_is_being_edited_gets_no_shapes(inside: blender.Child) -> None:
    said, keys = inside.call("tests.addon.worker.make_shapes:being_edited", {})
    assert said == "'Cube' is being edited; leave Edit Mode and make its shapes again"
    assert keys is None
