"""`Face`: the head at rest with the weights that its shapes are made of."""

import numpy as np

from . import lips
from .form import MOUTH_HALF, MOUTH_Y
from .part import Part, Points, smoothstep

Place = tuple[float, float, float]


class Face:
    """The rest pose and, for every vertex, how much of each kind of motion it takes part in; all shaped (n,)."""

    def __init__(self, head: Part) -> None:
        """Work the weights out from the fields of a finished head."""

        def field(name: str) -> Points:
            return head.fields.get(name, np.zeros(len(head.vertices)))

        self.points = head.vertices
        """Shape (n, 3), metres."""
        self.x, self.y, self.z = self.points.T
        self.ball = field("ball") > 0
        """Whether it belongs to an eyeball."""
        self.lid, self.lid_psi, self.eye = field("lid"), field("lid_psi"), field("eye")
        """Nearness to the lid's edge, place along the edge, and which eye: 1 left, -1 right."""
        self.along, self.tongue = field("along"), field("tongue") > 0
        self.roll = field("roll")
        """From the border of the red of a lip (0) to the seam (1)."""
        rigid = self.ball | (field("teeth") != 0) | self.tongue | (field("still") > 0)
        self.soft = 1.0 - rigid
        """1 where skin and brows follow, 0 on eyeballs, teeth, tongue, hair and shirt."""
        inner = field("inner") > 0
        self.deep = 1 - 0.75 * field("depth")
        """Falls from 1 at the lips to 0.25 in the depth of the mouth."""

        self.seam = lips.seam(np.clip(self.x, -0.03, 0.03))
        """Height in metres at which the lips meet."""
        across = np.clip(np.abs(self.x) / MOUTH_HALF, 0, 1)
        self.slit = np.sqrt(1 - across**2)
        """1 in the middle of the mouth, 0 from its corners on."""
        side = np.sign(field("upper"))
        above = np.tanh((self.y - self.seam) / 0.012)
        self.upper = 0.5 + 0.5 * (self.slit * side + (1 - self.slit) * above)
        """1 on the upper lip and above, 0 on the lower and below; a clean cut at the seam that fades beyond
        the corners."""
        self.lower = 1 - self.upper
        height = np.where(side > 0, lips.height(self.x, upper=True), lips.height(self.x, upper=False))
        self.beyond = np.maximum(np.abs(self.y - self.seam) - height, 0) * ~inner
        """Metres above or below the red of the lips."""
        reach = (self.x / 0.0375) ** 2 + ((self.y - MOUTH_Y) / 0.021) ** 2
        self.mouth = np.exp(-(reach**2)) * self.soft * self.deep * smoothstep(0.02, 0.05, self.z)
        """1 at the mouth, falling to 0 around it."""
        self.left = smoothstep(-0.008, 0.008, self.x)
        """1 on the left, 0 on the right, together 1 with the mirror image."""

        mandible = (field("teeth") < 0) | self.tongue
        neck = smoothstep(-0.143, -0.105, self.y) * smoothstep(-0.025, 0.035, self.z) * self.soft
        drop = smoothstep(-0.045, -0.085, self.y)
        cut = self.slit**1.2
        opening = np.where(side >= 0, drop * (1 - cut), 1 - (1 - drop) * (1 - cut))
        self.jaw = np.where(mandible, 1.0, opening * neck)
        """How much follows the jaw when the lips part."""
        held = 0.34 * smoothstep(-0.036, -0.054, self.y) + 0.66 * smoothstep(-0.073, -0.098, self.y)
        self.held = np.where(mandible, 1.0, np.where(inner, 0.34, held) * neck)
        """How much follows the jaw when the lips stay together: the same on both sides of the seam."""

    def push(self, at: Place, spread: Place, move: Place, mask: Points | float = 1.0) -> Points:
        """Return a bell-shaped push of the soft parts, shape (n, 3): its centre, widths and motion in metres."""
        bell = np.exp(-0.5 * (((self.points - at) / spread) ** 2).sum(axis=1))
        return np.asarray((bell * self.soft * self.deep * mask)[:, None] * np.array(move))

    def both(self, at: Place, spread: Place, move: Place, mask: Points | float = 1.0) -> Points:
        """Return the same push on both sides of the face; `at` and `move` are those of the left."""
        mirrored = self.push((-at[0], *at[1:]), spread, (-move[0], *move[1:]), mask)
        return self.push(at, spread, move, mask) + mirrored


def turn(points: Points, pivot: Points, axis: int, radians: Points | float) -> Points:
    """Return what a right-handed turn about the axis (0 X, 1 Y, 2 Z) through `pivot` adds to points (n, 3)."""
    a, b = (axis + 1) % 3, (axis + 2) % 3
    arm = points - pivot
    out = np.zeros_like(arm)
    cos, sin = np.cos(radians), np.sin(radians)
    out[:, a] = arm[:, a] * cos - arm[:, b] * sin - arm[:, a]
    out[:, b] = arm[:, a] * sin + arm[:, b] * cos - arm[:, b]
    return out
