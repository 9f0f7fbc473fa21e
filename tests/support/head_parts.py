"""The built-in head by its parts: what is made of which material, and what follows the jaw."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.channels import ARKIT
from rigs import Rig

EYEBALL: Final = ("sclera", "iris inner", "iris", "iris rim", "pupil")
"""The materials of an eye."""
JAW: Final = (0.0, -0.010, 0.004)
"""Where a jaw's bone would be: half way between the ears, in metres."""
JAW_DEGREES: Final = 27.0
"""How far jawOpen turns the jaw about it."""


def faces(rig: Rig, *materials: str) -> NDArray[np.bool_]:
    """Return which faces carry one of the materials, shape (n_faces,)."""
    assert rig.mesh is not None
    names = [material.name for material in rig.mesh.materials]
    return np.isin(rig.mesh.face_materials, [names.index(material) for material in materials])


def part(rig: Rig, *materials: str) -> NDArray[np.bool_]:
    """Return which vertices carry one of the materials, shape (n_vertices,)."""
    assert rig.mesh is not None
    inside = np.zeros(len(rig.mesh.vertices), bool)
    inside[rig.mesh.face_vertices[np.repeat(faces(rig, *materials), rig.mesh.face_sizes)]] = True
    return inside


def jaw_share(head: Rig) -> NDArray[np.float32]:
    """Return how much each vertex follows the jaw, shape (n_vertices,): as far as jawOpen takes it along."""
    assert head.mesh is not None
    arm = head.mesh.vertices - np.array(JAW, np.float32)
    swing = 2 * np.sin(np.radians(JAW_DEGREES) / 2) * np.hypot(arm[:, 1], arm[:, 2])
    opened = np.linalg.norm(head.mesh.deltas[head.shapes.index("jawOpen")], axis=1)
    share = np.clip(opened / np.maximum(swing, 1e-6), 0, 1)
    return np.where(part(head, *EYEBALL), 0, share).astype(np.float32)


def pose(**weights: float) -> NDArray[np.float32]:
    """Return weights (52,) by name; a name without its "Left" or "Right" sets both."""
    row = np.zeros(len(ARKIT), np.float32)
    for name, weight in weights.items():
        for channel in (name,) if name in ARKIT else (f"{name}Left", f"{name}Right"):
            row[ARKIT.index(channel)] = weight
    return row
