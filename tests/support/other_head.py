"""Heads that tests take for unknown ones: the built-in head bent by a smooth map, so that the truth is known."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

import rigs
from audio2blend.channels import ARKIT
from rigs import Mesh, Rig
from tests.support.head_parts import EYEBALL, faces, part


def bend(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return points (..., 3) of the built-in head as another character has them: broader below, longer, elsewhere."""
    x, y, z = np.moveaxis(np.asarray(points, np.float64), -1, 0)
    broad = 1.06 - 0.9 * y + 0.10 * np.sin(20 * y)
    out = np.stack([x * broad, 1.08 * y + 0.12 * z * y + 0.002 * np.cos(25 * x), 1.03 * z + 0.6 * y * y], axis=-1)
    return 1.4 * out + np.array([0.3, 1.5, 0.05])


def source() -> Rig:
    """Return the built-in head without hair and shirt."""
    head = rigs.builtin()
    return _with(head, kept=~faces(head, "hair", "shirt"))


def bent(seed: int = 3) -> tuple[Rig, NDArray[np.int64]]:
    """Return a bent head whose 52 shapes have no names, shuffled and of other strength, and which is which."""
    head = source()
    assert head.mesh is not None
    order = np.random.default_rng(seed).permutation(len(ARKIT))
    vertices = bend(head.mesh.vertices)
    deltas = (bend(head.mesh.vertices + head.mesh.deltas) - vertices)[order]
    mesh = replace(head.mesh, vertices=vertices.astype(np.float32), deltas=deltas.astype(np.float32))
    names = tuple(f"shape_{number:03}" for number in range(len(order)))
    return replace(head, name="stranger", shapes=names, mesh=mesh, landmarks=None), order


def bare(rig: Rig) -> Rig:
    """Return a rig without its shapes."""
    assert rig.mesh is not None
    return replace(rig, shapes=(), mesh=replace(rig.mesh, deltas=rig.mesh.deltas[:0]))


def without_eyes(rig: Rig) -> Rig:
    """Return a rig without its eyeballs, which are the pieces with a pupil."""
    return _with(rig, kept=~faces(rig, *EYEBALL))


def _with(rig: Rig, kept: NDArray[np.bool_]) -> Rig:
    """Return a rig with some of its faces, and with the vertices and landmarks of those."""
    mesh = rig.mesh
    assert mesh is not None
    corners = mesh.face_vertices[np.repeat(kept, mesh.face_sizes)]
    vertices, corners = np.unique(corners, return_inverse=True)
    place = {int(vertex): number for number, vertex in enumerate(vertices)}
    landmarks = rig.landmarks and {name: tuple(place[v] for v in at) for name, at in rig.landmarks.items()}
    part = Mesh(
        vertices=mesh.vertices[vertices],
        face_sizes=mesh.face_sizes[kept],
        face_vertices=corners.astype(np.int32).ravel(),
        face_materials=mesh.face_materials[kept],
        materials=mesh.materials,
        deltas=mesh.deltas[:, vertices],
    )
    return replace(rig, mesh=part, joints=(), landmarks=landmarks)


def with_half_eyes(rig: Rig) -> Rig:
    """Return a rig whose eyeballs are half-spheres with hollow irises, as avatars on the web have them."""
    mesh = rig.mesh
    assert mesh is not None
    vertices, balls = mesh.vertices.copy(), part(rig, *EYEBALL)
    behind = np.zeros(len(vertices), bool)
    middle = np.median(vertices[balls, 0])
    for eye in (balls & (vertices[:, 0] > middle), balls & (vertices[:, 0] < middle)):
        low, high = vertices[eye].min(axis=0), vertices[eye].max(axis=0)
        radius = float((high - low)[0]) / 2
        centre = np.array([*(low + high)[:2] / 2, high[2] - radius])
        behind |= eye & (vertices[:, 2] < centre[2] - 0.14 * radius)
        iris = eye & (np.linalg.norm((vertices - centre)[:, :2], axis=1) < 0.36 * radius) & ~behind
        vertices[iris, 2] -= np.float32(0.35 * radius)
    starts = np.cumsum(mesh.face_sizes) - mesh.face_sizes
    cut = np.logical_or.reduceat(behind[mesh.face_vertices], starts)
    return _with(replace(rig, mesh=replace(mesh, vertices=vertices)), kept=~cut)
