"""The form of the head: a loft of tilted cross-sections, with the features of the face raised upon it.

Coordinates are metres, the origin between the eyes in the middle of the head, +X the character's left, +Y up,
+Z where the face looks.
"""

import numpy as np

from .part import Points, smoothstep, spline

EYE = np.array([0.0335, 0.0, 0.0655])
"""Centre of the left eyeball."""
EYE_RADIUS = 0.0165
MOUTH_Y = -0.0695
MOUTH_HALF = 0.0235
"""Half the width of the mouth, to the corners of the inner lips."""
CONDYLE = np.array([0.0, -0.012, 0.004])
"""The jaw turns about the line through this point along X."""

# Cross-sections from the base of the neck to the crown: y and z in front, y and z and half-width at the side,
# y and z at the back, and how flat the front is (1 is an ellipse, smaller is flatter).
SECTIONS = np.array(
    [
        [-0.200, 0.050, -0.190, -0.020, 0.080, -0.155, -0.088, 1.0],
        [-0.168, 0.031, -0.152, -0.022, 0.054, -0.122, -0.079, 1.0],
        [-0.142, 0.029, -0.126, -0.020, 0.0485, -0.098, -0.073, 1.0],
        [-0.125, 0.037, -0.106, -0.014, 0.0485, -0.080, -0.071, 1.0],
        [-0.1170, 0.058, -0.092, -0.006, 0.0510, -0.066, -0.073, 1.0],
        [-0.1120, 0.075, -0.083, 0.000, 0.0540, -0.055, -0.077, 1.0],
        [-0.1020, 0.0825, -0.075, 0.002, 0.0570, -0.046, -0.081, 0.95],
        [-0.088, 0.0825, -0.064, 0.003, 0.0605, -0.038, -0.086, 0.9],
        [-0.070, 0.0840, -0.052, 0.002, 0.0645, -0.030, -0.090, 0.85],
        [-0.050, 0.0855, -0.038, 0.000, 0.0685, -0.021, -0.095, 0.8],
        [-0.025, 0.0870, -0.018, -0.003, 0.0725, -0.009, -0.100, 0.8],
        [0.000, 0.0880, 0.003, -0.006, 0.0750, 0.008, -0.104, 0.8],
        [0.025, 0.0890, 0.026, -0.010, 0.0765, 0.028, -0.106, 0.8],
        [0.050, 0.0870, 0.050, -0.013, 0.0755, 0.050, -0.105, 0.85],
        [0.073, 0.0790, 0.073, -0.015, 0.0705, 0.073, -0.099, 0.9],
        [0.092, 0.0650, 0.092, -0.016, 0.0610, 0.092, -0.087, 1.0],
        [0.106, 0.0445, 0.106, -0.017, 0.0455, 0.106, -0.068, 1.0],
        [0.1135, 0.0215, 0.1135, -0.0175, 0.0265, 0.1135, -0.046, 1.0],
        [0.1158, 0.004, 0.1158, -0.018, 0.0105, 0.1158, -0.029, 1.0],
    ]
)
_KEYS = np.arange(len(SECTIONS), dtype=float)
_FINE = np.linspace(0, len(SECTIONS) - 1, 400)
_TABLE = spline(_KEYS, SECTIONS, _FINE)


def _section(t: Points) -> list[Points]:
    """Return the eight columns of `SECTIONS` at key positions t."""
    return [np.interp(t, _FINE, _TABLE[:, k]) for k in range(8)]


def key_at_front(y: Points) -> Points:
    """Return the key position t of the cross-section whose front lies at height y; y above the chin."""
    keep = _FINE >= 4
    return np.interp(y, _TABLE[keep, 0], _FINE[keep])


def loft(angle: Points, t: Points) -> Points:
    """Return the bare form, shape (..., 3), at angles from the front (positive to the left) and keys t."""
    yf, zf, ys, zs, width, yb, zb, flat = _section(t)
    cos, sin = np.cos(angle), np.sin(angle)
    front = np.maximum(cos, 0)
    back = np.maximum(-cos, 0)
    z = zs + (zf - zs) * front**flat - (zs - zb) * back
    y = ys + (yf - ys) * front**1.5 + (yb - ys) * back**1.5
    return np.stack([width * sin, y, z], axis=-1)


