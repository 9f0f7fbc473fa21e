"""The skin: a grid around the head in which loops replace a block of cells at each eye and at the mouth."""

import numpy as np

from . import form
from .form import EYE, EYE_RADIUS, MOUTH_HALF, MOUTH_Y
from .part import Index, Part, Points, band, cap, smoothstep

FRONT = 28
"""Columns from the middle of the face to the side."""
BACK = 12
EYE_COLUMNS = (4, 20)
EYE_ROWS = (-0.0240, 0.0235)
MOUTH_COLUMNS = 13
MOUTH_ROWS = (-0.0870, -0.0475)

EYE_HALF, EYE_UP, EYE_DOWN = 0.0164, 0.0094, 0.0084
"""Half the width of the eye's opening, and its height above and below the middle."""
LID_THICKNESS = 0.0016
"""Metres between the eyeball and the skin at the lids' edges."""
LID_REACH = (0.0074, 0.0128)
"""How far the lids reach from the edge, sideways and upwards."""
LID_RINGS = 7
LIP_OUTER = 7
LIP_RINGS = 6


def _columns() -> Points:
    """Return the angle of every column, from the back over the right, the front and the left; symmetric."""
    k = np.arange(FRONT + 1) / FRONT
    x = 0.60 * k + 0.40 * k**2.2
    front = np.arcsin(np.clip(x, 0, 1)) * (1 - 0.25 * k**3) / (1 - 0.25) * 0.75
    front = front * (np.pi / 2 / front[-1])
    back = np.linspace(np.pi / 2, np.pi, BACK + 1)[1:]
    half = np.concatenate([front, back])
    return np.concatenate([-half[:0:-1], half[:-1]])


def _rows() -> tuple[Points, int, int, int, int]:
    """Return the key of every row from the neck up, and the rows that bound the mouth and the eye blocks."""
    neck = np.linspace(0, 4.6, 10)[:-1]
    chin = np.linspace(4.6, form.key_at_front(np.array(MOUTH_ROWS[0])), 8)[:-1]
    mouth = form.key_at_front(np.linspace(*MOUTH_ROWS, 15))[:-1]
    nose = form.key_at_front(np.linspace(MOUTH_ROWS[1], EYE_ROWS[0], 14))[:-1]
    eye = form.key_at_front(np.linspace(*EYE_ROWS, 17))[:-1]
    brow = form.key_at_front(np.linspace(EYE_ROWS[1], 0.075, 11))[:-1]
    top = np.linspace(form.key_at_front(np.array(0.075)), len(form.SECTIONS) - 1, 7)
    rows = np.concatenate([neck, chin, mouth, nose, eye, brow, top])
    m0 = len(neck) + len(chin)
    e0 = m0 + len(mouth) + len(nose)
    return rows, m0, m0 + 14, e0, e0 + 16


def eye_contour(psi: Points) -> tuple[Points, Points]:
    """Return x, y of the left eye's lid edges relative to the eyeball's centre; psi 0 is the outer corner."""
    c, s = np.cos(psi), np.sin(psi)
    x = EYE_HALF * c
    up = EYE_UP * np.abs(s) ** 0.85 * (1 + 0.12 * c)
    down = -EYE_DOWN * np.abs(s) ** 0.9 * (1 + 0.10 * c)
    return x, np.where(s >= 0, up, down) + 0.0010 * c


def lip_line(x: Points) -> Points:
    """Return the height at which the lips meet."""
    u = x / MOUTH_HALF
    return MOUTH_Y - 0.0007 * np.exp(-((x / 0.0055) ** 2)) + 0.0012 * u**2


def lip_height(x: Points, *, upper: bool) -> Points:
    """Return how far the red of a lip reaches from the lip line."""
    u = np.clip(np.abs(x) / MOUTH_HALF, 0, 1)
    taper = (1 - u**2) ** 0.8
    if upper:
        return (
            0.0076 * taper
            - 0.0016 * np.exp(-((x / 0.0034) ** 2))
            + 0.0006 * np.exp(-(((np.abs(x) - 0.006) / 0.004) ** 2))
        )
    return 0.0092 * taper


class _Builder:
    def __init__(self) -> None:
        self.points: list[Points] = []
        self.fields: dict[str, list[Points]] = {
            k: [] for k in ("upper", "lip", "roll", "lid", "lid_psi", "eye", "inner")
        }
        self.count = 0

    def add(self, points: Points, **fields: Points | float) -> Index:
        n = len(points)
        self.points.append(points)
        for key, rows in self.fields.items():
            rows.append(np.broadcast_to(np.asarray(fields.get(key, 0.0), float), (n,)).copy())
        self.count += n
        return np.arange(self.count - n, self.count)


