"""The eyeballs: concentric rings about the line of sight, with iris and pupil."""

import numpy as np

from .form import EYE, EYE_RADIUS
from .part import Part, band, cap

SEGMENTS = 32
# Polar angle in degrees of every ring, and the material between it and the ring before.
RINGS = ((6, "pupil"), (10.5, "pupil"), (15, "pupil"), (21, "iris inner"), (27, "iris"), (31, "iris"), (33.5, "iris rim"),
         (40, "sclera"), (50, "sclera"), (62, "sclera"), (75, "sclera"), (90, "sclera"), (108, "sclera"))  # fmt: skip


def build() -> Part:
    """Return the left eyeball, looking along +Z."""
    turn = np.arange(SEGMENTS) * 2 * np.pi / SEGMENTS
    rows, part = [], Part("left eye", np.empty((0, 3)))
    for polar, _ in RINGS:
        a = np.radians(polar)
        radius = EYE_RADIUS + 0.0005 * np.exp(-((polar / 24) ** 4))  # the cornea stands out a little
        rows.append(
            EYE
            + radius * np.stack([np.sin(a) * np.cos(turn), np.sin(a) * np.sin(turn), np.full(SEGMENTS, np.cos(a))], 1)
        )
    part.vertices = np.concatenate(rows)
    index = np.arange(len(part.vertices)).reshape(len(RINGS), SEGMENTS)
    quads, triangles = cap(index[0])
    part.add("pupil", quads)
    part.add("pupil", triangles)
    for k in range(1, len(RINGS)):
        part.add(RINGS[k][1], band(index[k], index[k - 1]))
    part.fields["ball"] = np.ones(len(part.vertices))
    part.fields["eye"] = np.ones(len(part.vertices))
    return part
