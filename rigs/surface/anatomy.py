"""`Anatomy`: the face of a mesh in a normalised frame, with its eyes, skin and lip seam."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend import wording
from audio2blend.errors import InputError

from ..rig import Rig
from ..surface.mesh import Index, Points, along, depth, edges, islands, normals, triangles

FACE: Final = np.array([[-1.35, -2.2, -1.2], [1.35, 1.1, 2.2]])
"""Bounding box of a face, in distances between the eyes, relative to the middle between the eyes."""
_PIXEL: Final = 0.02
"""Pixel size of the depth image of a face, in the same unit."""
_SIZE: Final = (int((FACE[1, 1] - FACE[0, 1]) / _PIXEL) + 1, int((FACE[1, 0] - FACE[0, 0]) / _PIXEL) + 1)
_EVEN: Final = 0.05
"""Greatest deviation of an eyeball from a sphere, in radii."""
_ROUND: Final = 0.6
"""Least share of the vertices of half an eyeball that lie on a sphere; the rest may be a hollow iris."""
_EYES_OFF: Final = 0.35
"""Greatest distance of eyeballs from where a face has its eyes."""
_THICK: Final = 0.06
"""How far behind the foremost surface a vertex may lie and still count as visible."""
_LEVEL: Final = 0.15
"""How far above or below the height of the mouth lips may lie."""
_BLOCK: Final = 1_000_000
"""Pairs of vertices that are processed at once;"""
_PARTNERS: Final = 128
"""pairs that are kept for each vertex. Both bound the memory for a fine mesh."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """The coordinate frame of a face: `(points - origin) @ turn * scale`, in distances between the eyes."""

    origin: Points
    """Shape (3,): the middle between the eyes, in metres."""
    scale: float
    """Reciprocal of the distance between the eyes in metres."""
    turn: Points
    """Shape (3, 3), a rotation."""

    def inwards(self, points: NDArray[np.float32] | Points) -> Points:
        """Transform points (n, 3) from metres to the frame of the face."""
        return (np.asarray(points, np.float64) - self.origin) @ self.turn * self.scale

    def inwards_moves(self, moves: NDArray[np.float32] | Points) -> Points:
        """Transform displacements (..., 3) from metres to the frame of the face."""
        return np.asarray(moves, np.float64) @ self.turn * self.scale

    def outwards(self, moves: Points) -> Points:
        """Transform displacements (..., 3) from the frame of the face to metres."""
        return moves / self.scale @ self.turn.T


class Anatomy:
    """A head as registration needs it, in the coordinates of its `frame`."""

    def __init__(self, rig: Rig, frame: Frame) -> None:
        """Analyse a rig in a frame."""
        assert rig.mesh is not None
        self.rig, self.frame = rig, frame
        self.points = frame.inwards(rig.mesh.vertices)
        """Shape (n, 3)."""
        every = triangles(rig.mesh)
        self.island = islands(len(self.points), every)
        """Shape (n,): the lowest vertex index of the connected component."""
        found = eyes(self.points, self.island)
        self.eyes = found if found is not None and are_eyes(found[0]) else None
        """Centres (2, 3), left first, and radii (2,) of the eyeballs, or None."""
        skin = _skin(self.points, every, self.island)
        self.faces = every[self.island[every[:, 0]] == skin]
        """Shape (m, 3): the triangles of the skin."""
        self.skin = self.island == skin
        """Shape (n,), bool."""
        self.normals = normals(self.points, self.faces)
        """Shape (n, 3); 0 off the skin."""
        self.image = depth(self.points, self.faces, FACE[0, :2], _PIXEL, _SIZE)
        """Depth image of the skin: z in each pixel of `FACE`, shape (rows, columns)."""
        inside = ((self.points > FACE[0]) & (self.points < FACE[1])).all(axis=1)
        front = np.full(len(self.points), np.inf)
        front[inside] = self.image[_pixels(self.points[inside, :2])]
        self.seen = self.skin & (self.points[:, 2] >= front - _THICK) & (self.normals[:, 2] > 0.1)
        """Shape (n,), bool: skin of the face that is visible from the front."""
        self.near = self.skin & (self.points[:, 2] >= front - 0.2)
        """Shape (n,), bool: skin that is visible, or just behind the visible surface."""

    @cached_property
    def lids(self) -> Points | None:
        """The rims of both eyes seen from the front, shape (2, 20, 3), left eye first; None without eyeballs.

        Each runs from the inner corner along the upper lid to the outer corner and back along the lower lid.
        """
        return rims(self) if self.eyes is not None else None

    @cached_property
    def seam(self) -> "Seam":
        """Where the lips meet."""
        return seam(self)

    @cached_property
    def side(self) -> Points:
        """Shape (n,): 1 at the seam on the upper lip, -1 on the lower, 0 at the corners and at equal distance to both.

        Distances are measured along the skin, so that touching lips are far apart.
        """
        pairs = edges(self.faces)
        up = along(self.points, pairs, self.seam.upper_lip)
        down = along(self.points, pairs, self.seam.lower_lip)
        out = np.zeros(len(up))
        both = np.isfinite(up) & np.isfinite(down) & (up + down > 0)
        up, down = up[both], down[both]
        out[both] = (down - up) / (up + down)
        return out


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seam:
    """The line where the lips meet, from the character's right corner (-1) to the left (1)."""

    places: Points
    """Shape (n,): positions along the line."""
    upper: Index
    """Shape (n,): the vertex of the upper lip at each position, the foremost one that touches."""
    lower: Index
    """Shape (n,): the vertex of the lower lip."""
    upper_lip: Index
    """All vertices of the upper lip that face the lower."""
    lower_lip: Index
    """All vertices of the lower lip that face the upper."""


