"""The shapes of the left eye: lids and gaze.

Lids turn about the eyeball's centre. Shapes blend linearly, so a lid that is half closed lies on the chord of
its arc: closing lids move forwards a little, enough for the chord to stay clear of the eyeball.
"""

import numpy as np

from audio2blend.performance.gaze import FULL_LOOK_DEG

from . import lids
from .face import Face, turn
from .form import EYE, EYE_RADIUS
from .part import Points, smoothstep

SEAM = 0.16
"""Where closed lids meet, as a share of the opening from the lower lid up."""
OVERLAP = 0.05
"""Radians by which the upper lid goes past the seam, so that no light falls through."""


def _lids(face: Face, upper: float, lower: float, lift: float, *, past: float = 0.0) -> Points:
    """Return the left lids moved: each edge by a share of the opening (1 is all of it, positive upwards), and
    `lift` metres to the front; the upper goes on by `past` radians."""
    half_turn = np.arccos(np.cos(face.lid_psi))  # upper and lower vertex of the same x share it
    x, top = lids.edge(half_turn)
    _, bottom = lids.edge(-half_turn)
    radius = np.sqrt((EYE_RADIUS + lids.THICKNESS) ** 2 - x**2)
    opening = np.arcsin(top / radius) - np.arcsin(bottom / radius)
    lid = np.where((face.eye > 0) & ~face.ball, 1.0, 0.0)
    follow = smoothstep(0.0, 0.97, face.lid) * lid
    angle = np.where(np.sin(face.lid_psi) >= -1e-9, upper * opening - past, lower * opening)
    out = turn(face.points, EYE, 0, -angle * follow)
    out[:, 2] += lift * follow
    return out


def _gaze(face: Face, yaw: float, pitch: float) -> Points:
    """Return the left eyeball turned by degrees: yaw to the left, pitch upwards."""
    ball = (face.ball & (face.eye > 0))[:, None]
    turned = turn(face.points, EYE, 1, np.radians(yaw)) + turn(face.points, EYE, 0, -np.radians(pitch))
    return np.asarray(turned * ball)


def build(face: Face) -> dict[str, Points]:
    """Return the shapes of the left eye, each (n, 3), by their names without "Left"."""
    socket = (0.020, 0.010, 0.020)
    corner = (0.014, 0.010, 0.020)
    return {
        "eyeBlink": _lids(face, SEAM - 1, SEAM, 0.0019, past=OVERLAP)
        + face.push((0.034, 0.022, 0.085), socket, (0, -0.0012, 0)),
        "eyeLookDown": _gaze(face, 0, -FULL_LOOK_DEG["down"]) + _lids(face, -0.36, -0.14, 0.0005),
        "eyeLookUp": _gaze(face, 0, FULL_LOOK_DEG["up"]) + _lids(face, 0.11, 0.11, 0.0008),
        "eyeLookIn": _gaze(face, -FULL_LOOK_DEG["side"], 0) + face.push((0.034, 0, 0.08), corner, (-0.0008, 0, 0)),
        "eyeLookOut": _gaze(face, FULL_LOOK_DEG["side"], 0) + face.push((0.034, 0, 0.08), corner, (0.0008, 0, 0)),
        "eyeSquint": _lids(face, -0.16, 0.30, 0.0006)
        + face.push((0.036, -0.020, 0.080), (0.017, 0.008, 0.02), (0, 0.0035, 0.001)),
        "eyeWide": _lids(face, 0.24, -0.08, 0.0004) + face.push((0.034, 0.020, 0.085), socket, (0, 0.0025, 0)),
        "cheekSquint": _lids(face, 0.0, 0.18, 0.0005)
        + face.push((0.040, -0.028, 0.075), (0.016, 0.012, 0.03), (0.0005, 0.0075, 0.003)),
    }
