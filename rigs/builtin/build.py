"""Putting the head together."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from audio2blend.channels import ARKIT

from ..rig import Joint, Material, Mesh, Rig
from . import brows_lashes, clothes, ears, eyes, hair, mouth, paint, shapes, skin, traits
from .looks import DEFAULT, LOOKS, Look
from .materials import materials
from .part import Index, Part, Points, joined, smoothstep

BASE = (0.0, -0.30, -0.02)
"""Where the shoulders stand."""
NECK = (0.0, -0.045, -0.020)
"""Pivot of the head: the top of the spine, between the ears and a little below them."""


@cache
def build(name: str) -> Rig:
    """Return the head with a look of that name; the same object every time."""
    look = LOOKS[name]
    body, rings = skin.build()
    middle = [body, mouth.teeth(1), mouth.teeth(-1), mouth.tongue()]
    left = [
        eyes.build(),
        brows_lashes.brow(look.brow),
        ears.build(),
        brows_lashes.lashes(body, rings["left_lid"], look.lashes),
    ]
    still = [hair.build(look.style()), clothes.shirt()]
    head = joined("head", middle + [part for half in left for part in (half, half.mirrored())] + still)
    palette = materials(look)
    colors = paint.colors(head, palette, blush=look.blush, stubble=look.stubble)
    points, deltas = _shaped(head, shapes.build(head, _mirror(middle, left, len(head.vertices))), look)
    sizes, corners, groups = _faces(head, palette)
    mesh = Mesh(
        vertices=points.astype(np.float32),
        face_sizes=sizes,
        face_vertices=corners,
        face_materials=groups,
        materials=palette,
        colors=colors.astype(np.float32),
        deltas=deltas.astype(np.float32),
    )
    return Rig(
        name="builtin" if name == DEFAULT else name,
        shapes=ARKIT,
        mesh=mesh,
        joints=_joints(head.vertices, look, n_shirt=len(still[-1].vertices)),
        landmarks=_landmarks(rings),
    )


def _shaped(head: Part, deltas: Points, look: Look) -> tuple[Points, Points]:
    """Return the points and the deltas of a look."""
    points, deltas = head.vertices.copy(), deltas.copy()
    for side in ("Left", "Right"):
        blink = ARKIT.index(f"eyeBlink{side}")
        points += look.eyes.droop * deltas[blink]
        deltas[blink] *= 1 - look.eyes.droop
    none = np.zeros(len(points))
    lid, eye, ball = (head.fields.get(name, none) for name in ("lid", "eye", "ball"))
    return traits.shaped(points, deltas, look.traits, look.eyes, lid=lid, eye=eye, ball=ball > 0)


def _mirror(middle: list[Part], left: list[Part], n_vertices: int) -> Index:
    """Return for every vertex the one on the other side of the face; hair and shirt, which stay still, map to
    themselves."""
    out = np.arange(n_vertices)
    start = 0
    for part in middle:
        n = len(part.vertices)
        out[start : start + n] = start + _opposite(part)
        start += n
    for part in left:
        n = len(part.vertices)
        out[start : start + 2 * n] = np.roll(np.arange(start, start + 2 * n), n)
        start += 2 * n
    return out


def _opposite(part: Part) -> Index:
    """Return for every vertex of a symmetric part the one at the mirrored place."""
    x, y, z = part.vertices.T
    # Sorted by one number that mirror images share, both sides come in the same order. The lips touch: what
    # lies above and below the seam, and before and behind it, must not be mistaken.
    key = 0.713 * np.abs(x) + y + 0.371 * z
    for name, step in (("upper", 1.0), ("inner", 0.1)):
        key = key + step * part.fields.get(name, np.zeros(len(x)))
    left, right = np.flatnonzero(x > 1e-9), np.flatnonzero(x < -1e-9)
    left, right = left[np.argsort(key[left])], right[np.argsort(key[right])]
    out = np.arange(len(x))
    out[left], out[right] = right, left
    return out


def _faces(head: Part, palette: tuple[Material, ...]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Return sizes, corners and materials of all faces."""
    names = [material.name for material in palette]
    groups = [(names.index(name), faces) for name, group in head.faces.items() for faces in group]
    sizes = np.concatenate([np.full(len(faces), faces.shape[1], np.int32) for _, faces in groups])
    corners = np.concatenate([faces.ravel() for _, faces in groups]).astype(np.int32)
    materials = np.concatenate([np.full(len(faces), index, np.int32) for index, faces in groups])
    return sizes, corners, materials


def _joints(points: Points, look: Look, *, n_shirt: int) -> tuple[Joint, ...]:
    """Return the joints: the head turns as one, the neck follows ever less towards the shoulders."""
    # The nape follows lower than the throat.
    follow = smoothstep(-0.165, -0.095, points[:, 1] + 0.35 * points[:, 2]).astype(np.float32)
    follow[-n_shirt:] = 0
    rest = np.array([BASE, NECK])
    base, neck = (tuple(place) for place in (rest + traits.bend(rest, look.traits)[0]).tolist())
    return (
        Joint(name="root", parent=None, position=base, weights=1 - follow),
        Joint(name="head", parent="root", position=neck, weights=follow),
    )


def _landmarks(rings: dict[str, Index]) -> dict[str, tuple[int, ...]]:
    """Return the vertices that measures need; rings run from the left corner over the top."""
    lips = rings["lips"]
    half, quarter = len(lips) // 2, len(lips) // 4
    return {
        "upperLip": tuple(int(i) for i in lips[quarter - 1 : quarter + 2]),
        "lowerLip": tuple(int(i) for i in lips[half + quarter - 1 : half + quarter + 2]),
        "mouthCorners": (int(lips[0]), int(lips[half])),
        "eyeCorners": (int(rings["left_lid"][0]), int(rings["right_lid"][0])),
    }
