"""Turning a face so that it stands in metres, with Y up, looking along +Z.

What the file says is believed unless the face shows that it is wrong. The face is the part of the mesh that many
shapes move. Its height gives the unit: of the powers of ten, the one that brings it nearest to the 0.2 m of a head.
Its surface gives the direction it faces: a face is a patch that bulges outwards, and the sum of the normals of its
triangles, weighted by area, points to its front.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .piece import Space

HEAD_M: Final = 0.2
PLAUSIBLE_M: Final = (0.03, 2.0)
"""Between these heights of a face a unit that the file states is believed."""
_SURE: Final = 0.25
"""A flat patch has 1, a closed surface 0: how far the normals of a face must agree to show its front."""
_BULGE: Final = 0.2
"""A ball has 1, a flat patch 0: how far a face must bulge to show its front."""
_HEAD: Final = 3.0
"""The head is what lies within so many times the mean distance of the face from its middle."""
_FEWEST: Final = 100
"""So many triangles are no face yet to show its front."""
_SOME: Final = 0.05
"""How much faces count that no shape moves."""

Array = NDArray[np.float64]


class Stand(NamedTuple):
    """How a scene becomes upright: points @ matrix, then faces turned inside out if `flipped`."""

    matrix: Array
    """Shape (3, 3): a rotation times the unit."""
    flipped: bool
    notes: tuple[str, ...]


def stand(
    vertices: Array, triangles: NDArray[np.int64], activity: NDArray[np.float64], space: Space, *, bare: bool
) -> Stand:
    """Return how to bring a face upright.

    Args:
        vertices: shape (n_vertices, 3).
        triangles: shape (n_triangles, 3).
        activity: shape (n_vertices,), from 0 to 1: how much of all shapes move each vertex; all 1 if there are none.
        space: what the file says.
        bare: whether there are no shapes to locate the face by.
    """
    notes: list[str] = []
    rotation = np.eye(3)
    if space.up == "Z":
        rotation = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float)  # x, y, z becomes x, z, -y
    elif space.front == -1:
        rotation = np.diag([-1.0, 1.0, -1.0])
    front, flipped = _front(vertices, triangles, activity)
    if flipped:
        notes.append("the faces are inside out; they are turned round here")
    if not bare and space.front is None:
        rotation, remarks = _turned(rotation, front, space)
        notes += remarks
    unit, remarks = _unit(_size(vertices, activity), space.unit_m)
    return Stand(rotation * unit, flipped, (*notes, *remarks))


def _front(vertices: Array, triangles: NDArray[np.int64], activity: Array) -> tuple[Array, bool]:
    """Return where the face looks, as long as its triangles agree (0 to 1; 0 where it is too flat to know), and
    whether they are inside out.

    What looks towards the middle of the head does not count: backs of eyes and teeth, and the bag of the mouth.
    """
    corners = vertices[triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    middles = corners.mean(axis=1)
    areas = np.linalg.norm(normals, axis=1)
    moved = activity[triangles].mean(axis=1)
    shares = moved**2 * areas
    if not shares.sum() > 0 or len(triangles) < _FEWEST:
        return np.zeros(3), False
    away = ((middles - shares @ middles / shares.sum()) ** 2).sum(axis=1)
    head = away <= _HEAD**2 * (shares @ away) / shares.sum()
    if head.sum() < _FEWEST:  # a lid that moves alone is no face
        head[:] = True
    outwards = middles[head] - areas[head] @ middles[head] / areas[head].sum()
    normals = normals[head] * ((moved[head] + _SOME) ** 2)[:, None]
    along = np.einsum("ij,ij->i", normals, outwards)
    lengths = np.linalg.norm(normals, axis=1)
    bulge = along.sum() / max(lengths @ np.linalg.norm(outwards, axis=1), np.finfo(float).tiny)
    if abs(bulge) < _BULGE:
        return np.zeros(3), False
    outer = along * bulge > 0
    return normals[outer].sum(axis=0) / lengths[outer].sum() * np.sign(bulge), bool(bulge < 0)


def _turned(rotation: Array, front: Array, space: Space) -> tuple[Array, list[str]]:
    """Return the rotation with quarter turns added where the face is sure to look elsewhere."""
    notes = []
    x, y, z = front @ rotation
    if abs(y) > _SURE and abs(y) > 2 * np.hypot(x, z):  # nobody looks up or down at rest
        if space.up is None:
            rotation = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float)
            notes.append("the file does not say which axis is up; its face looks along Y, so Z is taken as up")
        else:
            rotation = rotation @ np.array([[1, 0, 0], [0, 0, np.sign(y)], [0, -np.sign(y), 0]], float)
            notes.append(f"the face looks {'up' if y > 0 else 'down'}, and is raised to look along +Z")
        x, y, z = front @ rotation
    if max(abs(x), abs(z)) > max(_SURE, 2 * min(abs(x), abs(z))):
        quarters = round(np.arctan2(x, z) / (np.pi / 2)) % 4
        if quarters:
            cosine, sine = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarters]
            rotation = rotation @ np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]], float)
            axis = {1: "its side (+X)", 2: "the back (-Z)", 3: "its side (-X)"}[quarters]
            notes.append(f"the face looks to {axis} and is turned to +Z")
    return rotation, notes


def _size(vertices: Array, activity: Array) -> float:
    """Return how tall the face is, in units: what shapes move, but no less than a third of the whole.

    So an eyelid that moves alone is no face, and neither is a body.
    """
    face = vertices[activity > 0.1]
    return float(max(np.ptp(face, axis=0).max(initial=0), np.ptp(vertices, axis=0).max() / 3)) if len(face) else 0.0


def _unit(size: float, stated: float | None) -> tuple[float, list[str]]:
    """Return the unit in metres for a face that is `size` units tall."""
    if size <= 0:
        return stated or 1.0, []
    if stated is not None and PLAUSIBLE_M[0] <= size * stated <= PLAUSIBLE_M[1]:
        return stated, []
    unit = 10.0 ** round(np.log10(HEAD_M / size))
    if stated is None:
        if unit == 1:
            return unit, ["the file does not say its unit; by the size of the face it is taken to be metres"]
        says = "the file does not say its unit"
    else:
        says = f"by the file's unit the face would be {size * stated:.3g} m tall"
    return unit, [
        f"{says}; the face is {size:.3g} units tall, so one unit is taken as {_length(unit)} (a head is about 0.2 m)"
    ]


def _length(unit: float) -> str:
    names = {1.0: "1 m", 0.1: "10 cm", 0.01: "1 cm", 0.001: "1 mm", 1e-6: "1 µm"}
    return next((name for value, name in names.items() if np.isclose(unit, value)), f"{unit:g} m")
