"""Rigs as NumPy archives: everything a `Rig` knows, for `load` and other Python programs.

The arrays are those of `Mesh` under their own names, `shapes`, and `about`, a JSON text of names, materials, joints,
landmarks and notes. The joints' weights are `joint_weights` float32 [joint, vertex]. The bytes depend on the rig alone.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError
from audio2blend.files import draft

from ..rig import Joint, Material, Mesh, Rig

MARK: Final = "audio2blend_rig"
"""The array that marks such an archive: the version of this layout."""
_ARRAYS: Final = ("vertices", "face_sizes", "face_vertices", "face_materials", "deltas")
_OPTIONAL: Final = ("uv", "colors", "identity")


def save(rig: Rig, path: str | Path) -> Path:
    """Write a rig to an .npz file and return its path; raises InputError if it cannot be written there."""
    path = Path(path)
    if path.suffix.lower() != ".npz":
        raise InputError(f"{path}: a rig is saved as .npz; name a file that ends in .npz")
    about: dict[str, Any] = {
        "name": rig.name,
        "joints": [
            {"name": j.name, "parent": j.parent, "position": j.position, "orientation": j.orientation}
            for j in rig.joints
        ],
        "landmarks": rig.landmarks,
        "notes": rig.notes,
    }
    arrays: dict[str, NDArray[Any]] = {MARK: np.array(1), "shapes": np.array(rig.shapes, np.str_)}
    if rig.mesh is not None:
        about["materials"] = [asdict(material) for material in rig.mesh.materials]
        arrays |= {name: getattr(rig.mesh, name) for name in _ARRAYS}
        arrays |= {name: array for name in _OPTIONAL if (array := getattr(rig.mesh, name)) is not None}
        if rig.joints:
            arrays["joint_weights"] = np.stack([joint.weights for joint in rig.joints])
    with draft(path) as target:
        np.savez_compressed(target, about=np.array(json.dumps(about)), **arrays)
    return path


def rig_of(archive: Mapping[str, NDArray[Any]]) -> Rig:
    """Return the rig of an open archive that `save` wrote; raises KeyError, ValueError or TypeError if damaged."""
    about = json.loads(str(archive["about"]))
    mesh = None
    if "vertices" in archive:
        optional = {name: archive[name] for name in _OPTIONAL if name in archive}
        materials = tuple(Material(**material | {"color": tuple(material["color"])}) for material in about["materials"])
        mesh = Mesh(**{name: archive[name] for name in _ARRAYS}, **optional, materials=materials)
    joints = (
        [
            Joint(
                name=joint["name"],
                parent=joint["parent"],
                position=tuple(joint["position"]),
                weights=weights,
                orientation=tuple(joint["orientation"]),
            )
            for joint, weights in zip(about["joints"], archive["joint_weights"], strict=True)
        ]
        if about["joints"]
        else []
    )
    landmarks = about["landmarks"]
    return Rig(
        name=about["name"],
        shapes=tuple(str(name) for name in archive["shapes"]),
        mesh=mesh,
        joints=tuple(joints),
        landmarks=None if landmarks is None else {name: tuple(rows) for name, rows in landmarks.items()},
        notes=tuple(about["notes"]),
    )
