"""Brows, lashes, ears and a shirt."""

import numpy as np

from . import form
from .part import Index, Part, band, smoothstep, spline


def brow() -> Part:
    """Return the left brow: a tapered strip that hugs the skin."""
    n = 15
    f = np.linspace(0, 1, n)
    x = 0.0130 + 0.0395 * f
    y = spline(np.array([0, 0.35, 0.7, 1.0]), np.array([0.0252, 0.0284, 0.0296, 0.0230]), f)
    half = 0.0035 * np.sqrt(np.minimum(1, f / 0.22 + 0.12)) * (1 - f**1.8 * 0.88)
    rows = []
    for across, out in ((-1, -0.0005), (-0.75, 0.0012), (0.0, 0.0019), (0.75, 0.0012), (1, -0.0005)):
        p = form.face(x, y + across * half)
        rows.append(p + np.array([0.25, 0, 1]) * out)
    part = Part("left brow", np.concatenate(rows))
    index = np.arange(5 * n).reshape(5, n)
    for k in range(4):
        part.add("brows", band(index[k], index[k + 1], closed=False))
    part.fields["brow"] = np.ones(5 * n)
    part.fields["upper"] = np.ones(5 * n)
    return part


def lashes(skin: Part, edge: Index) -> Part:
    """Return the left upper lashes: a thin wedge along the lid's edge."""
    n = len(edge)
    k = edge[: n // 2 + 1]
    p = skin.vertices[k]
    out = p - form.EYE
    out /= np.linalg.norm(out, axis=1)[:, None]
    s = np.sin(np.linspace(0, np.pi, len(k)))
    length = 0.0042 * s**0.5 * (1 + 0.35 * np.cos(np.linspace(0, np.pi, len(k))))
    tip = p + out * length[:, None] * 0.85 + np.array([0.30, 0.35, 0]) * length[:, None]
    base = p - out * 0.0004
    lift = p + np.array([0, 0.0011, 0.0]) * s[:, None] + out * 0.0003
    part = Part("left lashes", np.concatenate([base, tip, lift]))
    a, b, c = np.arange(3 * len(k)).reshape(3, -1)
    part.add("lashes", band(b, a, closed=False))
    part.add("lashes", band(c, b, closed=False))
    for key in ("lid", "lid_psi", "eye", "upper"):
        part.fields[key] = np.tile(skin.fields[key][k], 3)
    return part


def ear() -> Part:
    """Return the left ear: a dished disc whose rim is rolled."""
    n, rings = 24, 7
    turn = np.arange(n) * 2 * np.pi / n
    outline_y = 0.030 * np.sin(turn) + 0.002 * np.cos(turn)
    outline_x = 0.0175 * np.cos(turn) * (1 + 0.22 * np.sin(turn))
    profile = (
        (1.0, -0.006),
        (1.06, 0.0),
        (1.0, 0.0032),
        (0.88, 0.0028),
        (0.74, -0.0002),
        (0.52, -0.0008),
        (0.30, -0.0045),
    )
    rows = []
    for scale, out in profile:
        back, up = outline_x * scale, outline_y * scale
        lift = out + 0.010 * smoothstep(-0.010, 0.018, back)
        rows.append(np.stack([0.0735 + lift, up - 0.014 + 0.12 * back, -0.012 - back], 1))
    part = Part("left ear", np.concatenate(rows))
    index = np.arange(rings * n).reshape(rings, n)
    for k in range(rings - 1):
        part.add("skin", band(index[k], index[k + 1]))
    half = index[-1]
    m = np.arange(1, n // 2 - 1)
    part.add("skin", np.stack([half[m], half[m + 1], half[n - m - 1], half[n - m]], 1))
    part.add("skin", np.array([[half[0], half[1], half[n - 1]], [half[n // 2 - 1], half[n // 2], half[n // 2 + 1]]]))
    return part


# Shirt rows from the collar's inside outwards and down: front y, z; side y, z, half-width; back y, z.
SHIRT = np.array(
    [
        [-0.170, 0.028, -0.150, -0.022, 0.052, -0.128, -0.078],
        [-0.164, 0.040, -0.146, -0.022, 0.060, -0.120, -0.087],
        [-0.172, 0.048, -0.152, -0.022, 0.068, -0.128, -0.094],
        [-0.185, 0.053, -0.158, -0.024, 0.090, -0.140, -0.100],
        [-0.205, 0.064, -0.168, -0.026, 0.130, -0.160, -0.108],
        [-0.235, 0.078, -0.190, -0.028, 0.172, -0.195, -0.114],
        [-0.270, 0.088, -0.232, -0.028, 0.192, -0.245, -0.116],
        [-0.310, 0.094, -0.300, -0.028, 0.200, -0.305, -0.116],
    ]
)


def shirt() -> Part:
    """Return neck opening and shoulders of a shirt."""
    n, rows = 48, 16
    keys = np.linspace(0, 7, rows)
    table = spline(np.arange(8.0), SHIRT, keys)
    angle = np.arange(n) * 2 * np.pi / n - np.pi
    cos, sin = np.cos(angle), np.sin(angle)
    f, b = np.maximum(cos, 0), np.maximum(-cos, 0)
    points = []
    for yf, zf, ys, zs, w, yb, zb in table:
        flat = 0.75
        z = zs + (zf - zs) * f**flat - (zs - zb) * b**flat
        y = ys + (yf - ys) * f**1.5 + (yb - ys) * b**1.5
        points.append(np.stack([w * sin, y, z], 1))
    part = Part("shirt", np.concatenate(points))
    index = np.arange(n * rows).reshape(rows, n)
    for k in range(rows - 1):
        part.add("shirt", band(index[k + 1], index[k]))
    return part
