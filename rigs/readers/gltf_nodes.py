"""The nodes of a glTF scene: where they stand, which are bones, and how a skin moves its mesh."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..quaternions import matrix_of, of_matrix, quadruple
from .gltf_file import GltfFile, Json
from .piece import distinct

Array = NDArray[np.float64]


class Rest(NamedTuple):
    """Where a node lies in its parent."""

    translation: Array
    """Shape (3,)."""
    rotation: Array
    """Shape (4,): a unit quaternion, w first."""
    scale: Array
    """Shape (3,)."""

    @property
    def matrix(self) -> Array:
        """The same as one matrix, shape (4, 4)."""
        out = np.eye(4)
        out[:3, :3] = matrix_of(self.rotation) * self.scale
        out[:3, 3] = self.translation
        return out


class Nodes:
    """The nodes of the default scene with their world matrices."""

    def __init__(self, file: GltfFile) -> None:
        """Raises ValueError if nodes contain themselves."""
        self._file = file
        self.all: list[Json] = file.json.get("nodes", [])
        self.names = distinct([str(node.get("name") or f"node_{i}") for i, node in enumerate(self.all)], "the file")[0]
        """Every node's name, no two alike."""
        self._parent: dict[int, int] = {}
        self._world: dict[int, Array] = {}
        self.order: list[int] = []
        """Nodes of the scene, parents first."""
        children = {child for node in self.all for child in node.get("children", ())}
        scenes = file.json.get("scenes", [])
        roots = scenes[file.json.get("scene", 0)].get("nodes", []) if scenes else []
        open_ = [(root, -1) for root in reversed(roots or [i for i in range(len(self.all)) if i not in children])]
        while open_:
            node, parent = open_.pop()
            if node in self._world:
                raise ValueError(f"node {node} has two parents")
            above = self._world[parent] if parent >= 0 else np.eye(4)
            self._world[node] = above @ _local(self.all[node])
            self._parent[node] = parent
            self.order.append(node)
            open_ += [(child, node) for child in reversed(self.all[node].get("children", []))]
        joints = {joint for skin in file.json.get("skins", []) for joint in skin["joints"]}
        self.bones = [node for node in self.order if node in joints]
        """Nodes that a skin calls joints, parents first."""

    def bone_above(self, node: int) -> str | None:
        """Return the name of the nearest bone above a node."""
        above = self._parent[node]
        while above >= 0 and above not in self.bones:
            above = self._parent[above]
        return self.names[above] if above >= 0 else None

    def above(self, node: int) -> Array:
        """Return what the nodes above one do to directions: the upper left of their matrix, shape (3, 3)."""
        parent = self._parent[node]
        return self._world[parent][:3, :3] if parent >= 0 else np.eye(3)

    def rest(self, node: int) -> Rest:
        """Return where a node lies in its parent, to the last bit where the file says so in three parts."""
        about = self.all[node]
        if "matrix" in about:
            return _parts(_local(about))
        translation, rotation, scale = (
            np.array(about.get(name, usual), float)
            for name, usual in (("translation", (0, 0, 0)), ("rotation", (0, 0, 0, 1)), ("scale", (1, 1, 1)))
        )
        return Rest(translation, np.roll(rotation, 1), scale)

    def place(self, node: int) -> tuple[float, float, float]:
        """Return where a node's origin stands in the scene."""
        x, y, z = self._world[node][:3, 3].tolist()
        return x, y, z

    def orientation(self, node: int) -> tuple[float, float, float, float]:
        """Return how a node's axes stand in the scene, as a quaternion, w first."""
        return quadruple(of_matrix(self._world[node][:3, :3]))

    def skinning(self, node: int) -> tuple[Array, list[str]]:
        """Return the matrices that take a node's mesh into the scene, shape (n, 4, 4), and the bones they belong to.

        A mesh without a skin has one, and follows the bone above it, if there is one.
        """
        if "skin" not in self.all[node]:
            above = self.names[node] if node in self.bones else self.bone_above(node)
            return self._world[node][None], [above] if above is not None else []
        skin = self._file.json["skins"][self.all[node]["skin"]]
        matrices = np.array([self._world.get(joint, np.eye(4)) for joint in skin["joints"]])
        if "inverseBindMatrices" in skin:
            inverse = self._file.accessor(skin["inverseBindMatrices"]).reshape(-1, 4, 4)
            matrices = matrices @ inverse.transpose(0, 2, 1)[: len(matrices)]  # stored column by column
        return matrices, [self.names[joint] for joint in skin["joints"]]


def _parts(matrix: Array) -> Rest:
    """Return the parts of a matrix; they make it up again unless it shears."""
    rotation = of_matrix(matrix[:3, :3])
    return Rest(matrix[:3, 3], rotation, np.diag(matrix_of(rotation).T @ matrix[:3, :3]))


def _local(node: Json) -> Array:
    """Return a node's matrix in its parent."""
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    matrix = np.eye(4)
    x, y, z, w = np.array(node.get("rotation", (0, 0, 0, 1)), float)
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, :3] *= np.array(node.get("scale", (1, 1, 1)), float)
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix
