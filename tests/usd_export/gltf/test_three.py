"""What three.js draws of our animation, in the built-in head and in clients' characters: every vertex where ours is."""

import json
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import rigs
import usd_export
from audio2blend.clip import Clip
from rigs import Rig
from tests.support.gltf_characters import FEATURES, character
from tests.support.gltf_reader import NODE, PACKAGES, vertices_of
from tests.support.posing import posed
from tests.support.spoken_gltf import apart, line, spoken
from tests.support.talking import talking

needs_three = pytest.mark.skipif(
    NODE is None or not (PACKAGES / "three").is_dir(), reason=f"no node, or no three in {PACKAGES}; run make test"
)
pytestmark = needs_three
FRAMES = [0, 7, 19]
PICTURES = {"pictures and unknown extensions", "KTX2"}
"""Characters whose textures node cannot decode; to vertices they are like the plain one."""
TWINS = {"instances"}
"""Two nodes of one mesh with two materials: three.js binds curves by name, and gives the parts of both the same names,
so that the second stands still in it."""
FLOAT32_M = 2e-5
"""How far a vertex may lie off: three.js computes in single precision, at a height of 1.5 m."""


def drawn(path: Path, animation: str, times_s: list[float]) -> NDArray[np.float64]:
    """Return every vertex that three.js draws at some times, shape (n_times, n_vertices, 3)."""
    script = Path(__file__).parents[2] / "support" / "three.mjs"
    command = [str(NODE), str(script), str(PACKAGES), str(path), animation, json.dumps(times_s)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return np.array(json.loads(done.stdout)).reshape(len(times_s), -1, 3)


def whole(rig: Rig, clip: Clip, frame: int) -> NDArray[np.float64]:
    """Return the vertices of the rig in a frame, in the order of a file's primitives."""
    assert rig.mesh is not None
    return np.asarray(posed(rig, clip, frame)[np.concatenate(vertices_of(rig.mesh))], np.float64)


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
