"""Brows, lashes, ears and a shirt."""

from itertools import pairwise

import numpy as np

from . import form
from .form import EYE
from .part import Index, Part, band, cap, smoothstep, spline


def brow() -> Part:
    """Return the left brow: a tapered strip that hugs the skin."""
    n = 15
    f = np.linspace(0, 1, n)
    x = 0.0130 + 0.0395 * f
    y = spline(np.array([0, 0.35, 0.7, 1.0]), np.array([0.0246, 0.0268, 0.0270, 0.0208]), f)
    half = 0.0035 * np.sqrt(np.minimum(1, f / 0.22 + 0.02)) * (1 - f**1.8 * 0.88)
    part, rows = Part("left brow"), []
    for across, out in ((-1, -0.0005), (-0.75, 0.0012), (0.0, 0.0019), (0.75, 0.0012), (1, -0.0005)):
        p = form.face(x, y + across * half)
        rows.append(part.grow(p + np.array([0.25, 0, 1]) * out, upper=1.0))
    part.add("brows", *(band(*pair, closed=False) for pair in pairwise(rows)))
    return part


def lashes(skin: Part, edge: Index) -> Part:
    """Return the left upper lashes: a thin wedge along the lid's edge, given as a ring of the skin."""
    upper = edge[: len(edge) // 2 + 1]
    root = skin.vertices[upper]
    out = (root - EYE) / np.linalg.norm(root - EYE, axis=1)[:, None]
    turn = np.linspace(0, np.pi, len(upper))
    length = (0.0042 * np.sqrt(np.sin(turn).clip(0)) * (1 + 0.35 * np.cos(turn)))[:, None]
    fields = {key: skin.fields[key][upper] for key in ("lid", "lid_psi", "eye", "upper")}
    part = Part("left lashes")
    base = part.grow(root - 0.0004 * out, **fields)
    tip = part.grow(root + length * (0.85 * out + [0.30, 0.35, 0]), **fields)
    top = part.grow(root + 0.0003 * out + np.sin(turn)[:, None] * [0, 0.0011, 0], **fields)
    part.add("lashes", band(tip, base, closed=False), band(top, tip, closed=False))
    return part


def ear() -> Part:
    """Return the left ear: a dished disc whose rim is rolled."""
    n = 24
    turn = np.arange(n) * 2 * np.pi / n
    outline_y = 0.030 * np.sin(turn) + 0.002 * np.cos(turn)
    outline_x = 0.0175 * np.cos(turn) * (1 + 0.22 * np.sin(turn))
    part, rows = Part("left ear"), []
    for scale, out in (
        (1.0, -0.006),
        (1.06, 0),
        (1.0, 0.0032),
        (0.88, 0.0028),
        (0.74, -0.0002),
        (0.52, -0.0008),
        (0.3, -0.0045),
    ):
        back, up = outline_x * scale, outline_y * scale
        lift = out + 0.010 * smoothstep(-0.010, 0.018, back)
        rows.append(part.grow(np.stack([0.0735 + lift, up - 0.014 + 0.12 * back, -0.012 - back], 1)))
    part.add("skin", *(band(*pair) for pair in pairwise(rows)), *cap(rows[-1]))
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
    n = 48
    angle = np.arange(n) * 2 * np.pi / n - np.pi
    sin, front, back = np.sin(angle), np.maximum(np.cos(angle), 0), np.maximum(-np.cos(angle), 0)
    part, rows = Part("shirt"), []
    keys = np.arange(float(len(SHIRT)))
    for yf, zf, ys, zs, width, yb, zb in spline(keys, SHIRT, np.linspace(0, keys[-1], 16)):
        z = zs + (zf - zs) * front**0.75 + (zb - zs) * back**0.75
        y = ys + (yf - ys) * front**1.5 + (yb - ys) * back**1.5
        rows.append(part.grow(np.stack([width * sin, y, z], 1), still=1.0))
    part.add("shirt", *(band(low, high) for high, low in pairwise(rows)))
    return part
