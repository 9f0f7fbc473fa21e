"""Inside the mouth: teeth, gums and tongue."""

from itertools import pairwise

import numpy as np

from .form import MOUTH_Y
from .part import Index, Part, Points, band, cap, joined

# The teeth from the middle outwards: width and depth, and how much shorter than the first, in metres.
TEETH = (
    (0.0086, 0.0042, 0.0),
    (0.0068, 0.0042, 0.0008),
    (0.0076, 0.0042, 0.0004),
    (0.0070, 0.0070, 0.0006),
    (0.0068, 0.0070, 0.0008),
    (0.0098, 0.0070, 0.0010),
    (0.0096, 0.0070, 0.0014),
)
# A tooth from its root to its edge: level, width and thickness as shares of the whole.
CROWN = ((0.0, 0.80, 0.9), (0.35, 0.94, 1.0), (0.7, 1.0, 0.92), (0.93, 0.96, 0.6), (1.0, 0.80, 0.35))
# Around a gum: metres in front of the arch, and the level between the teeth (0) and the far side (1).
GUM = (
    (0.0006, 0.15), (0.0012, 0.0), (0.0014, 0.5), (0.0004, 1.0),
    (-0.0060, 1.0), (-0.0072, 0.4), (-0.0066, 0.0), (-0.0050, 0.1),
)  # fmt: skip
ARCH_HALF, ARCH_DEPTH, ARCH_FRONT = 0.0245, 0.046, 0.0785
"""The ellipse along which the upper teeth stand: half its width, its depth, and z of its front, in metres."""

SUNK = 0.0032
"""How much lower the lower side teeth stand than the front ones, in metres: or they shine like fangs in the corners
of a mouth half open."""


def teeth(jaw: int) -> Part:
    """Return the teeth and gum of one jaw, 1 the upper and -1 the lower; the field "teeth" holds the same."""
    edge, inset, scale = (MOUTH_Y - 0.0030, 0.0, 1.0) if jaw > 0 else (MOUTH_Y - 0.0020, 0.0024, 0.88)
    length = 0.96 * scale * sum(width for width, _, _ in TEETH)
    parts, place = [_gum(inset, length, MOUTH_Y + jaw * 0.0072, MOUTH_Y + jaw * 0.0165)], 0.0
    for number, (width, depth, shorter) in enumerate(TEETH):
        place += scale * width / 2
        sunk = SUNK * min(number / 4, 1) if jaw < 0 else 0.0
        for side in (1, -1):
            size = (scale * 0.985 * width, depth)
            parts.append(_tooth(side * place, inset, size, MOUTH_Y + jaw * 0.0105, edge + jaw * (shorter + sunk)))
        place += scale * width / 2
    out = joined("teeth", parts)
    out.fields = {key: np.full(len(out.vertices), float(jaw)) for key in ("upper", "teeth")}
    return out


def tongue() -> Part:
    """Return the tongue; the field "along" runs from its root (0) to its tip (1)."""
    turn = np.arange(16) * 2 * np.pi / 16
    part, rows = Part("tongue"), []
    for along in np.linspace(0, 1, 14):
        taper = np.sqrt(1 - (max(along - 0.15, 0) / 0.865) ** 2)
        half, thick = 0.0150 * taper + 0.0006, 0.0062 * taper**0.6 + 0.0004
        x = half * np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** 0.8
        groove = 0.0012 * taper * np.exp(-((x / 0.003) ** 2)) * (np.sin(turn) > 1e-9)
        y = MOUTH_Y - 0.0090 + 0.0050 * np.sin(np.pi * 0.9 * along) - 0.001 * along + thick * np.sin(turn) - groove
        z = np.full(16, 0.030 + 0.0370 * np.sin(along * np.pi / 2) ** 0.9)
        rows.append(part.grow(np.stack([x, y, z], 1), along=along, tongue=1.0, upper=-1.0))
    part.add("tongue", *(band(*pair) for pair in pairwise(rows)), *cap(rows[-1]))
    return part


def _arch(place: Points, inset: float) -> tuple[Points, Points]:
    """Return points (n, 2) in (x, z), and the normals outwards, at arc lengths (n,) along a dental arch that
    lies `inset` metres behind that of the upper teeth; 0 is the middle, positive the left."""
    half, front = ARCH_HALF - inset, ARCH_FRONT - inset
    angle = np.linspace(0, 1.45, 400)
    step = np.hypot(np.diff(half * np.sin(angle)), np.diff(ARCH_DEPTH * np.cos(angle)))
    here = np.interp(np.abs(place), np.concatenate([[0], np.cumsum(step)]), angle)
    side = np.sign(place)
    normal = np.stack([side * ARCH_DEPTH * np.sin(here), half * np.cos(here)], -1)
    point = np.stack([side * half * np.sin(here), front - ARCH_DEPTH * (1 - np.cos(here))], -1)
    return point, normal / np.linalg.norm(normal, axis=-1, keepdims=True)


def _tooth(place: float, inset: float, size: tuple[float, float], root: float, edge: float) -> Part:
    """Return one tooth, a rounded box of a width and a depth from the height `root` to the height `edge`."""
    turn = (np.arange(8) + 0.5) * 2 * np.pi / 8
    across = np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** 0.6
    inwards = np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** 0.7
    (centre,), (normal,) = _arch(np.array([place]), inset)
    tangent = np.array([normal[1], -normal[0]])
    part, rows = Part("tooth"), []
    for level, width, thick in CROWN:
        flat = centre + np.outer(across * width * size[0] / 2, tangent)
        flat += np.outer((inwards * thick - 0.9) * size[1] / 2, normal)
        rows.append(part.grow(np.stack([flat[:, 0], np.full(8, root + (edge - root) * level), flat[:, 1]], 1)))
    end = rows[-1]
    faces = [band(*pair) for pair in pairwise(rows)]
    faces.append(np.stack([end[[7, 6, 1, 0]], end[[6, 5, 2, 1]], end[[5, 4, 3, 2]]])[:, ::-1])
    part.add("teeth", *_facing(faces, edge < root))
    return part


def _gum(inset: float, length: float, near: float, far: float) -> Part:
    """Return the gum: a tube along the arch, `length` to either side, from the height `near` to the height `far`."""
    place = np.linspace(-length, length, 33)
    centre, normal = _arch(place, inset)
    centre[16], normal[16] = (0, ARCH_FRONT - inset), (0, 1)
    part, rows = Part("gum"), []
    for out, level in GUM:
        flat = centre + normal * out
        rows.append(part.grow(np.stack([flat[:, 0], np.full(len(place), near + (far - near) * level), flat[:, 1]], 1)))
    part.add("gums", *_facing([band(*pair, closed=False) for pair in pairwise([*rows, rows[0]])], far > near))
    return part


def _facing(faces: list[Index], outwards: bool) -> list[Index]:
    """Return faces as they are, or turned over."""
    return faces if outwards else [quads[:, ::-1] for quads in faces]
