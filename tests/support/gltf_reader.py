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

from rigs import Mesh
from tests.support.posing import matrix

PACKAGES = Path(sys.prefix, "node", "node_modules")
NODE = shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
needs_validator = pytest.mark.skipif(
    NODE is None or not (PACKAGES / "gltf-validator").is_dir(),
    reason=f"no node, or no gltf-validator in {PACKAGES}; `make test` installs both",
)
GLTFPACK = PACKAGES / "gltfpack" / "cli.js"
needs_gltfpack = pytest.mark.skipif(
    NODE is None or not GLTFPACK.is_file(), reason=f"no node, or no gltfpack in {PACKAGES}; `make test` installs both"
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


def vertices_of(mesh: Mesh) -> list[NDArray[np.int32]]:
    """Return for each material the vertices of its faces: what its primitive must hold where no uv tears it."""
    corners = np.repeat(mesh.face_materials, mesh.face_sizes)
    return [np.unique(mesh.face_vertices[corners == material]) for material in np.unique(mesh.face_materials)]


def drawn(path: Path, frames: list[int]) -> NDArray[np.float64]:
    """Return what a viewer draws of the first mesh, by the formulas of the glTF specification: (n, n_vertices, 3).

    The last animation plays. The vertices of one primitive follow those of another, each moved by its targets and then
    by the skin.
    """
    gltf = pygltflib.GLTF2().load(str(path))
    curves = {
        (channel.target.node, channel.target.path): array_of(gltf, gltf.animations[-1].samplers[channel.sampler].output)
        for channel in gltf.animations[-1].channels
    }
    (skin,) = gltf.skins
    unbound = array_of(gltf, skin.inverseBindMatrices).reshape(-1, 4, 4).transpose(0, 2, 1)
    worlds = [_worlds(gltf, curves, frame) for frame in frames]
    matrices = np.array([[world[joint] for joint in skin.joints] for world in worlds]) @ unbound
    parts = []
    for primitive in gltf.meshes[0].primitives:
        rest = array_of(gltf, primitive.attributes.POSITION).astype(np.float64)
        points = np.tile(rest, (len(frames), 1, 1))
        if primitive.targets and (0, "weights") in curves:
            weights = curves[0, "weights"].reshape(-1, len(primitive.targets))[frames]
            for weight, target in zip(weights.T, primitive.targets, strict=True):
                if weight.any():
                    points += weight[:, None, None] * array_of(gltf, target["POSITION"])
        joints, shares = (array_of(gltf, getattr(primitive.attributes, name)) for name in ("JOINTS_0", "WEIGHTS_0"))
        blended = np.einsum("nk,fnkij->fnij", shares, matrices[:, joints])
        parts.append(np.einsum("fnij,fnj->fni", blended[..., :3, :3], points) + blended[..., :3, 3])
    return np.concatenate(parts, axis=1)


def _worlds(
    gltf: pygltflib.GLTF2, curves: dict[tuple[int, str], NDArray[Any]], frame: int
) -> dict[int, NDArray[np.float64]]:
    """Return the matrix of every node in the scene."""
    world: dict[int, NDArray[np.float64]] = {}

    def visit(index: int, above: NDArray[np.float64]) -> None:
        node = gltf.nodes[index]
        place = node.translation or [0, 0, 0]
        x, y, z, w = node.rotation or [0, 0, 0, 1]
        if (index, "rotation") in curves:
            x, y, z, w = curves[index, "rotation"][frame]
        if (index, "translation") in curves:
            place = curves[index, "translation"][frame]
        local = np.eye(4)
        local[:3, :3], local[:3, 3] = matrix((w, x, y, z)), place
        world[index] = above @ local
        for child in node.children or []:
            visit(child, world[index])

    for root in gltf.scenes[0].nodes:
        visit(root, np.eye(4))
    return world
