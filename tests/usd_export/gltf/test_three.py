"""What three.js draws of our animation, in the built-in head and in clients' characters: every vertex where ours is."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import rigs
import usd_export
from tests.support.gltf_characters import FEATURES, character
from tests.support.posing import posed
from tests.support.spoken_gltf import apart, line, spoken
from tests.support.talking import talking
from tests.support.three import FLOAT32_M, drawn, needs_three, whole

pytestmark = needs_three
FRAMES = [0, 7, 19]
PICTURES = {"pictures and unknown extensions", "KTX2"}
"""Characters whose textures node cannot decode; to vertices they are like the plain one."""
TWINS = {"instances"}
"""Two nodes of one mesh with two materials: three.js binds curves by name, and gives the parts of both the same names,
so that the second stands still in it."""


@pytest.mark.parametrize("rate", [Fraction(60), Fraction(24000, 1001), Fraction(30000, 1001)])
def test_the_built_in_head(rate: Fraction, tmp_path: Path) -> None:
    rig, clip = rigs.builtin(), talking(20, frame_rate=rate)
    path = usd_export.write(clip, tmp_path / "line.glb", rig=rig)
    found = drawn(path, "speech", [frame / float(rate) for frame in FRAMES])
    for points, frame in zip(found, FRAMES, strict=True):
        assert np.abs(points - whole(rig, clip, frame)).max() < FLOAT32_M


@pytest.mark.parametrize("feature", [name for name in FEATURES if name not in PICTURES | TWINS])
def test_characters_of_clients(feature: str, tmp_path: Path) -> None:
    suffix = ".vrm" if feature.startswith("VRM") else ".glb"
    source, target = character(tmp_path / f"hero{suffix}", feature), tmp_path / f"spoken{suffix}"
    rig, clip = spoken(source, target, line())
    rate = float(clip.frame_rate)
    assert rig.asset is not None
    unit = np.cbrt(abs(np.linalg.det(rig.asset.space)))
    for points, frame in zip(drawn(target, "line", [frame / rate for frame in FRAMES]), FRAMES, strict=True):
        ours = posed(rig, clip, frame) @ np.linalg.inv(rig.asset.space)
        assert apart(ours, points) * unit < 1e-4
        if feature != "several meshes":  # the fangs are out at rest, of which the rig knows nothing
            assert apart(points, ours) * unit < 1e-4
