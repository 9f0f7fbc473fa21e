"""What others find in a .glb file: pygltflib and the Khronos validator."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pygltflib
import pytest
from numpy.typing import NDArray

PACKAGES = Path(sys.prefix, "node", "node_modules")
NODE = shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
needs_validator = pytest.mark.skipif(
    NODE is None or not (PACKAGES / "gltf-validator").is_dir(),
    reason=f"no node, or no gltf-validator in {PACKAGES}; `make test` installs both",
)
KINDS = {5121: np.uint8, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


def array_of(gltf: pygltflib.GLTF2, index: int) -> NDArray[Any]:
    """Return an accessor's numbers, shape (count, width), sparse ones filled in."""
    accessor = gltf.accessors[index]

    def taken(view: int, offset: int | None, kind: int, count: int) -> NDArray[Any]:
        start = gltf.bufferViews[view].byteOffset + (offset or 0)
        return np.frombuffer(gltf.binary_blob(), KINDS[kind], count, start)

    width, kind = WIDTHS[accessor.type], accessor.componentType
    if accessor.bufferView is not None:
        return taken(accessor.bufferView, accessor.byteOffset, kind, accessor.count * width).reshape(-1, width)
    numbers = np.zeros((accessor.count, width), KINDS[kind])
    at, values = accessor.sparse.indices, accessor.sparse.values
    rows = taken(at.bufferView, at.byteOffset, at.componentType, accessor.sparse.count)
    numbers[rows] = taken(values.bufferView, values.byteOffset, kind, len(rows) * width).reshape(-1, width)
    return numbers


def khronos_issues(path: Path) -> dict[str, Any]:
    """Return what the Khronos validator counts and says."""
    command = [str(NODE), str(Path(__file__).with_name("khronos.cjs")), str(PACKAGES), str(path)]
    report: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return dict(report["issues"])
