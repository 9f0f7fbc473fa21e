"""What three.js draws of a .glb file."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from audio2blend.clip import Clip
from rigs import Rig
from tests.support.gltf_reader import NODE, PACKAGES, vertices_of
from tests.support.posing import posed

needs_three = pytest.mark.skipif(
    NODE is None or not (PACKAGES / "three").is_dir(), reason=f"no node, or no three in {PACKAGES}; run make test"
)
FLOAT32_M = 2e-5
"""How far a vertex may lie off: three.js computes in single precision, at a height of 1.5 m."""


def drawn(path: Path, animation: str, times_s: list[float]) -> NDArray[np.float64]:
    """Return every vertex that three.js draws at some times, shape (n_times, n_vertices, 3)."""
    script = Path(__file__).with_name("three.mjs")
    command = [str(NODE), str(script), str(PACKAGES), str(path), animation, json.dumps(times_s)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return np.array(json.loads(done.stdout)).reshape(len(times_s), -1, 3)


def whole(rig: Rig, clip: Clip, frame: int) -> NDArray[np.float64]:
    """Return the vertices of the rig in a frame, in the order of a file's primitives."""
    assert rig.mesh is not None
    return np.asarray(posed(rig, clip, frame)[np.concatenate(vertices_of(rig.mesh))], np.float64)