def seam(head: Anatomy) -> Seam:
    """Find the line where the lips of a head meet.

    Lips are surfaces that face each other across a slit: at the landmarks, or else in the middle of the face below the
    nose, where no others do.

    Raises InputError if there are none.
    """
    height, centre, reach, gap = _mouth(head)
    upper, lower, close = _facing(head, centre, reach, gap)
    middle = (head.points[upper] + head.points[lower]) / 2
    level = np.abs(middle[:, 1] - height) < _LEVEL  # the folds beside the nose face each other too
    upper, lower, close, middle = upper[level], lower[level], close[level], middle[level]
    if len(upper) < 3 or not np.ptp(middle[:, 0]) > 0:
        raise _no_lips(head, " between the corners of the mouth")
    right, left = middle[:, 0].min(), middle[:, 0].max()
    place = 2 * (middle[:, 0] - right) / (left - right) - 1
    forward = middle[:, 2] - 1.5 * close
    bins = np.clip(((place + 1) / 2 * 24).astype(int), 0, 23)
    best = [members[np.argmax(forward[members])] for b in range(24) if len(members := np.flatnonzero(bins == b))]
    line = middle[best]
    inside = np.ones(len(upper), bool)
    for lip in (upper, lower):
        x, y = head.points[lip, 0], head.points[lip, 1]
        inside &= np.abs(y - np.interp(x, line[:, 0], line[:, 1])) < 0.06 + gap / 2
        inside &= np.abs(2 * (x - right) / (left - right) - 1) < 0.93  # at the corners one lip becomes the other
    return Seam(
        places=place[best],
        upper=upper[best],
        lower=lower[best],
        upper_lip=np.unique(upper[inside]),
        lower_lip=np.unique(lower[inside]),
    )


def _no_lips(head: Anatomy, where: str = "") -> InputError:
    cure = wording.current().place_landmarks("mouthCorners, upperLip and lowerLip")
    return InputError(
        f"rig '{head.rig.name}': found no lips that meet{where}; a mouth that is to speak needs two lips with a slit "
        f"between them: cut it open, or {cure}"
    )


def _mouth(head: Anatomy) -> tuple[float, Points, Points, float]:
    """Return the height at which the lips meet, the centre (3,) and half size (3,) of a box around them, and the widest
    gap between them at rest."""
    marks = head.rig.landmarks or {}
    if all(name in marks for name in ("mouthCorners", "upperLip", "lowerLip")):
        left, right = head.points[list(marks["mouthCorners"])]
        lips = [head.points[list(marks[name])].mean(axis=0)[1] for name in ("upperLip", "lowerLip")]
        height = float(sum(lips) / 2)
        across = (left - right)[0]
        gap = max(0.1, 1.5 * abs(lips[0] - lips[1]))
        return height, np.array([(left + right)[0] / 2, height, 0.4]), np.array([0.55 * across, 0.3, 0.9]), gap
    for gap in (0.1, 0.2, 0.35):
        midline, _, _ = _facing(head, np.array([0.0, -1.1, 0.4]), np.array([0.08, 0.75, 0.9]), gap)
        if len(midline) >= 3:
            break
    else:
        raise _no_lips(head)
    heights = head.points[midline, 1]
    order = np.sort(heights)
    around = np.searchsorted(order, heights + 0.05) - np.searchsorted(order, heights - 0.05, side="right")
    height = float(heights[around.argmax()])
    return height, np.array([0.0, height, 0.4]), np.array([0.8, 0.3, 0.9]), gap


