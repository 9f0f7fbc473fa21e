"""What the formats are read into: meshes and bones, still in the units and axes of their file."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..rig import Material

PLAIN = Material(name="plain", color=(0.6, 0.6, 0.6))
"""The look of faces whose material the file does not define."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """One mesh as it stands in the scene of its file, all arrays in the scene's space."""

    name: str
    vertices: NDArray[np.floating[Any]]
    """Shape (n_vertices, 3)."""
    face_sizes: NDArray[np.integer[Any]]
    """Shape (n_faces,)."""
    face_vertices: NDArray[np.integer[Any]]
    """Shape (n_corners,)."""
    shapes: dict[str, NDArray[np.floating[Any]]] = field(default_factory=dict)
    """What each shape at weight 1 adds, shape (n_vertices, 3)."""
    face_materials: NDArray[np.integer[Any]] | None = None
    """Shape (n_faces,): index into `materials`; None is the first everywhere."""
    materials: tuple[Material, ...] = (PLAIN,)
    uv: NDArray[np.floating[Any]] | None = None
    """Shape (n_corners, 2), origin at the lower left."""
    weights: dict[str, NDArray[np.floating[Any]]] = field(default_factory=dict)
    """How much each vertex follows a bone, shape (n_vertices,), by the bone's name."""
    identity: NDArray[np.floating[Any]] | None = None
    """Shape (n_modes, n_vertices, 3), as in `Mesh`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bone:
    """A bone of the file's skeleton."""

    name: str
    parent: str | None
    position: tuple[float, float, float]
    """Its pivot at rest, in the scene's space."""
    orientation: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    """How its own axes stand at rest in the scene's space: a unit quaternion, w first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """What a file says about its units and axes; None where it says nothing."""

    unit_m: float | None = None
    """Length of one unit in metres."""
    up: str | None = None
    """"Y" or "Z"; a face under Z looks along -Y, as in Blender."""
    front: int | None = None
    """1 if the format has faces look along +Z, -1 if along -Z, both under Y."""


def distinct(names: list[str], what: str) -> tuple[list[str], list[str]]:
    """Return the names with ".2", ".3" … after those that came before, and a note for each that was changed.

    >>> distinct(["smile", "smile"], "the mesh")
    (['smile', 'smile.2'], ["the mesh has two shapes called 'smile'; the later one is called 'smile.2' here"])
    """
    taken: dict[str, None] = {}
    notes = []
    for name in names:
        fresh, number = name, 1
        while fresh in taken:
            number += 1
            fresh = f"{name}.{number}"
        if fresh != name:
            notes.append(f"{what} has two shapes called '{name}'; the later one is called '{fresh}' here")
        taken[fresh] = None
    return list(taken), notes
