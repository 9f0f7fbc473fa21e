"""Face detection on a rig: by its eyeballs, by landmarks, or by matching its relief to our head's."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from audio2blend import wording
from audio2blend.errors import InputError

from ..rig import Rig
from .anatomy import FACE, Anatomy, Frame, are_eyes, eyes
from .mesh import Index, Points, depth, islands, nearest, normals, triangles
from .registration import spread

NAMES: Final = ("eyeCorners", "mouthCorners", "upperLip", "lowerLip")
"""The landmarks that place a face: the outer corners of the eyes and the corners of the mouth, the character's left
first, and the middle of the inner upper and lower lip."""
_PIXEL: Final = 0.12
"""Pixel size at which reliefs are compared, in distances between the eyes."""
_EYES_M: Final = tuple(0.025 * 1.1**step for step in range(24))
"""Candidate distances between the eyes, from 2.5 to 22 cm."""
_ASIDE: Final = 0.35
"""How far from the middle of the mesh a face may be, in the same unit."""
_MOST: Final = 0.3
"""Upper limit of a difference between reliefs; larger ones are clipped to it."""
_ALIKE: Final = 0.11
"""Mean difference below which a relief is that of a face."""
_FINEST_M: Final = 0.002
_ROWS: Final = 1000
_STEPS: Final = 30


def frame(rig: Rig, like: Anatomy | None = None) -> Frame:
    """Return the frame of a rig's face.

    It comes from the eyeballs, unless landmarks contradict them; else from the landmarks, aligned with those of `like`,
    if the rig has all of `NAMES`; else from matching the rig's relief to that of `like`.

    Raises InputError if the rig has no mesh or no face.
    """
    if rig.mesh is None or not len(rig.mesh.face_sizes):
        raise InputError(f"rig '{rig.name}' has no faces to see its shapes by; give it as a mesh, or match it by names")
    points = rig.mesh.vertices.astype(np.float64)
    if not np.isfinite(points).all() or not np.isfinite(rig.mesh.deltas).all():
        raise InputError(f"the mesh of rig '{rig.name}' holds a NaN or an infinity; repair it where it was made")
    named = None
    if like is not None and rig.landmarks and like.rig.landmarks and {*NAMES} <= rig.landmarks.keys():
        named = _laid(_middles(points, rig.landmarks), _middles(like.points, like.rig.landmarks))
    every = triangles(rig.mesh)
    found = eyes(points, islands(len(points), every))
    if found is not None and (named is None or are_eyes(named.inwards(found[0]))):
        centres = found[0]
        apart = float(np.linalg.norm(centres[0] - centres[1]))
        return Frame(origin=centres.mean(axis=0), scale=1 / apart, turn=np.eye(3))
    if named is None and like is not None:
        named = find(points, every, like)
    if named is None:
        raise InputError(
            f"found no face on rig '{rig.name}': it has no pair of eyeballs, and nothing on it looks like a face along "
            f"+Z; {wording.current().place_landmarks(', '.join(NAMES))}"
        )
    return named


def _middles(points: Points, landmarks: Mapping[str, Sequence[int]]) -> Points:
    """Return landmark positions, shape (6, 3): both corners of eyes and mouth, and the middle of each lip."""
    corners = [points[list(landmarks[name])] for name in ("eyeCorners", "mouthCorners")]
    lips = [points[list(landmarks[name])].mean(axis=0, keepdims=True) for name in ("upperLip", "lowerLip")]
    return np.concatenate([*corners, *lips])


def find(points: Points, faces: Index, like: Anatomy) -> Frame | None:
    """Find a face that looks along +Z, as `like` does, on a mesh (n, 3) in metres with Y up; None if there is none.

    Reliefs are compared at all positions and sizes, and the best match is refined by iterative closest points (Besl and
    McKay 1992) under a similarity transform.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    pixel = max(_FINEST_M, float((high - low)[:2].max()) / _ROWS)
    size = [int(extent / pixel) + 1 for extent in (high - low)[:2]]
    picture = depth(points, faces, low, pixel, (size[1], size[0]))
    spots = _relief(like)
    places = [_place(picture, low, pixel, spots, apart_m) for apart_m in _EYES_M]
    unlike, found = min(places, key=lambda place: place[0])
    return _refined(points, faces, like, found) if unlike < _ALIKE else None