def _facing(head: Anatomy, centre: Points, reach: Points, gap: float) -> tuple[Index, Index, Points]:
    """Return pairs of vertices in a box that face each other across a gap: the upper, the lower, their distance.

    Each upper vertex has at most the `_PARTNERS` nearest lower ones.
    """
    chosen = np.flatnonzero(head.near & (np.abs(head.points - centre) < reach).all(axis=1))
    points, facing = head.points[chosen], head.normals[chosen]
    down, up = np.flatnonzero(facing[:, 1] < -0.15), np.flatnonzero(facing[:, 1] > 0.15)
    step = max(1, _BLOCK // max(1, len(up)))
    uppers, lowers, distances = [down[:0]], [up[:0]], [np.zeros(0)]
    for start in range(0, len(down), step):
        some = down[start : start + step]
        apart = points[some][:, None] - points[up][None]
        far = np.linalg.norm(apart, axis=2)
        opposed = facing[some] @ facing[up].T < -0.1
        paired = (far < gap) & opposed & (np.abs(apart[..., 0]) < 0.05) & (apart[..., 1] > -0.01)
        if paired.sum(axis=1).max(initial=0) > _PARTNERS:
            last = np.partition(np.where(paired, far, np.inf), _PARTNERS - 1, axis=1)[:, _PARTNERS - 1 : _PARTNERS]
            paired &= far <= last
        i, j = np.nonzero(paired)
        uppers.append(chosen[some[i]])
        lowers.append(chosen[up[j]])
        distances.append(far[i, j])
    return np.concatenate(uppers), np.concatenate(lowers), np.concatenate(distances)


def rims(head: Anatomy) -> Points | None:
    """Return the rims of the eyes, in the order of `Anatomy.lids`: where skin begins to cover the eyeball.

    None if an eye is closed or a socket is not open.
    """
    assert head.eyes is not None
    found = []
    for centre, radius in zip(*head.eyes, strict=True):
        outwards = 1.0 if centre[0] > 0 else -1.0
        angle = np.arange(64) * 2 * np.pi / 64
        reach = np.arange(0, 1.5, 0.02) * radius
        spots = centre[:2] + reach[None, :, None] * np.stack([outwards * np.cos(angle), np.sin(angle)], 1)[:, None]
        skin = head.image[_pixels(spots)]
        ball = centre[2] + np.sqrt(np.maximum(radius**2 - reach**2, 0))
        covered = skin > ball - 0.1 * radius
        first = covered.argmax(axis=1)
        if not covered.any(axis=1).all() or np.median(first) < 4:
            return None
        rim = np.concatenate([spots, skin[..., None]], axis=2)[np.arange(64), first]
        rim[:, 1] = (np.roll(rim[:, 1], 1) + rim[:, 1] + np.roll(rim[:, 1], -1)) / 3
        rim[:, 2] = np.median([np.roll(rim[:, 2], step) for step in range(-2, 3)], axis=0)
        across = outwards * rim[:, 0]
        outer, inner = int(across.argmax()), int(across.argmin())
        upper = (outer + np.arange((inner - outer) % 64 + 1)) % 64
        lower = (inner + np.arange((outer - inner) % 64 + 1)) % 64
        places = across[inner] + (across[outer] - across[inner]) * (1 - np.cos(np.linspace(0, np.pi, 11))) / 2
        arcs = []
        for arc, ends in ((upper[::-1], places[:-1]), (lower, places[:0:-1])):
            order = arc[np.argsort(across[arc], kind="stable")]
            arcs.append(np.stack([np.interp(ends, across[order], rim[order, axis]) for axis in range(3)], axis=1))
        found.append(np.concatenate(arcs))
    out: Points = np.stack(found)
    return out


def _pixels(spots: Points) -> tuple[Index, Index]:
    """Return the pixel rows and columns of points (..., 2)."""
    at = np.floor((spots - FACE[0, :2]) / _PIXEL).astype(np.int64)
    return np.clip(at[..., 1], 0, _SIZE[0] - 1), np.clip(at[..., 0], 0, _SIZE[1] - 1)


def eyes(points: Points, island: Index) -> tuple[Points, Points] | None:
    """Return the centres (2, 3), left first, and radii (2,) of two eyeballs, or None if there are none.

    Eyeballs are two spherical components of equal size side by side; the largest such pair counts. If there are no
    whole balls, half balls count, such as those of web avatars, whose irises may be hollow. `points` (n, 3) may be in
    any unit; `island` (n,) is their connected component.
    """
    order = np.argsort(island, kind="stable")
    starts = np.flatnonzero(np.diff(island[order], prepend=-1))
    pieces = [points[members] for members in np.split(order, starts[1:]) if len(members) >= 20]
    for ball in (_whole_ball, _half_ball):
        if pair := _largest_pair([found for spots in pieces if (found := ball(spots)) is not None]):
            radius, centre, across = pair
            both = np.stack([centre, across] if centre[0] > across[0] else [across, centre])
            return both, np.array([radius, radius])
    return None


def _largest_pair(balls: list[tuple[float, Points]]) -> tuple[float, Points, Points] | None:
    """Return the radius and both centres of the largest pair of balls that is placed like eyes."""
    pairs = []
    for index, (radius, centre) in enumerate(balls):
        for other, across in balls[index + 1 :]:
            apart = np.abs(centre - across)
            if abs(other - radius) < 0.05 * radius and apart[1:].max() < 0.3 * radius and 2 < apart[0] / radius < 9:
                pairs.append((radius, centre, across))
    return max(pairs, key=lambda pair: pair[0], default=None)


def _whole_ball(spots: Points) -> tuple[float, Points] | None:
    """Return radius and centre of a component (n, 3) that is a whole ball, or None."""
    extent = np.ptp(spots, axis=0)
    if extent.min() < 0.5 * extent.max():
        return None
    radius, centre = _sphere(spots)
    uneven = np.std(np.linalg.norm(spots - centre, axis=1)) / max(radius, 1e-12)
    return (radius, centre) if uneven < _EVEN and 0.35 < radius / extent.max() < 0.8 else None


def _half_ball(spots: Points) -> tuple[float, Points] | None:
    """Return radius and centre of a component (n, 3) that is half a ball, perhaps with a hollow, or None."""
    extent = np.ptp(spots, axis=0)
    if not 0.85 * extent[0] < extent[1] < extent[0] / 0.85 or not 0.35 < extent[2] / extent[:2].max() < 0.75:
        return None
    kept = np.ones(len(spots), bool)
    for _ in range(8):  # trimmed least squares
        radius, centre = _sphere(spots[kept])
        off = np.abs(np.linalg.norm(spots - centre, axis=1) - radius) / max(radius, 1e-12)
        kept = off <= max(_EVEN, float(np.quantile(off, _ROUND)))
    round_ = off[kept].max() <= _EVEN and 0.42 < radius / extent[:2].max() < 0.6
    return (radius, centre) if round_ else None


def _sphere(spots: Points) -> tuple[float, Points]:
    """Fit a sphere to points (n, 3) by linear least squares; return its radius and centre."""
    system = np.hstack([2 * spots, np.ones((len(spots), 1))])
    solution = np.linalg.lstsq(system, (spots**2).sum(axis=1), rcond=None)[0]
    centre = solution[:3]
    return float(np.sqrt(max(solution[3] + centre @ centre, 0))), centre


def are_eyes(centres: Points) -> bool:
    """Return whether centres (2, 3) in the frame of a face are where its eyes should be."""
    return bool(np.abs(centres - [[0.5, 0, 0], [-0.5, 0, 0]]).max() < _EYES_OFF)


def _skin(points: Points, faces: Index, island: Index) -> int:
    """Return the component that is foremost at the bridge of the nose."""
    bridge = np.array([0.0, -0.25])
    near = np.abs(points[faces].mean(axis=1)[:, :2] - bridge).max(axis=1) < 0.3
    found = faces[near]
    if not len(found):
        raise InputError(f"found no surface between the eyes; {wording.current().place_landmarks('eyeCorners')}")
    front = points[found].mean(axis=1)[:, 2].argsort()[-max(1, len(found) // 10) :]
    return int(np.bincount(island[found[front, 0]]).argmax())
