"""The hair: a cap over the skull, and locks that lie upon it or hang from it."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from . import form
from .part import Part, Points, band, cap, cap_of_eight, joined, smoothstep, spline

SKULL = np.array([0.0, 0.028, -0.011])
SKULL_RADII = np.array([0.0750, 0.0885, 0.0970])
LOCKS = 44
ALONG = 10

# Angle from the front in radians and height of the hair's edge: forehead, temple, before the ear, behind it, nape.
EDGE = np.array(
    [[0.0, 0.0695], [0.35, 0.0725], [0.65, 0.0705], [0.92, 0.0540], [1.18, 0.0290], [1.38, 0.0020], [1.52, -0.0060],
     [1.66, 0.0060], [1.85, 0.0020], [2.05, -0.0300], [2.35, -0.0520], [2.7, -0.0600], [np.pi, -0.0630]]
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How hair is cut. All styles have the same topology."""

    locks: Points
    """Shape (LOCKS, 9): yaw and pitch of root and tip in degrees, half the width, half the thickness and the height
    above the hair below in metres, sideways bow, and how far the lock hangs down beyond its tip in metres."""
    thickness: float = 0.010
    """Metres of hair under the locks."""
    curls: float = 0.0
    """Metres by which curls stand out of the cap."""
    bald_above: float = 1.0
    """Height in metres above which the skin shows."""
    draw_in: float = 0.12
    """How far hanging hair bends in to the neck, as a share of its distance from the middle."""
    taper: float = 0.985
    """How pointed the locks end: 1 is a needle, 0.5 as if cut straight."""


def build(style: Style) -> Part:
    """Return cap and locks; the shapes leave them still. Fields: "strand" from -1 to 1 distinguishes strands, "fade" is
    1 where the skin shines through."""
    random = np.random.default_rng(3)
    locks = [_lock(lock, style, shade) for lock, shade in zip(style.locks, random.normal(0, 0.45, LOCKS), strict=True)]
    out = joined("hair", [_cap(style), *locks])
    out.fields["still"] = np.ones(len(out.vertices))
    return out


def _direction(yaw_degrees: Points, pitch_degrees: Points) -> Points:
    yaw, pitch = np.radians(yaw_degrees), np.radians(pitch_degrees)
    return np.stack([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)], -1)


def _unit(vectors: Points) -> Points:
    out: Points = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return out


def _cap(style: Style) -> Part:
    n, top = 64, len(form.SECTIONS) - 1
    angle = np.arange(n) * 2 * np.pi / n - np.pi
    edge = spline(EDGE[:, 0], EDGE[:, 1], np.abs(angle))
    keys = np.linspace(3.5, top, 300)
    height = form.loft(angle[None, :], keys[:, None])[..., 1]
    low = np.array([np.interp(edge[i], height[:, i], keys) for i in range(n)])
    random = np.random.default_rng(5)
    part, rows = Part("cap"), []
    for up in np.linspace(0, 1, 19):
        skin = form.loft(angle, low + (top - low) * up**0.9)
        bare = smoothstep(style.bald_above - 0.022, style.bald_above, skin[:, 1])
        thick = -0.0012 + (style.thickness + 0.0012) * smoothstep(-0.03, 0.14, up)
        thick = thick * (1 - bare) - 0.004 * bare
        curl = style.curls * random.uniform(-1, 1, n) * smoothstep(0.0, 0.15, up) * (1 - bare)
        strand = 0.4 * np.sin(angle * 27 + 5 * up) + 0.4 * np.sin(angle * 11)
        strand = strand if style.curls == 0 else random.uniform(-1, 1, n)
        out = _unit((skin - SKULL) / SKULL_RADII**2)
        fade = np.maximum(1 - smoothstep(0.0, 0.08, up), bare)
        rows.append(part.grow(skin + out * (thick + curl)[:, None], strand=strand * (1 - fade), fade=fade))
    part.add("hair", *(band(*pair) for pair in pairwise(rows)), *cap(np.roll(rows[-1], -n // 2)))
    return part


def _scalp(way: Points) -> Points:
    """Return how far from the middle of the skull its surface lies in directions (n, 3)."""
    angle, key = np.meshgrid(np.linspace(-np.pi, np.pi, 72), np.linspace(7, len(form.SECTIONS) - 1, 48))
    arm = (form.loft(angle, key) - SKULL).reshape(-1, 3)
    far = np.linalg.norm(arm, axis=1)
    near = np.exp(250 * (way @ (arm / far[:, None]).T - 1))
    out: Points = near @ far / near.sum(axis=1)
    return out


def _lock(lock: Points, style: Style, shade: float) -> Part:
    """Return a lock: a flat tube, thin at both ends, along a row of `Style.locks`."""
    root, tip = _direction(lock[0], lock[1]), _direction(lock[2], lock[3])
    width, thick, lift, bow, hang = lock[4:]
    arc = float(np.arccos(np.clip(root @ tip, -1, 1))) * 0.095
    bend = 0.65 if hang else 1.0  # share of the rows for the part that is curved
    far = np.interp(np.linspace(0, 1, ALONG), [0, bend, 1], [0, arc, arc + hang])  # metres from the root
    along = np.clip(far / max(arc, 1e-6), 0, 1)[:, None]
    sideways = _unit(np.cross(root, tip) + np.array([0, 1e-9, 0]))
    way = _unit(root * (1 - along) + tip * along + sideways * bow * np.sin(np.pi * along))
    share = (far / far[-1])[:, None]
    high = style.thickness + lift * np.sin(np.pi * np.minimum(0.12 + 0.75 * share, 0.8))
    middle = SKULL + way * (_scalp(way)[:, None] + high)
    below = np.maximum(far - arc, 0)[:, None]
    middle -= below * [0, 1, 0]
    middle[:, [0, 2]] -= (middle - SKULL)[:, [0, 2]] * style.draw_in * (below / 0.12) ** 2
    forward = _unit(np.gradient(middle, axis=0))
    across = _unit(np.cross(way, forward))
    size = np.sin(np.pi * np.minimum(0.16 + 0.84 * share[:, 0] ** 0.75, style.taper)) ** 0.7
    turn = np.arange(8) * 2 * np.pi / 8
    stripes = np.array([0.1, 0.5, -0.4, 0.5, -0.1, 0, 0, 0])
    part, rows = Part("lock"), []
    for k in range(ALONG):
        wide = np.outer(width * np.cos(turn), across[k])
        up = np.outer(thick * np.sin(turn), np.cross(forward[k], across[k]))
        strand = np.clip(shade + stripes * (0.4 + 0.6 * size[k]), -1, 1)
        rows.append(part.grow(middle[k] + size[k] * (wide + up), strand=strand))
    part.add("hair", *(band(*pair) for pair in pairwise(rows)), cap_of_eight(rows[-1]), cap_of_eight(rows[0][::-1]))
    return part