def locate(x: Points, y: Points) -> tuple[Points, Points]:
    """Return the angle and key at which the front of the loft lies behind (x, y), by Newton's method."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    t = key_at_front(y)
    angle = np.arcsin(np.clip(x / 0.08, -0.95, 0.95))
    h = 1e-5
    for _ in range(12):
        here = loft(angle, t)
        da = (loft(angle + h, t) - here) / h
        dt = (loft(angle, t + h) - here) / h
        ex, ey = x - here[..., 0], y - here[..., 1]
        det = da[..., 0] * dt[..., 1] - da[..., 1] * dt[..., 0]
        angle = np.clip(angle + np.clip((ex * dt[..., 1] - ey * dt[..., 0]) / det, -0.2, 0.2), -1.5, 1.5)
        t = np.clip(t + np.clip((ey * da[..., 0] - ex * da[..., 1]) / det, -1, 1), 3, len(SECTIONS) - 1)
    return angle, t


# Features of the front, each (x, y, width, height, rise) of a bell; those off the middle stand on both sides.
BUMPS = (
    (0.0340, 0.0010, 0.0170, 0.0110, -0.0080),  # eye socket
    (0.0180, -0.0010, 0.0060, 0.0100, -0.0030),  # inner corner of the eye
    (0.0260, 0.0240, 0.0170, 0.0080, 0.0035),  # brow
    (0.0380, -0.0340, 0.0150, 0.0140, 0.0050),  # apple of the cheek
    (0.0000, -0.0690, 0.0230, 0.0170, 0.0060),  # mound of the teeth
    (0.0250, -0.0700, 0.0060, 0.0080, -0.0025),  # corner of the mouth
    (0.0000, -0.0860, 0.0150, 0.0050, -0.0035),  # fold above the chin
    (0.0000, -0.1010, 0.0130, 0.0085, 0.0060),  # chin
    (0.0000, -0.0560, 0.0026, 0.0060, -0.0014),  # philtrum
    (0.0045, -0.0560, 0.0022, 0.0060, 0.0006),  # its ridges
    (0.0125, -0.0415, 0.0050, 0.0050, 0.0085),  # wing of the nose
    (0.0000, -0.0375, 0.0085, 0.0070, 0.0050),  # tip of the nose
    (0.0058, -0.0462, 0.0030, 0.0022, -0.0050),  # nostril
)
NOSE_PROFILE = np.array(
    [[-0.060, 0], [-0.054, 0.0004], [-0.0495, 0.0030], [-0.0455, 0.0110], [-0.0405, 0.0190], [-0.036, 0.0195],
     [-0.028, 0.0155], [-0.018, 0.0112], [-0.006, 0.0070], [0.006, 0.0040], [0.016, 0.0022], [0.028, 0.0]]
)  # fmt: skip


def relief(x: Points, y: Points) -> Points:
    """Return how far the features rise towards +Z above the bare form at (x, y)."""
    rise = np.zeros(np.broadcast(x, y).shape)
    for bx, by, wx, wy, height in BUMPS:
        for side in (1, -1) if bx else (1,):
            rise += height * np.exp(-0.5 * (((x - side * bx) / wx) ** 2 + ((y - by) / wy) ** 2))
    width = 0.0062 + 0.0035 * smoothstep(0.0, -0.038, y)
    nose = np.interp(y, NOSE_PROFILE[:, 0], spline(NOSE_PROFILE[:, 0], NOSE_PROFILE[:, 1], NOSE_PROFILE[:, 0]))
    return rise + nose * np.exp(-0.5 * (x / width) ** 2)


def surface(angle: Points, t: Points) -> Points:
    """Return the sculpted form, shape (..., 3)."""
    p = loft(angle, t)
    front = smoothstep(0.15, 0.5, np.cos(angle)) * smoothstep(3.6, 5.2, t)
    p[..., 2] += front * relief(p[..., 0], p[..., 1])
    return p


def face(x: Points, y: Points) -> Points:
    """Return the point of the front of the face at (x, y), shape (..., 3)."""
    return surface(*locate(x, y))
