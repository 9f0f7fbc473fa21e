"""The client's own file with our animation in it, as Blender opens it: plain, and packed by Blender with Draco."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from audio2blend import blender
from audio2blend.clip import Clip
from rigs.skeleton import posed
from tests.support.glb import Glb, parts
from tests.support.gltf_characters import character
from tests.support.spoken_gltf import FRAMES, apart, line, spoken

pytestmark = pytest.mark.blender


@pytest.mark.parametrize("layout", ["plain", "Draco"])
def test_blender_shows_the_character_as_it_is_and_makes_it_speak(layout: str, tmp_path: Path) -> None:
    source, target = character(tmp_path / "hero.glb"), tmp_path / "out.glb"
    with blender.start() as child:
        if layout == "Draco":
            plain, source = source, tmp_path / "packed.glb"
            child.call("tests.usd_export.worker.draco_file:packed", {"path": plain, "target": source})
            assert "KHR_draco_mesh_compression" in Glb.read(source).json["extensionsRequired"]
        rig, clip = spoken(source, target, at_rate(Fraction(24)))
    with blender.start() as child:
        found = child.call("tests.usd_export.worker.imported:describe", {"path": target, "frames": FRAMES})
    before, after = parts(Glb.read(source)), parts(Glb.read(target))
    assert {place for place in before if after.get(place) != before[place]} == {"/buffers/0/byteLength"}
    order = [clip.channels.index(name) for name in found["shapes"]]
    assert np.abs(found["weights"] - clip.values[FRAMES][:, order]).max() < 1e-4
    assert rig.asset
    wanted = (posed(rig, clip) @ np.linalg.inv(rig.asset.space))[FRAMES] @ np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])
    for drawn, points in zip(found["vertices"], wanted, strict=True):
        assert apart(drawn, points) < 1e-4
        assert apart(points, drawn) < 1e-4


def at_rate(rate: Fraction) -> Clip:
    """Return the line at a whole rate, at which Blender's importer is in time."""
    return replace(line(), frame_rate=rate)
