"""`Rig`: a face that can be driven by named blendshapes."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio2blend.owned import owned


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """How a group of faces looks."""

    name: str
    color: tuple[float, float, float]
    """Linear RGB, 0–1."""
    roughness: float = 0.6
    """0 is a mirror, 1 is chalk."""
    subsurface: float = 0.0
    """Share of the light that enters and leaves again, 0–1; skin has some."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mesh:
    """One polygon mesh with its blendshape deltas, in metres, Y up, looking along +Z. Arrays are read-only."""

    vertices: NDArray[np.float32]
    """Shape (n_vertices, 3), the neutral pose."""
    face_sizes: NDArray[np.int32]
    """Shape (n_faces,): number of corners of each face; counter-clockwise seen from outside."""
    face_vertices: NDArray[np.int32]
    """Shape (n_corners,): vertex of each corner, face after face."""
    face_materials: NDArray[np.int32]
    """Shape (n_faces,): index into `materials`."""
    materials: tuple[Material, ...]
    deltas: NDArray[np.float32]
    """Shape (n_shapes, n_vertices, 3): what each shape at weight 1 adds to `vertices`."""
    uv: NDArray[np.float32] | None = None
    """Shape (n_corners, 2) in [0, 1], origin at the lower left."""
    colors: NDArray[np.float32] | None = None
    """Shape (n_vertices, 3), linear RGB in [0, 1]: what each vertex shows in place of the colour of its material."""
    identity: NDArray[np.float32] | None = None
    """Shape (n_modes, n_vertices, 3), of a morphable model: what each mode adds to `vertices` for another head, at one
    standard deviation."""

    def __post_init__(self) -> None:
        if self.deltas.shape[1:] != self.vertices.shape:
            raise ValueError(f"deltas {self.deltas.shape} do not fit {len(self.vertices)} vertices")
        if int(self.face_sizes.sum()) != len(self.face_vertices):
            raise ValueError(f"{len(self.face_vertices)} corners do not fit the sizes of {len(self.face_sizes)} faces")
        if self.colors is not None and self.colors.shape != self.vertices.shape:
            raise ValueError(f"colors {self.colors.shape} do not fit {len(self.vertices)} vertices")
        if self.identity is not None and self.identity.shape[1:] != self.vertices.shape:
            raise ValueError(f"identity modes {self.identity.shape} do not fit {len(self.vertices)} vertices")
        for one in fields(self):
            if isinstance(array := getattr(self, one.name), np.ndarray):
                object.__setattr__(self, one.name, owned(array))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Joint:
    """A bone that moves part of the mesh."""

    name: str
    parent: str | None
    position: tuple[float, float, float]
    """Pivot in metres, in the space of the mesh."""
    weights: NDArray[np.float32]
    """Shape (n_vertices,): how much each vertex follows; over all joints the weights of a vertex add up to 1."""
    orientation: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    """How its own axes stand at rest in the space of the mesh: a unit quaternion, w first."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", owned(self.weights))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asset:
    """The file that a rig was read from, for formats that put an animation into it. Its array is read-only."""

    path: Path
    space: NDArray[np.float64]
    """Shape (3, 3): a point p of the file's scene is p @ space in the rig's. A rotation times the unit in metres."""
    bare: bool = False
    """Whether its mesh has no shapes: those of the rig were made for it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "space", owned(self.space))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rig:
    """A face that can be driven: its shapes by name and, where known, its mesh and joints."""

    name: str
    shapes: tuple[str, ...]
    """Names of the blendshapes, in the order of `mesh.deltas`."""
    mesh: Mesh | None = None
    joints: tuple[Joint, ...] = ()
    """Parents before children. One that is called a head takes headYaw, headPitch and headRoll (see `skeleton`)."""
    landmarks: dict[str, tuple[int, ...]] | None = None
    """Vertices that measures need: "upperLip", "lowerLip" (inner lips), "mouthCorners", "eyeCorners" (outer)."""
    notes: tuple[str, ...] = ()
    """What was assumed, put right or left out when the rig was read: a sentence each, for people."""
    asset: Asset | None = None
    """The file it was read from; None if it comes from none, or if that file is not to be kept."""

    def __post_init__(self) -> None:
        if self.mesh is not None and len(self.mesh.deltas) != len(self.shapes):
            raise ValueError(f"{len(self.shapes)} shape names do not fit {len(self.mesh.deltas)} shapes")

    def posed(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the vertices, shape (..., n_vertices, 3), for `weights` of shape (..., n_shapes); joints at rest.

        Raises ValueError if the rig has no mesh.
        """
        if self.mesh is None:
            raise ValueError(f"rig '{self.name}' has no mesh")
        return self.mesh.vertices + np.tensordot(weights, self.mesh.deltas, axes=([-1], [0]))
