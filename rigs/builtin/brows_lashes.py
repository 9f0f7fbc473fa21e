"""Brows and lashes."""

from itertools import pairwise

import numpy as np

from . import form
from .form import EYE
from .part import Index, Part, Points, band, spline

HAIRS = 26
"""Hairs that lie over a brow."""


def brow(fullness: float = 1.0) -> Part:
    """Return the left brow: a tapered strip that hugs the skin, and hairs that lie over it. Fields: "fade" is 1 where
    the skin shines through, "strand" distinguishes the hairs."""
    n = 15
    f = np.linspace(0, 1, n)
    part, rows = Part("left brow"), []
    for across, out, fade in (
        (-1, -0.0005, 1.0),
        (-0.7, 0.0008, 0.35),
        (0, 0.0011, 0),
        (0.7, 0.0008, 0.35),
        (1, -0.0005, 1.0),
    ):
        rows.append(part.grow(_on_brow(f, across, fullness, out), upper=1.0, fade=np.maximum(fade, 0.75 - 6 * f)))
    part.add("brows", *(band(*pair, closed=False) for pair in pairwise(rows)))
    for k in range(HAIRS):
        f0 = (k + 0.5) / HAIRS * 0.86
        low = -0.95 if k % 2 == 0 else -0.25
        along = np.array([0.0, 0.5, 1.0])
        f_way = f0 + along * (0.035 + 0.10 * f0)
        across_way = low + along * (1.15 - 0.55 * f0 if k % 2 == 0 else 0.85 - 0.4 * f0)
        wide = 0.010 * np.array([1.0, 0.9, 0.15])
        hair = [part.grow(_on_brow(f_way + side * wide, across_way, fullness, np.array([0.0004, 0.0017, 0.0016])),
                          upper=1.0, strand=0.4 + 0.6 * (k % 3 - 1)) for side in (-1, 1)]  # fmt: skip
        part.add("brows", band(hair[1], hair[0], closed=False))
    return part


def _on_brow(f: Points, across: Points | float, fullness: float, out: Points | float) -> Points:
    """Return points of the left brow: `f` runs from the nose (0) to the temple (1), `across` from the lower edge (-1)
    to the upper, `out` is metres above the skin."""
    f = np.clip(f, 0, 1)
    x = 0.0115 + 0.0395 * f
    y = spline(np.array([0, 0.35, 0.65, 1.0]), np.array([0.0205, 0.0236, 0.0250, 0.0190]), f)
    half = 0.0040 * fullness * np.sqrt(np.minimum(1, f / 0.22 + 0.15)) * (1 - f**1.8 * 0.80)
    return np.asarray(form.face(x, y + across * half) + np.asarray(out)[..., None] * np.array([0.25, 0, 1]))


def lashes(skin: Part, edge: Index, long: float = 1.0) -> Part:
    """Return the left upper lashes: a thin wedge along the lid's edge, given as a ring of the skin."""
    upper = edge[: len(edge) // 2 + 1]
    root = skin.vertices[upper]
    out = (root - EYE) / np.linalg.norm(root - EYE, axis=1)[:, None]
    turn = np.linspace(0, np.pi, len(upper))
    clumps = np.where(np.arange(len(upper)) % 2, 1.10, 0.88)
    length = (0.0034 * long * np.sqrt(np.sin(turn).clip(0)) * (1 + 0.35 * np.cos(turn)) * clumps)[:, None]
    fields = {key: skin.fields[key][upper] for key in ("lid", "lid_psi", "eye", "upper")}
    part = Part("left lashes")
    base = part.grow(root - 0.0004 * out, **fields)
    tip = part.grow(root + length * (0.85 * out + [0.30, 0.35, 0]), **fields)
    top = part.grow(root + 0.0003 * out + np.sin(turn)[:, None] * [0, 0.0009, 0], **fields)
    part.add("lashes", band(tip, base, closed=False), band(top, tip, closed=False))
    return part
