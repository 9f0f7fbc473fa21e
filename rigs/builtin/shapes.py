"""The 52 shapes, as Apple's documentation of `ARFaceAnchor.BlendShapeLocation` describes them."""

import numpy as np

from audio2blend.channels import ARKIT

from . import brow_shapes, eye_shapes, mouth_shapes
from .face import Face
from .part import Index, Part, Points


def build(head: Part, mirror: Index) -> Points:
    """Return what each shape adds to the vertices at weight 1, shape (52, n, 3), in metres.

    Only the left shapes are made; the right ones are their mirror images. `mirror`, shape (n,), holds for each
    vertex the one on the other side of the face.
    """
    face = Face(head)
    jaw = mouth_shapes.jaw(face)
    made = jaw | mouth_shapes.whole(face) | mouth_shapes.tongue(face, jaw["jawOpen"]) | brow_shapes.middle(face)
    left = eye_shapes.build(face) | mouth_shapes.sides(face) | brow_shapes.sides(face)
    made |= {f"{name}Left": delta * face.left[:, None] for name, delta in left.items()}
    for name in [name for name in made if name.endswith("Left")]:
        made[name.removesuffix("Left") + "Right"] = made[name][mirror] * [-1, 1, 1]
    return np.stack([made[name] for name in ARKIT])