def _relief(like: Anatomy) -> Points:
    """Return the relief of a face as points (n, 3) in the frame of the face."""
    rows, columns = (int((FACE[1, axis] - FACE[0, axis]) / _PIXEL) for axis in (1, 0))
    image = depth(like.points, like.faces, FACE[0, :2], _PIXEL, (rows, columns))
    row, column = np.nonzero(np.isfinite(image))
    return np.stack(
        [FACE[0, 0] + (column + 0.5) * _PIXEL, FACE[0, 1] + (row + 0.5) * _PIXEL, image[row, column]], axis=1
    )


def _place(picture: Points, low: Points, pixel: float, spots: Points, apart_m: float) -> tuple[float, Frame]:
    """Return the difference at the best position for a face with this distance between the eyes, and its frame."""
    n_rows, n_columns = picture.shape
    step = _PIXEL * apart_m / pixel
    aside = np.arange(-_ASIDE, _ASIDE, _PIXEL) * apart_m / pixel + n_columns / 2
    best, place = np.inf, np.zeros(3)
    for row in np.arange(0, n_rows, step):
        at = np.round(row + spots[:, 1] * apart_m / pixel).astype(np.int64)[None]
        across = np.round(aside[:, None] + spots[:, 0] * apart_m / pixel).astype(np.int64)
        inside = (at >= 0) & (at < n_rows) & (across >= 0) & (across < n_columns)
        seen = picture[np.clip(at, 0, n_rows - 1), np.clip(across, 0, n_columns - 1)] / apart_m
        known = inside & np.isfinite(seen)
        enough = np.flatnonzero(known.mean(axis=1) > 0.8)
        if not len(enough):
            continue
        gaps = np.where(known, seen - spots[:, 2], np.nan)[enough]
        level = np.nanmedian(gaps, axis=1)
        far = np.minimum(np.nan_to_num(np.abs(gaps - level[:, None]), nan=_MOST), _MOST).mean(axis=1)
        if far.min() < best:
            which = int(far.argmin())
            best = float(far[which])
            place = np.array([low[0] + aside[enough[which]] * pixel, low[1] + row * pixel, level[which] * apart_m])
    return best, Frame(origin=place, scale=1 / apart_m, turn=np.eye(3))


def _refined(points: Points, faces: Index, like: Anatomy, place: Frame) -> Frame:
    """Refine the frame `place` so that the surface lies closest to the face of `like`."""
    facing = normals(points, faces)
    seen = np.flatnonzero(like.seen & (like.points[:, 1] < 0.9))
    chosen = seen[spread(like.points[seen], 400)]
    query = np.hstack([like.points[chosen], 0.3 * like.normals[chosen]])
    for _ in range(_STEPS):
        here = place.inwards(points)
        near = np.flatnonzero(((here > FACE[0] - 0.3) & (here < FACE[1] + 0.3)).all(axis=1))
        found, far = nearest(query, np.hstack([here[near], 0.3 * (facing[near] @ place.turn)]))
        kept = far[:, 0] <= np.percentile(far[:, 0], 80)
        place = _laid(points[near[found[kept, 0]]], like.points[chosen[kept]])
    return place


def _laid(points: Points, onto: Points) -> Frame:
    """Return the frame in which points (n, 3) lie closest to `onto`, by the similarity of Umeyama 1991."""
    middles = points.mean(axis=0), onto.mean(axis=0)
    left, singular, right = np.linalg.svd((points - middles[0]).T @ (onto - middles[1]))
    flip = np.diag([1, 1, np.sign(np.linalg.det(left @ right))])
    turn = left @ flip @ right
    scale = float((singular * np.diagonal(flip)).sum() / ((points - middles[0]) ** 2).sum())
    return Frame(origin=middles[0] - turn @ middles[1] / scale, scale=scale, turn=turn)
