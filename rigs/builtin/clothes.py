"""A shirt."""

from itertools import pairwise

import numpy as np

from .part import Part, band, spline

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
