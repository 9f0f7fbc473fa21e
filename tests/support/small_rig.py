"""A face for tests that is quick to write: two patches of quads, 52 smooth random shapes, two joints."""

from fractions import Fraction
from typing import Final

import numpy as np

from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from rigs import Joint, Material, Mesh, Rig

SIDE = 9
"""Vertices along one side of a patch."""
STILL: Final = Clip(values=np.zeros((1, 1)), channels=("jawOpen",), frame_rate=Fraction(30))
"""One frame in which nothing moves, for tests of the rig that a file holds."""


def patch(*, shapes: tuple[str, ...] = ARKIT, seed: int = 7) -> Rig:
    """Return two patches 0.2 m wide, one above the other at a height of 1.5 m, that look along +Z.

    The lower patch is skin and the upper one cloth; every shape is a smooth bump of some centimetres that reaches a
    part of the vertices. The joint "head" holds the upper half.
    """
    random = np.random.default_rng(seed)
    across, up = np.meshgrid(np.linspace(-0.1, 0.1, SIDE), np.linspace(-0.1, 0.1, SIDE))
    flat = np.stack([across.ravel(), up.ravel(), 0.05 * np.cos(10 * across.ravel())], axis=1)
    vertices = np.concatenate([flat + np.array([0, height, 0]) for height in (1.4, 1.65)])

    corner = np.add.outer(np.arange(SIDE - 1) * SIDE, np.arange(SIDE - 1)).ravel()
    quads = np.stack([corner, corner + 1, corner + SIDE + 1, corner + SIDE], axis=1)
    faces = np.concatenate([quads, quads + len(flat)])

    centres = vertices[random.integers(len(vertices), size=len(shapes))]
    distance = np.linalg.norm(vertices - centres[:, None], axis=2)  # (n_shapes, n_vertices)
    bump = np.clip(1 - distance / 0.08, 0, None) ** 2
    directions = random.normal(0, 0.02, (len(shapes), 1, 3))

    on_head = np.clip((vertices[:, 1] - 1.5) / 0.1, 0, 1)
    return Rig(
        name="patch",
        shapes=shapes,
        mesh=Mesh(
            vertices=vertices.astype(np.float32),
            face_sizes=np.full(len(faces), 4, np.int32),
            face_vertices=faces.ravel().astype(np.int32),
            face_materials=np.repeat([0, 1], len(quads)).astype(np.int32),
            materials=(Material(name="skin", color=(0.8, 0.5, 0.4)), Material(name="cloth", color=(0.1, 0.2, 0.6))),
            deltas=(bump[:, :, None] * directions).astype(np.float32),
            uv=(vertices[faces.ravel(), :2] @ np.diag([5.0, 2.5]) + [0.5, -3.25]).astype(np.float32),
        ),
        joints=(
            Joint(name="root", parent=None, position=(0, 1.3, 0), weights=(1 - on_head).astype(np.float32)),
            Joint(name="head", parent="root", position=(0, 1.5, 0), weights=on_head.astype(np.float32)),
        ),
    )
