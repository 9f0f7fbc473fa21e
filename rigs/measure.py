"""The face of a rig as measures of quality look at it: where its lips are, and how clips drive it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from audio2blend import wording
from audio2blend.channels import ARKIT
from audio2blend.clip import FRAME_RATE, Clip
from audio2blend.errors import InputError
from audio2blend.qa import Lips, upper_face
from audio2blend.qa.sampled import MeasuredFace

from .builtin import builtin
from .retarget import Fit, landmarks
from .rig import Rig
from .skeleton import posed
from .surface.face_finder import NAMES


def face(rig: Rig, held: Fit | None = None) -> MeasuredFace:
    """Return the face of a rig on which lips are measured, in millimetres.

    `held` says how the rig is driven; None for the built-in head, whose shapes are ARKit's. Raises InputError if it has
    no mesh, or its lips are not found.
    """
    if rig.mesh is None:
        cure = wording.current().measure_on_mesh
        raise InputError(f"rig '{rig.name}' is a list of names, and lips are measured on a mesh; {cure}")
    if held is None:
        assert rig.landmarks is not None  # ours has them
        deltas = rig.mesh.deltas * 1000
        lips = Lips.of(rig.mesh.vertices * 1000, deltas, rig.landmarks)
        return MeasuredFace(shapes=rig.shapes, lips=lips, upper=upper_face(deltas, rig.shapes, at_least=1.0))
    places = rig.landmarks or landmarks.locate(builtin(), rig)
    above = [name for name in ARKIT if name.startswith(("brow", "eye"))]
    one_by_one = Clip(values=np.eye(len(above), dtype=np.float32), channels=tuple(above), frame_rate=FRAME_RATE)
    moved = np.tensordot(held.retarget(one_by_one).select(rig.shapes).values, rig.mesh.deltas, axes=1)
    both = np.concatenate([moved, rig.mesh.deltas]) * 1000
    upper = upper_face(both, [*above, *[""] * len(rig.shapes)], at_least=1.0)[len(above) :]
    return _on_bones(rig, held, {name: places[name] for name in NAMES}, upper)


def _on_bones(rig: Rig, held: Fit, places: Mapping[str, Sequence[int]], upper: NDArray[np.float32]) -> MeasuredFace:
    """Return the face of a rig whose lips bones may move too.

    What bones add to each coordinate of the vertices of the lips counts as one shape more, at weight 1 for 1 mm.
    """
    assert rig.mesh is not None
    rows = [vertex for name in places for vertex in places[name]]
    local = {name: [rows.index(vertex) for vertex in places[name]] for name in places}
    none = np.zeros(0, np.int32)
    mesh = replace(
        rig.mesh, vertices=rig.mesh.vertices[rows], deltas=rig.mesh.deltas[:, rows], uv=None, identity=None,
        face_sizes=none, face_vertices=none, face_materials=none,
    )  # fmt: skip
    joints = tuple(replace(joint, weights=joint.weights[rows]) for joint in rig.joints)
    part = replace(rig, mesh=mesh, joints=joints)

    def drive(clip: Clip) -> NDArray[np.float32]:
        driven = held(clip)
        weights = driven.select(rig.shapes).values
        by_bones = 1000 * (posed(part, driven) - part.posed(weights))
        return np.hstack([weights, by_bones.reshape(len(clip), -1)]).astype(np.float32)

    size = 3 * len(rows)
    each = np.eye(size, dtype=np.float32).reshape(size, len(rows), 3)
    deltas = np.concatenate([1000 * mesh.deltas, each])
    still = np.zeros((size, *upper.shape[1:]), np.float32)
    return MeasuredFace(
        shapes=ARKIT,
        lips=Lips.of(1000 * mesh.vertices, deltas, local),
        upper=np.concatenate([upper, still]),
        drive=drive,
    )