def _block_ring(grid: Index, i0: int, i1: int, j0: int, j1: int) -> Index:
    """Return the boundary of a block of the grid, counter-clockwise from the middle of its right side."""
    jm = (j0 + j1) // 2
    return np.concatenate([
        grid[jm:j1, i1], grid[j1, i1:i0:-1], grid[j1:j0:-1, i0], grid[j0, i0:i1], grid[j0:jm, i1],
    ])  # fmt: skip


def build() -> tuple[Part, dict[str, Index]]:
    """Return the skin with lips, lids and the bag of the mouth, and its rings: "lips", "left_lid", "right_lid"."""
    angles = _columns()
    rows, m0, m1, e0, e1 = _rows()
    n_columns, middle = len(angles), len(angles) // 2
    grid_points = form.surface(angles[None, :], rows[:, None])
    make = _Builder()
    upper = np.where(grid_points[..., 1] > lip_line(grid_points[..., 0]), 1.0, -1.0)
    grid = make.add(grid_points.reshape(-1, 3), upper=upper.ravel()).reshape(len(rows), n_columns)
    part = Part("skin", np.empty((0, 3)))

    a, b = EYE_COLUMNS
    blocks = [(middle + a, middle + b, e0, e1), (middle - b, middle - a, e0, e1),
              (middle - MOUTH_COLUMNS, middle + MOUTH_COLUMNS, m0, m1)]  # fmt: skip
    keep = np.ones((len(rows) - 1, n_columns), bool)
    for i0, i1, j0, j1 in blocks:
        keep[j0:j1, i0:i1] = False
    right = np.roll(grid, -1, axis=1)
    cells = np.stack([grid[:-1], right[:-1], right[1:], grid[1:]], axis=-1)
    part.add("skin", cells[keep])
    top = np.roll(grid[-1], -middle)
    quads, triangles = cap(top)
    part.add("skin", quads)
    part.add("skin", triangles)

    rings: dict[str, Index] = {}
    rings["left_lid"] = _eye(make, part, _block_ring(grid, *blocks[0]), 1)
    mirror_ring = np.roll(_block_ring(grid, *blocks[1])[::-1], 1)
    half = len(mirror_ring) // 2
    rings["right_lid"] = _eye(make, part, np.roll(mirror_ring, -half), -1)
    rings["lips"] = _mouth(make, part, _block_ring(grid, *blocks[2]))
    part.vertices = np.concatenate(make.points)
    part.fields = {key: np.concatenate(values) for key, values in make.fields.items()}
    used = np.unique(np.concatenate([f.ravel() for group in part.faces.values() for f in group]))
    index = np.full(make.count, -1)
    index[used] = np.arange(len(used))
    part.vertices = part.vertices[used]
    part.fields = {key: values[used] for key, values in part.fields.items()}
    part.faces = {material: [index[f] for f in group] for material, group in part.faces.items()}
    return part, {key: index[ring] for key, ring in rings.items()}


def _eye(make: _Builder, part: Part, ring: Index, side: int) -> Index:
    """Fill an eye block with rings down to the lid's edge and a little behind it; return the edge."""
    points = np.concatenate(make.points)
    n = len(ring)
    psi = np.arange(n) * 2 * np.pi / n
    cx, cy = eye_contour(psi)
    outer = points[ring] * [side, 1, 1]

    def connect(material: str, previous: Index, following: Index) -> None:
        faces = band(previous, following)
        part.add(material, faces if side > 0 else faces[:, ::-1])

    def shell(x: Points, y: Points, radius: float) -> Points:
        d2 = (x - EYE[0]) ** 2 + (y - EYE[1]) ** 2
        return EYE[2] + np.sqrt(np.maximum(radius**2 - d2, (0.4 * radius) ** 2))

    previous = ring
    for k in range(1, LID_RINGS + 1):
        u = 1 - (1 - k / LID_RINGS) ** 1.25
        x = outer[:, 0] * (1 - u) + (EYE[0] + cx) * u
        y = outer[:, 1] * (1 - u) + (EYE[1] + cy) * u
        skin = form.face(x, y)[:, 2]
        dx, dy = x - EYE[0], y - EYE[1]
        q = np.maximum(np.hypot(dx / EYE_HALF, dy / np.where(dy > 0, EYE_UP, EYE_DOWN)), 1)
        ball = shell(EYE[0] + dx * q**-0.9, EYE[1] + dy * q**-0.9, EYE_RADIUS + LID_THICKNESS)
        reach = np.hypot(dx, dy)
        limit = np.hypot(LID_REACH[0] * dx, LID_REACH[1] * dy) / np.maximum(reach, 1e-9)
        away = (1 - 1 / q) * reach / limit
        stick = smoothstep(1.0, 0.03, away)
        z = skin * (1 - stick) + ball * stick
        z -= 0.0014 * np.clip(dy / EYE_UP, 0, 1) * np.exp(-(((away - 0.45) / 0.14) ** 2))
        new = make.add(np.stack([side * x, y, z], 1), lid=np.clip(1 - away, 0, 1), lid_psi=psi, eye=side, upper=1.0)
        connect("skin", previous, new)
        previous = new
    edge = previous
    direction = np.stack([cx, cy, shell(EYE[0] + cx, EYE[1] + cy, EYE_RADIUS + LID_THICKNESS) - EYE[2]], 1)
    direction /= np.linalg.norm(direction, axis=1)[:, None]
    for radius, away in ((EYE_RADIUS + 0.0010, 1.0), (EYE_RADIUS + 0.0010, 1.22)):
        d = direction * [away, away, 1]
        d /= np.linalg.norm(d, axis=1)[:, None]
        p = EYE + d * radius
        new = make.add(p * [side, 1, 1], lid=1.0, lid_psi=psi, eye=side, upper=1.0)
        connect("lid rim", previous, new)
        previous = new
    return edge


