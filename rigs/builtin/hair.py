"""The hair: a cap over the skull, and locks that sweep from a parting."""

import numpy as np

from . import form
from .part import Part, Points, band, cap, joined, smoothstep, spline

SKULL = np.array([0.0, 0.028, -0.011])
SKULL_RADII = np.array([0.0790, 0.0885, 0.0965])

# Angle from the front in radians and height of the hair's edge: forehead, temple, before the ear, behind it, nape.
EDGE = np.array(
    [[0.0, 0.0730], [0.4, 0.0715], [0.8, 0.0600], [1.1, 0.0380], [1.32, 0.0020], [1.5, 0.0060], [1.75, 0.0100], [1.95, -0.0200],
     [2.3, -0.0480], [2.7, -0.0600], [np.pi, -0.0630]]
)  # fmt: skip

# Yaw and pitch of root and tip in degrees, width in metres, height above the skull, sideways bow.
LOCKS = (
    (-20, 66, 74, 2, 0.0165, 0.0125, 0.14),
    (-20, 62, 60, 8, 0.0165, 0.0140, 0.20),
    (-21, 58, 46, 16, 0.0165, 0.0150, 0.25),
    (-23, 54, 32, 21, 0.0155, 0.0155, 0.28),
    (-25, 50, 17, 24, 0.0140, 0.0150, 0.28),
    (-27, 46, 1, 26, 0.0120, 0.0130, 0.24),
    (-30, 54, -42, 25, 0.0120, 0.0115, -0.12),
    (-30, 60, -56, 16, 0.0135, 0.0110, -0.14),
    (-30, 66, -70, 6, 0.0145, 0.0105, -0.12),
)


def _direction(yaw: Points | float, pitch: Points | float) -> Points:
    yaw, pitch = np.radians(yaw), np.radians(pitch)
    return np.stack([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)], -1)


def _cap() -> Part:
    n, rows = 60, 17
    angle = np.arange(n) * 2 * np.pi / n - np.pi
    edge = spline(EDGE[:, 0], EDGE[:, 1], np.abs(angle))
    fine = np.linspace(3.5, len(form.SECTIONS) - 1, 300)
    height = form.loft(angle[None, :], fine[:, None])[..., 1]
    low = np.array([np.interp(edge[i], height[:, i], fine) for i in range(n)])
    points = []
    for k in range(rows):
        f = k / (rows - 1)
        p = form.loft(angle, low + (len(form.SECTIONS) - 1 - low) * f**0.9)
        out = (p - SKULL) / SKULL_RADII**2
        out /= np.linalg.norm(out, axis=1)[:, None]
        thick = -0.0015 + 0.0125 * smoothstep(-0.02, 0.22, np.full(n, f))
        thick *= 1 + 0.08 * np.sin(angle * 13 + 3 * f) * (1 - f)
        points.append(p + out * thick[:, None])
    part = Part("cap", np.concatenate(points))
    index = np.arange(n * rows).reshape(rows, n)
    for k in range(rows - 1):
        part.add("hair", band(index[k], index[k + 1]))
    quads, triangles = cap(np.roll(index[-1], -n // 2))
    part.add("hair", quads)
    part.add("hair", triangles)
    return part


def _lock(yaw0: float, pitch0: float, yaw1: float, pitch1: float, width: float, lift: float, bow: float) -> Part:
    n, around = 12, 8
    f = np.linspace(0, 1, n)[:, None]
    a, b = _direction(yaw0, pitch0), _direction(yaw1, pitch1)
    side = np.cross(a, b)
    side /= np.linalg.norm(side)
    d = a * (1 - f) + b * f + side * bow * np.sin(np.pi * f) * (1 - 0.3 * f)
    d /= np.linalg.norm(d, axis=1)[:, None]
    height = lift * (0.95 + 0.40 * np.sin(np.pi * f**0.8))
    centre = SKULL + SKULL_RADII * d + d * height
    along = np.gradient(centre, axis=0)
    along /= np.linalg.norm(along, axis=1)[:, None]
    across = np.cross(d, along)
    across /= np.linalg.norm(across, axis=1)[:, None]
    up = np.cross(along, across)
    size = np.clip(np.sin(np.pi * np.clip(0.10 + 0.90 * f[:, 0] ** 0.8, 0, 0.985)), 0.05, 1) ** 0.75
    turn = np.arange(around) * 2 * np.pi / around
    rings = (centre[:, None] + across[:, None] * (size[:, None] * width * np.cos(turn))[..., None]
             + up[:, None] * (size[:, None] * 0.0062 * np.sin(turn))[..., None])  # fmt: skip
    part = Part("lock", rings.reshape(-1, 3))
    index = np.arange(n * around).reshape(n, around)
    for k in range(n - 1):
        part.add("hair", band(index[k], index[k + 1]))
    for ring in (index[-1], index[0][::-1]):
        quads, triangles = cap(ring)
        part.add("hair", quads)
        part.add("hair", triangles)
    return part


def build() -> Part:
    """Return cap and locks."""
    return joined("hair", [_cap()] + [_lock(*lock) for lock in LOCKS])
