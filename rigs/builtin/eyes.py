"""The eyeballs: concentric rings about the line of sight, with iris and pupil."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .form import EYE, EYE_RADIUS
from .part import Part, Points, band, cap

SEGMENTS = 40
CLEARANCE = 0.0009
"""Metres that skin keeps from an eyeball, a little less than the inside of the lids does."""
# Polar angle in degrees of every ring, and the material between it and the ring before.
RINGS = (
    (4, "pupil"), (7.5, "pupil"), (9.5, "pupil"), (12.5, "iris inner"), (17.5, "iris"), (22.5, "iris"),
    (25, "iris rim"), (28, "sclera"), (36, "sclera"), (50, "sclera"), (62, "sclera"), (75, "sclera"), (90, "sclera"),
    (108, "sclera"),
)  # fmt: skip


def build() -> Part:
    """Return the left eyeball, looking along +Z; its field "polar" holds the degrees from the line of sight."""
    turn = np.arange(SEGMENTS) * 2 * np.pi / SEGMENTS
    part, rows = Part("left eye"), []
    for degrees, _ in RINGS:
        polar = np.radians(degrees)
        radius = EYE_RADIUS + 0.0012 * max(0.0, 1 - (degrees / 28) ** 2)  # the cornea stands out a little
        ring = [np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.full(SEGMENTS, np.cos(polar))]
        rows.append(part.grow(EYE + radius * np.stack(ring, 1), ball=1.0, eye=1.0, polar=degrees))
    part.add(RINGS[0][1], *cap(rows[0]))
    for (inside, outside), (_, material) in zip(pairwise(rows), RINGS[1:], strict=True):
        part.add(material, band(outside, inside))
    return part


def kept_out(points: Points, deltas: Points, centre: Points, scale: float, ball: NDArray[np.bool_]) -> Points:
    """Return deltas (m, n, 3) by which no shape takes skin into an eyeball: it slides along in front of it.

    `points`, shape (n, 3), are those of the head at rest. The eyeball lies at `centre`, shape (3,), and is so many
    times as large as ours; `ball` says the vertices of eyeballs, which are let be.
    """
    out = deltas.copy()
    near = np.flatnonzero(~ball & (np.linalg.norm(points - centre, axis=1) < 2.5 * scale * EYE_RADIUS))
    arm = points[near] + deltas[:, near] - centre
    far = np.linalg.norm(arm, axis=-1, keepdims=True)
    out[:, near] += arm * np.maximum(scale * (EYE_RADIUS + CLEARANCE) / far - 1, 0)
    return out
