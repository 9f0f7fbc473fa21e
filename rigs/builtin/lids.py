"""The eyelids: their edges, and the rings that lead from the skin to them and behind them."""

import numpy as np

from . import form
from .form import EYE, EYE_RADIUS
from .part import Index, Part, Points, band, smoothstep

HALF, UP, DOWN = 0.0150, 0.0055, 0.0062
"""Half the width of the eye's opening, and its height above and below the middle, in metres."""
THICKNESS = 0.0016
"""Metres between the eyeball and the skin at the edges."""
INNER = 0.0010
"""Metres between the eyeball and the inside of the lids."""
REACH = (0.0090, 0.0130)
"""How far the lids reach from the edge, sideways and upwards, in metres."""
RINGS = 7


def edge(psi: Points) -> tuple[Points, Points]:
    """Return x and y of the left eye's lid edges relative to the eyeball's centre; `psi` runs from the outer
    corner over the top."""
    cos, sin = np.cos(psi), np.sin(psi)
    up = UP * np.abs(sin) ** 0.9 * (1 - 0.08 * cos)
    down = -DOWN * np.abs(sin) ** 1.05 * (1 + 0.16 * cos)
    return HALF * cos, np.where(sin >= 0, up, down) + 0.0010 * cos


def fill(part: Part, ring: Index, side: int) -> Index:
    """Fill the hole for an eye, 1 the left and -1 the right, and return the ring of the lids' edge.

    `ring` bounds the hole from the outer corner over the top. Fields: "lid" is 1 at the edge and falls to 0
    where the lids end, "lid_psi" is the place along the edge, "eye" the side.
    """
    psi = np.arange(len(ring)) * 2 * np.pi / len(ring)
    edge_x, edge_y = edge(psi)
    outer = (part.vertices[ring] * [side, 1, 1] - EYE)[:, :2]

    def lay(material: str, points: Points, lid: Points | float) -> None:
        nonlocal ring
        new = part.grow((EYE + points) * [side, 1, 1], lid=lid, lid_psi=psi, eye=side, upper=1.0)
        faces = band(ring, new)
        part.add(material, faces if side > 0 else faces[:, ::-1])
        ring = new

    for k in range(1, RINGS + 1):
        inwards = 1 - (1 - k / RINGS) ** 1.25
        x, y = (outer * (1 - inwards) + np.stack([edge_x, edge_y], 1) * inwards).T
        away, past = _away(x, y)
        face = form.face(EYE[0] + x, EYE[1] + y)[:, 2] - EYE[2]
        stick = smoothstep(1.0, 0.03, away)
        z = face * (1 - stick) + _shell(x * past**-0.9, y * past**-0.9) * stick
        z -= 0.0018 * np.clip(y / UP, 0, 1) * np.exp(-(((away - 0.36) / 0.10) ** 2))  # the fold of the upper lid
        lay("skin", np.stack([x, y, z], 1), np.clip(1 - away, 0, 1))
    edge_ring = ring
    rim = np.stack([edge_x, edge_y, _shell(edge_x, edge_y)], 1)
    for spread in (1.0, 1.22):
        behind = rim * [spread, spread, 1]
        lay("lid rim", behind / np.linalg.norm(behind, axis=1)[:, None] * (EYE_RADIUS + INNER), 1.0)
    return edge_ring


def _away(x: Points, y: Points) -> tuple[Points, Points]:
    """Return the distance of points from the edge, 1 where the lids end, and how many times as far from the
    eye's middle as the edge they are."""
    past = np.maximum(np.hypot(x / HALF, y / np.where(y > 0, UP, DOWN)), 1)
    distance = np.hypot(x, y)
    reach = np.hypot(REACH[0] * x, REACH[1] * y) / np.maximum(distance, 1e-9)
    return (1 - 1 / past) * distance / reach, past


def _shell(x: Points, y: Points) -> Points:
    """Return how far in front of the eyeball's centre a lid lies at (x, y)."""
    radius = EYE_RADIUS + THICKNESS
    out: Points = np.sqrt(np.maximum(radius**2 - x**2 - y**2, (0.4 * radius) ** 2))
    return out
