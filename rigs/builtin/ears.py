"""The ears: dished shells with a rolled rim, an inner ridge, a hollow and a lobe."""

from itertools import pairwise

import numpy as np

from .part import Part, Points, band, cap, smoothstep

AROUND = 28
# Rows from the head outwards over the rim and into the hollow: share of the outline, 0 on the head and 1 on the shell.
ROWS = (
    (0.70, 0.0), (0.97, 0.55), (1.03, 1.0), (0.98, 1.0), (0.92, 1.0), (0.85, 1.0), (0.77, 1.0), (0.69, 1.0),
    (0.61, 1.0), (0.52, 1.0), (0.42, 1.0), (0.30, 1.0), (0.15, 1.0),
)  # fmt: skip


def build() -> Part:
    """Return the left ear; its field "ear" is 1."""
    turn = np.arange(AROUND) * 2 * np.pi / AROUND  # from the back over the top
    sin, cos = np.sin(turn), np.cos(turn)
    outline_back = np.where(cos > 0, 0.0175, 0.0135) * cos * (1 + 0.24 * sin)
    outline_up = np.where(sin > 0, 0.0285, 0.0310) * sin
    part, rows = Part("left ear"), []
    for share, out in ROWS:
        back, up = outline_back * share, outline_up * share
        lift = _height(share, turn, back) if out == 1 else out * 0.010 * smoothstep(-0.012, 0.016, back) - 0.003
        x = 0.0690 + np.where(out > 0, lift, -0.006)
        rows.append(part.grow(np.stack([x, up - 0.0120, -0.010 - back - 0.22 * up], 1), ear=1.0))
    part.add("skin", *(band(*pair) for pair in pairwise(rows)), *cap(rows[-1]))
    return part


def _height(share: float, turn: Points, back: Points) -> Points:
    """Return how far the shell stands off the head, in metres."""
    sin, cos = np.sin(turn), np.cos(turn)
    flare = 0.0115 * smoothstep(-0.012, 0.016, back)
    lobe = smoothstep(-0.55, -0.9, sin)
    rim = 0.0034 * np.exp(-(((share - 0.96) / 0.075) ** 2)) * (1 - 0.7 * lobe) * smoothstep(-1.2, -0.2, cos)
    ridge = 0.0030 * np.exp(-(((share - 0.66) / 0.085) ** 2)) * smoothstep(-0.25, 0.35, cos) * (1 - lobe)
    groove = -0.0016 * np.exp(-(((share - 0.82) / 0.06) ** 2)) * (1 - lobe) * smoothstep(-0.6, 0.2, cos)
    hollow = -0.0080 * smoothstep(0.58, 0.25, share) * np.where(sin < 0, 1.0, 1.0 - 0.35 * sin)
    tragus = 0.0042 * np.exp(-(((share - 0.60) / 0.16) ** 2)) * smoothstep(-0.80, -0.97, cos)
    out: Points = flare + rim + ridge + groove + hollow + tragus + 0.0005
    return out