def _mouth(make: _Builder, part: Part, ring: Index) -> Index:
    """Fill the mouth block with the lips and the bag behind them; return the ring where the lips meet."""
    points = np.concatenate(make.points)
    n = len(ring)
    psi = np.arange(n) * 2 * np.pi / n
    c, s = np.cos(psi), np.sin(psi)
    is_upper = s >= 0
    side = np.where(np.abs(s) < 1e-9, 0.0, np.sign(s))
    x_in = MOUTH_HALF * c
    x_out = (MOUTH_HALF + 0.0016) * c
    line_in = lip_line(x_in)
    height = np.where(is_upper, lip_height(x_in, upper=True), lip_height(x_in, upper=False))
    height = np.maximum(height, 0)
    y_out = lip_line(x_out) + side * (height + 0.0006)
    outer = points[ring]
    previous = ring
    for k in range(1, LIP_OUTER + 1):
        u = 1 - (1 - k / LIP_OUTER) ** 1.2
        x = outer[:, 0] * (1 - u) + x_out * u
        y = outer[:, 1] * (1 - u) + y_out * u
        new = make.add(form.face(x, y), upper=side, lip=u)
        part.add("skin", band(previous, new))
        previous = new
    z_out = form.face(x_out, y_out)[:, 2]
    z_in = form.face(x_in, line_in)[:, 2] - 0.0012
    bulge = np.where(is_upper, 0.0034, 0.0042) * np.abs(s) ** 0.6
    start = np.radians(35)
    for k in range(1, LIP_RINGS + 1):
        v = k / LIP_RINGS
        angle = start + (np.pi - start) * v
        across = (1 + np.cos(angle)) / (1 + np.cos(start))
        x = x_out + (x_in - x_out) * v
        y = line_in + (y_out - line_in) * across
        z = z_out + (z_in - z_out) * v + bulge * (np.sin(angle) - np.sin(start) * (1 - v))
        new = make.add(np.stack([x, y, z], 1), upper=side, lip=1.0, roll=v)
        part.add("lips", band(previous, new))
        previous = new
    lips = previous
    # From the seam inwards: (depth behind the seam, rise of the roof, fall of the floor, width, inner-ness).
    bag = ((0.003, 0.0, 0.0, 1.0, 0.0), (0.0055, 0.003, 0.003, 1.0, 0.1), (0.0085, 0.010, 0.008, 1.02, 0.3),
           (0.013, 0.017, 0.014, 1.06, 0.6), (0.025, 0.022, 0.020, 1.1, 1), (0.040, 0.020, 0.022, 1.0, 1),
           (0.052, 0.012, 0.016, 0.8, 1))  # fmt: skip
    for depth, rise, fall, width, inner in bag:
        y = line_in + np.where(is_upper, rise, -fall) * np.abs(s) ** 0.7
        arch = 0.012 * (c * width) ** 2 * min(1, depth / 0.013)
        new = make.add(
            np.stack([x_in * width, y, z_in - depth - arch], 1), upper=side, lip=1.0 - 0.75 * inner, roll=1.0, inner=1.0
        )
        part.add("lips" if inner == 0 else "mouth", band(previous, new))
        previous = new
    quads, triangles = cap(previous)
    part.add("mouth", quads)
    part.add("mouth", triangles)
    return lips
