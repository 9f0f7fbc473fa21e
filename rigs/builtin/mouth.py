"""Inside the mouth: teeth, gums and tongue."""

import numpy as np

from .form import MOUTH_Y
from .part import Part, Points, band, cap, joined

WIDTHS = (0.0086, 0.0068, 0.0076, 0.0070, 0.0068, 0.0098, 0.0096)
"""Widths of the teeth from the middle outwards, metres."""
FRONT_Z = 0.0785
EDGE = {"upper": MOUTH_Y - 0.0030, "lower": MOUTH_Y - 0.0020}


def _arch(s: Points, inset: float) -> tuple[Points, Points]:
    """Return points and outward normals in (x, z) at arc lengths s along a dental arch, `inset` behind it."""
    k = np.linspace(0, 1.45, 400)
    x, z = (0.0245 - inset) * np.sin(k), FRONT_Z - inset - 0.046 * (1 - np.cos(k))
    length = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(z)))])
    here = np.interp(np.abs(s), length, k)
    px, pz = (0.0245 - inset) * np.sin(here), FRONT_Z - inset - 0.046 * (1 - np.cos(here))
    tx, tz = (0.0245 - inset) * np.cos(here), -0.046 * np.sin(here)
    norm = np.hypot(tx, tz)
    sign = np.sign(s)
    return np.stack([sign * px, pz], -1), np.stack([-sign * tz / norm, tx / norm], -1)


def _tooth(s: float, width: float, depth: float, inset: float, root: float, edge: float) -> Part:
    """Return one tooth as a rounded box from its root to its edge."""
    turn = (np.arange(8) + 0.5) * 2 * np.pi / 8
    u = np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** 0.6
    v = np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** 0.7
    centre, normal = _arch(np.array([s]), inset)
    centre, normal = centre[0], normal[0]
    tangent = np.array([normal[1], -normal[0]])
    rows = []
    for level, scale, thick in (
        (0.0, 0.80, 0.9),
        (0.35, 0.94, 1.0),
        (0.7, 1.0, 0.92),
        (0.93, 0.96, 0.6),
        (1.0, 0.80, 0.35),
    ):
        flat = centre + np.outer(u * scale * width / 2, tangent) + np.outer((v * thick - 0.9) * depth / 2, normal)
        rows.append(np.stack([flat[:, 0], np.full(8, root + (edge - root) * level), flat[:, 1]], 1))
    part = Part("tooth", np.concatenate(rows))
    index = np.arange(40).reshape(5, 8)
    for k in range(4):
        quads = band(index[k], index[k + 1])
        part.add("teeth", quads if edge < root else quads[:, ::-1])
    top = index[4]
    quads = np.stack([top[[0, 7, 6, 5]], top[[1, 0, 5, 4]], top[[2, 1, 4, 3]]], 0)
    part.add("teeth", quads[:, ::-1] if edge < root else quads)
    return part


def _gum(inset: float, near: float, far: float) -> Part:
    """Return the gum: a half tube along the arch, from the height `near` the teeth to the height `far`."""
    s = np.linspace(-0.0545, 0.0545, 33)
    centre, normal = _arch(s, inset)
    centre[s == 0], normal[s == 0] = (0, FRONT_Z - inset), (0, 1)
    profile = (
        (0.0006, 0.15),
        (0.0012, 0.0),
        (0.0014, 0.5),
        (0.0004, 1.0),
        (-0.0060, 1.0),
        (-0.0072, 0.4),
        (-0.0066, 0.0),
        (-0.0050, 0.1),
    )
    rows = []
    for out, level in profile:
        flat = centre + normal * out
        rows.append(np.stack([flat[:, 0], np.full(len(s), near + (far - near) * level), flat[:, 1]], 1))
    part = Part("gum", np.concatenate(rows))
    index = np.arange(len(part.vertices)).reshape(len(profile), len(s))
    for k in range(len(profile)):
        quads = band(index[k], index[(k + 1) % len(profile)], closed=False)
        part.add("gums", quads if far > near else quads[:, ::-1])
    return part


def teeth(jaw: str) -> Part:
    """Return the "upper" or "lower" teeth with their gum."""
    upper = jaw == "upper"
    inset = 0.0 if upper else 0.0024
    scale = 1.0 if upper else 0.88
    edge = EDGE[jaw]
    up = 1 if upper else -1
    parts, s = [], 0.0
    for number, width in enumerate(WIDTHS):
        width = width * scale
        s += width / 2
        depth = 0.0042 if number < 3 else 0.0070
        short = (0.0, 0.0008, -0.0002, 0.0006, 0.0008, 0.001, 0.0014)[number]
        for side in (1, -1):
            tooth = _tooth(side * s, width * 0.985, depth, inset, MOUTH_Y + up * 0.0105, edge + up * short)
            parts.append(tooth)
        s += width / 2
    parts.append(_gum(inset, MOUTH_Y + up * 0.0072, MOUTH_Y + up * 0.0165))
    out = joined(f"{jaw} teeth", parts)
    out.fields["upper"] = np.full(len(out.vertices), float(up))
    out.fields["teeth"] = np.full(len(out.vertices), float(up))
    return out


def tongue() -> Part:
    """Return the tongue; the field "along" runs from its root (0) to its tip (1)."""
    n_along, n_around = 14, 16
    turn = np.arange(n_around) * 2 * np.pi / n_around
    rows, along = [], []
    for k in range(n_along):
        f = k / (n_along - 1)
        taper = np.sqrt(max(1 - ((f - 0.15) / 0.865) ** 2, 0.0)) if f > 0.15 else 1.0
        half, thick = 0.0150 * taper + 0.0006, 0.0062 * taper**0.6 + 0.0004
        z = 0.030 + 0.0370 * np.sin(f * np.pi / 2) ** 0.9
        y = MOUTH_Y - 0.0090 + 0.0050 * np.sin(np.pi * min(f * 0.9, 1)) - 0.001 * f
        x = half * np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** 0.8
        dy = thick * np.sin(turn) - 0.0012 * np.exp(-((x / 0.003) ** 2)) * (np.sin(turn) > 0) * taper
        rows.append(np.stack([x, y + dy, np.full(n_around, z)], 1))
        along.append(np.full(n_around, f))
    part = Part("tongue", np.concatenate(rows))
    index = np.arange(n_along * n_around).reshape(n_along, n_around)
    for k in range(n_along - 1):
        part.add("tongue", band(index[k], index[k + 1]))
    quads, triangles = cap(index[-1])
    part.add("tongue", quads)
    part.add("tongue", triangles)
    part.fields["along"] = np.concatenate(along)
    part.fields["tongue"] = np.ones(len(part.vertices))
    part.fields["upper"] = -np.ones(len(part.vertices))
    return part
