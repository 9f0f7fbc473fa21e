"""The form of the head: a loft of tilted cross-sections, with the features of the face raised upon it.

Coordinates are metres, the origin between the eyes in the middle of the head, +X the character's left, +Y up,
+Z where the face looks.
"""

import numpy as np

from .part import Points, smoothstep, spline

EYE = np.array([0.0325, 0.0, 0.0642])
"""Centre of the left eyeball."""
EYE_RADIUS = 0.0158
MOUTH_Y = -0.0635
MOUTH_HALF = 0.0250
"""Half the width of the mouth, to the corners of the inner lips."""
CONDYLE = np.array([0.0, -0.010, 0.004])
"""The jaw turns about the line through this point along X."""

# Cross-sections from the base of the neck to the crown: y and z in front, y and z and half-width at the side,
# y and z at the back, and how flat the front is (1 is an ellipse, smaller is flatter).
SECTIONS = np.array(
    [
        [-0.195, 0.046, -0.185, -0.020, 0.078, -0.150, -0.086, 1.0],
        [-0.160, 0.026, -0.146, -0.022, 0.050, -0.118, -0.077, 1.0],
        [-0.134, 0.024, -0.118, -0.020, 0.0445, -0.092, -0.071, 1.0],
        [-0.1165, 0.034, -0.099, -0.014, 0.0445, -0.075, -0.069, 1.0],
        [-0.1115, 0.056, -0.088, -0.006, 0.0480, -0.062, -0.072, 1.0],
        [-0.1075, 0.0730, -0.080, 0.000, 0.0525, -0.052, -0.077, 1.0],
        [-0.0970, 0.0800, -0.071, 0.002, 0.0560, -0.043, -0.083, 0.96],
        [-0.0815, 0.0810, -0.060, 0.003, 0.0592, -0.036, -0.088, 0.92],
        [-0.0640, 0.0830, -0.048, 0.002, 0.0628, -0.028, -0.093, 0.86],
        [-0.0460, 0.0850, -0.035, 0.000, 0.0665, -0.020, -0.098, 0.80],
        [-0.0230, 0.0868, -0.017, -0.003, 0.0700, -0.008, -0.102, 0.74],
        [0.000, 0.0876, 0.003, -0.006, 0.0722, 0.008, -0.105, 0.70],
        [0.025, 0.0885, 0.026, -0.010, 0.0738, 0.028, -0.106, 0.70],
        [0.050, 0.0865, 0.050, -0.013, 0.0742, 0.050, -0.105, 0.76],
        [0.073, 0.0785, 0.073, -0.015, 0.0705, 0.073, -0.099, 0.88],
        [0.092, 0.0640, 0.092, -0.016, 0.0615, 0.092, -0.087, 1.0],
        [0.106, 0.0440, 0.106, -0.017, 0.0458, 0.106, -0.068, 1.0],
        [0.1135, 0.0215, 0.1135, -0.0175, 0.0268, 0.1135, -0.046, 1.0],
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
    (0.0330, 0.0020, 0.0150, 0.0110, -0.0050),  # eye socket
    (0.0170, 0.0020, 0.0060, 0.0120, -0.0040),  # inner corner of the eye
    (0.0520, 0.0030, 0.0090, 0.0160, 0.0030),  # outer edge of the socket
    (0.0270, 0.0235, 0.0180, 0.0070, 0.0026),  # brow
    (0.0000, 0.0220, 0.0120, 0.0090, 0.0012),  # between the brows
    (0.0300, 0.0520, 0.0160, 0.0140, 0.0012),  # forehead
    (0.0470, -0.0210, 0.0140, 0.0095, 0.0042),  # cheekbone
    (0.0320, -0.0330, 0.0130, 0.0120, 0.0046),  # apple of the cheek
    (0.0490, -0.0560, 0.0120, 0.0140, -0.0022),  # hollow of the cheek
    (0.0205, -0.0455, 0.0036, 0.0070, -0.0013),  # fold from nose to mouth
    (0.0000, -0.0630, 0.0220, 0.0160, 0.0056),  # mound of the teeth
    (0.0262, -0.0640, 0.0050, 0.0060, -0.0022),  # corner of the mouth
    (0.0000, -0.0785, 0.0140, 0.0042, -0.0034),  # fold above the chin
    (0.0000, -0.0955, 0.0120, 0.0085, 0.0070),  # chin
    (0.0000, -0.0505, 0.0024, 0.0060, -0.0012),  # philtrum
    (0.0042, -0.0505, 0.0020, 0.0060, 0.0005),  # its ridges
    (0.0122, -0.0350, 0.0042, 0.0046, 0.0084),  # wing of the nose
    (0.0190, -0.0350, 0.0030, 0.0055, -0.0016),  # crease behind it
    (0.0115, -0.0255, 0.0036, 0.0036, -0.0012),  # crease above it
    (0.0000, -0.0320, 0.0074, 0.0060, 0.0070),  # tip of the nose
    (0.0068, -0.0400, 0.0027, 0.0020, -0.0062),  # nostril
)
NOSE_PROFILE = np.array(
    [[-0.058, 0], [-0.050, 0.0002], [-0.0445, 0.0020], [-0.0405, 0.0072], [-0.036, 0.0128], [-0.031, 0.0148],
     [-0.024, 0.0134], [-0.016, 0.0108], [-0.006, 0.0078], [0.005, 0.0052], [0.016, 0.0030], [0.030, 0.0]]
)  # fmt: skip
"""Height y, and how far the bridge and the tip of the nose stand out."""
_NOSE_Y = np.linspace(-0.058, 0.030, 200)
_NOSE_RISE = spline(NOSE_PROFILE[:, 0], NOSE_PROFILE[:, 1], _NOSE_Y)


def relief(x: Points, y: Points) -> Points:
    """Return how far the features rise towards +Z above the bare form at (x, y)."""
    rise = np.zeros(np.broadcast(x, y).shape)
    for bx, by, wx, wy, height in BUMPS:
        for side in (1, -1) if bx else (1,):
            rise += height * np.exp(-0.5 * (((x - side * bx) / wx) ** 2 + ((y - by) / wy) ** 2))
    width = 0.0048 + 0.0020 * smoothstep(-0.010, -0.034, y) + 0.0034 * smoothstep(0.000, 0.026, y)
    out: Points = rise + np.interp(y, _NOSE_Y, _NOSE_RISE) * np.exp(-0.5 * (x / width) ** 2)
    return out


def surface(angle: Points, t: Points) -> Points:
    """Return the sculpted form, shape (..., 3)."""
    p = loft(angle, t)
    front = smoothstep(0.15, 0.5, np.cos(angle)) * smoothstep(3.6, 5.2, t)
    p[..., 2] += front * relief(p[..., 0], p[..., 1])
    return p


def face(x: Points, y: Points) -> Points:
    """Return the point of the front of the face at (x, y), shape (..., 3)."""
    return surface(*locate(x, y))
