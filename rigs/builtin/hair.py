"""The hair: a cap over the skull, and locks that sweep from a parting."""

from itertools import pairwise

import numpy as np

from . import form
from .part import Part, Points, band, cap, joined, smoothstep, spline

SKULL = np.array([0.0, 0.028, -0.011])
SKULL_RADII = np.array([0.0790, 0.0885, 0.0965])

# Angle from the front in radians and height of the hair's edge: forehead, temple, before the ear, behind it, nape.
EDGE = np.array(
    [[0.0, 0.0730], [0.4, 0.0715], [0.8, 0.0600], [1.1, 0.0380], [1.32, 0.0020], [1.5, 0.0060], [1.75, 0.0100],
     [1.95, -0.0200], [2.3, -0.0480], [2.7, -0.0600], [np.pi, -0.0630]]
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


def _direction(yaw_degrees: float, pitch_degrees: float) -> Points:
    yaw, pitch = np.radians(yaw_degrees), np.radians(pitch_degrees)
    return np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])


def _unit(vectors: Points) -> Points:
    out: Points = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return out


def _cap() -> Part:
    n, top = 60, len(form.SECTIONS) - 1
    angle = np.arange(n) * 2 * np.pi / n - np.pi
    edge = spline(EDGE[:, 0], EDGE[:, 1], np.abs(angle))
    keys = np.linspace(3.5, top, 300)
    height = form.loft(angle[None, :], keys[:, None])[..., 1]
    low = np.array([np.interp(edge[i], height[:, i], keys) for i in range(n)])
    part, rows = Part("cap"), []
    for up in np.linspace(0, 1, 17):
        skin = form.loft(angle, low + (top - low) * up**0.9)
        thick = -0.0015 + 0.0125 * smoothstep(-0.02, 0.22, up)
        strands = 1 + 0.08 * np.sin(angle * 13 + 3 * up) * (1 - up)
        out = _unit((skin - SKULL) / SKULL_RADII**2)
        rows.append(part.grow(skin + out * (thick * strands)[:, None]))
    part.add("hair", *(band(*pair) for pair in pairwise(rows)), *cap(np.roll(rows[-1], -n // 2)))
    return part


def _lock(root: Points, tip: Points, width: float, lift: float, bow: float) -> Part:
    """Return a lock between two directions from the middle of the skull: a flat tube, thin at both ends."""
    along = np.linspace(0, 1, 12)[:, None]
    sideways = _unit(np.cross(root, tip))
    way = _unit(root * (1 - along) + tip * along + sideways * bow * np.sin(np.pi * along) * (1 - 0.3 * along))
    middle = SKULL + way * (SKULL_RADII + lift * (0.95 + 0.40 * np.sin(np.pi * along**0.8)))
    forward = _unit(np.gradient(middle, axis=0))
    across = _unit(np.cross(way, forward))
    size = np.sin(np.pi * np.minimum(0.10 + 0.90 * along**0.8, 0.985)) ** 0.75
    part, rows = Part("lock"), []
    turn = np.arange(8) * 2 * np.pi / 8
    for k in range(len(along)):
        wide = np.outer(width * np.cos(turn), across[k])
        high = np.outer(0.0062 * np.sin(turn), np.cross(forward[k], across[k]))
        rows.append(part.grow(middle[k] + size[k] * (wide + high)))
    part.add("hair", *(band(*pair) for pair in pairwise(rows)), *cap(rows[-1]), *cap(rows[0][::-1]))
    return part


def build() -> Part:
    """Return cap and locks; the shapes leave them still."""
    locks = [_lock(_direction(*lock[:2]), _direction(*lock[2:4]), *lock[4:]) for lock in LOCKS]
    out = joined("hair", [_cap(), *locks])
    out.fields["still"] = np.ones(len(out.vertices))
    return out
