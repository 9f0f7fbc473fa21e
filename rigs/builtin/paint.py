"""The colours of the head: what its materials have, shaded vertex by vertex."""

import numpy as np

from ..rig import Material
from .form import EYE
from .part import Part, Points, smoothstep

# Patches of the skin, each (x, y, width, height in metres, colour it is multiplied with); on both sides.
PATCHES = (
    (0.0370, -0.0290, 0.0150, 0.0120, (1.03, 0.82, 0.80)),  # cheek
    (0.0000, -0.0330, 0.0100, 0.0080, (1.02, 0.85, 0.82)),  # tip of the nose
    (0.0000, -0.0950, 0.0120, 0.0080, (1.02, 0.91, 0.89)),  # chin
    (0.0280, -0.0110, 0.0120, 0.0045, (0.93, 0.84, 0.87)),  # below the eye
    (0.0175, 0.0030, 0.0045, 0.0070, (0.90, 0.78, 0.77)),  # between eye and nose
    (0.0068, -0.0407, 0.0029, 0.0016, (0.15, 0.07, 0.06)),  # nostril
    (0.0168, -0.0365, 0.0022, 0.0045, (0.86, 0.72, 0.70)),  # crease beside the nose
    (0.0262, -0.0637, 0.0030, 0.0025, (0.80, 0.62, 0.60)),  # corner of the mouth
    (0.0000, 0.0480, 0.0300, 0.0180, (1.01, 1.01, 0.95)),  # forehead
)


def colors(head: Part, materials: tuple[Material, ...], *, blush: float = 1.0, stubble: float = 0.0) -> Points:
    """Return the colour of each vertex, shape (n, 3), linear RGB from 0 to 1.

    Where materials meet, their colours do too. `blush` says how strongly the patches of the skin show, `stubble` how
    dark a shaven beard is.
    """
    out = _flat(head, materials)
    color = {material.name: np.array(material.color) for material in materials}
    skin, hair = _share(head, "skin"), _share(head, "hair", "brows")
    x, y, z = head.vertices.T

    def field(name: str) -> Points:
        return head.fields.get(name, np.zeros(len(x)))

    shade = np.ones((len(x), 3))
    for px, py, wide, high, tint in PATCHES:
        near = np.exp(-0.5 * (((np.abs(x) - px) / wide) ** 2 + ((y - py) / high) ** 2)) * smoothstep(0.03, 0.06, z)
        shade *= 1 + blush * near[:, None] * (np.array(tint) - 1)
    shade *= 1 + field("ear")[:, None] * (np.array([1.03, 0.86, 0.83]) - 1) * blush
    shade *= 1 + (field("lid") ** 3)[:, None] * (np.array([0.84, 0.70, 0.68]) - 1)
    beard = smoothstep(-0.030, -0.060, y + 0.25 * np.abs(x)) * smoothstep(-0.128, -0.112, y) * smoothstep(0.0, 0.02, z)
    shade *= 1 + stubble * beard[:, None] * (np.array([0.60, 0.62, 0.68]) - 1)
    out *= 1 + skin[:, None] * (shade - 1)

    roll, inner = field("roll"), field("inner")
    red = _share(head, "lips")
    seam = smoothstep(0.55, 1.0, roll) * np.where(inner > 0, 1.0, 0.8)
    out *= 1 - (red * seam)[:, None] * np.array([0.50, 0.62, 0.62])

    out *= _eye(head, field("polar"), field("ball"))[:, None]
    glint = np.exp(-((x - np.sign(x) * EYE[0] + 0.0021) ** 2 + (y - EYE[1] - 0.0021) ** 2) / 0.0010**2)
    out += (0.9 * glint * field("ball"))[:, None]
    corner = _share(head, "sclera") * smoothstep(0.0085, 0.0145, np.abs(np.abs(x) - EYE[0]))
    out *= 1 - corner[:, None] * np.array([0.05, 0.28, 0.28])
    strand = field("strand") * hair
    out *= np.exp(0.42 * strand)[:, None]
    fade = (field("fade") * hair)[:, None]
    out = out * (1 - fade) + color["skin"] * fade
    out *= 1 - (_share(head, "teeth") * smoothstep(0.073, 0.055, z))[:, None] * np.array([0.45, 0.50, 0.55])
    return np.asarray(np.clip(out, 0, 1))


def _eye(head: Part, polar: Points, ball: Points) -> Points:
    """Return how bright each vertex of the eyeballs is: the lid's shadow above, light gathered in the iris below."""
    x, y, _ = head.vertices.T
    turn = np.arctan2(y - EYE[1], np.abs(x) - EYE[0])
    shadow = 1 - 0.42 * smoothstep(0.0, 0.0062, y - EYE[1])
    iris = smoothstep(8.5, 10.5, polar) * smoothstep(25.5, 24.0, polar)
    spokes = 1 + 0.22 * np.sin(turn * 13) * np.sin(turn * 5 + 1)
    lit = 1 - 0.55 * np.sin(turn)
    out: Points = np.where(ball > 0, shadow * (1 + iris * (spokes * lit - 1)), 1.0)
    return out


def _flat(head: Part, materials: tuple[Material, ...]) -> Points:
    """Return for each vertex the mean colour of the faces around it, shape (n, 3)."""
    total, count = np.zeros((len(head.vertices), 3)), np.zeros(len(head.vertices))
    color = {material.name: np.array(material.color) for material in materials}
    for name, group in head.faces.items():
        for faces in group:
            np.add.at(total, faces, color[name])
            np.add.at(count, faces, 1)
    return total / count[:, None]


def _share(head: Part, *names: str) -> Points:
    """Return for each vertex the share of its faces that have one of the materials."""
    mine, count = np.zeros(len(head.vertices)), np.zeros(len(head.vertices))
    for name, group in head.faces.items():
        for faces in group:
            np.add.at(count, faces, 1)
            np.add.at(mine, faces, name in names)
    return mine / count
