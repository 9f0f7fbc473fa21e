"""The lips: their lines, and the rings that lead from the skin over the red to the seam and into the mouth."""

import numpy as np

from . import form
from .form import MOUTH_HALF, MOUTH_Y
from .part import Index, Part, Points, band, cap

SKIN_RINGS = 7
RED_RINGS = 6

# The bag of the mouth from the seam inwards: depth behind the seam, rise of the roof, fall of the floor in
# metres, width over that of the seam, and how deep inside it counts as.
BAG = (
    (0.0030, 0.0008, 0.0008, 1.00, 0.00),
    (0.0055, 0.0035, 0.0035, 1.00, 0.10),
    (0.0085, 0.010, 0.008, 1.02, 0.30),
    (0.0130, 0.017, 0.014, 1.06, 0.60),
    (0.0250, 0.022, 0.020, 1.10, 1.00),
    (0.0400, 0.020, 0.022, 1.00, 1.00),
    (0.0520, 0.012, 0.016, 0.80, 1.00),
)


def seam(x: Points) -> Points:
    """Return the height at which the lips meet."""
    out: Points = MOUTH_Y - 0.0007 * np.exp(-((x / 0.0055) ** 2)) + 0.0012 * (x / MOUTH_HALF) ** 2
    return out


def height(x: Points, *, upper: bool) -> Points:
    """Return how far the red of a lip reaches from the seam."""
    taper: Points = (1 - np.clip(np.abs(x) / MOUTH_HALF, 0, 1) ** 2) ** 0.8
    if not upper:
        return 0.0092 * taper
    bow = 0.0006 * np.exp(-(((np.abs(x) - 0.006) / 0.004) ** 2)) - 0.0016 * np.exp(-((x / 0.0034) ** 2))
    out: Points = np.maximum(0.0076 * taper + bow, 0)
    return out


def fill(part: Part, ring: Index) -> Index:
    """Fill the hole for the mouth and return the ring of the seam; upper and lower lip touch there.

    `ring` bounds the hole from the left corner over the top. Fields: "upper" is 1 on the upper lip, -1 on the
    lower and 0 at the corners; "roll" runs from the border of the red (0) to the seam (1); "inner" is 1 behind
    the seam, and "depth" says how deep inside.
    """
    psi = np.arange(len(ring)) * 2 * np.pi / len(ring)
    cos, sin = np.cos(psi), np.sin(psi)
    side = np.where(np.abs(sin) < 1e-9, 0.0, np.sign(sin))
    seam_x, border_x = MOUTH_HALF * cos, (MOUTH_HALF + 0.0016) * cos
    seam_y = seam(seam_x)
    red = np.where(side >= 0, height(seam_x, upper=True), height(seam_x, upper=False))
    border_y = seam(border_x) + side * (red + 0.0006)
    outer = part.vertices[ring]

    def lay(material: str, points: Points, **fields: Points | float) -> None:
        nonlocal ring
        new = part.grow(points, upper=side, **fields)
        part.add(material, band(ring, new))
        ring = new

    for k in range(1, SKIN_RINGS + 1):
        inwards = 1 - (1 - k / SKIN_RINGS) ** 1.2
        x = outer[:, 0] * (1 - inwards) + border_x * inwards
        y = outer[:, 1] * (1 - inwards) + border_y * inwards
        lay("skin", form.face(x, y))
    border_z = form.face(border_x, border_y)[:, 2]
    seam_z = form.face(seam_x, seam_y)[:, 2] - 0.0012
    fullness = np.where(side >= 0, 0.0034, 0.0042) * np.abs(sin) ** 0.6
    start = np.radians(35)  # the red rolls out of the skin, and flat into the seam
    for k in range(1, RED_RINGS + 1):
        inwards = k / RED_RINGS
        angle = start + (np.pi - start) * inwards
        x = border_x + (seam_x - border_x) * inwards
        y = seam_y + (border_y - seam_y) * (1 + np.cos(angle)) / (1 + np.cos(start))
        z = border_z + (seam_z - border_z) * inwards + fullness * (np.sin(angle) - np.sin(start) * (1 - inwards))
        lay("lips", np.stack([x, y, z], 1), roll=inwards)
    seam_ring = ring
    for behind, roof, floor, width, depth in BAG:
        y = seam_y + np.where(side >= 0, roof, -floor) * np.abs(sin) ** 0.7
        curve = 0.012 * (cos * width) ** 2 * min(1, behind / 0.013)
        points = np.stack([seam_x * width, y, seam_z - behind - curve], 1)
        lay("lips" if depth == 0 else "mouth", points, roll=1.0, inner=1.0, depth=depth)
    part.add("mouth", *cap(ring))
    return seam_ring
