"""Landmarks: found by laying another head onto a rig, or named by a person where its face is not found by shape."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from audio2blend.errors import InputError
from audio2blend.files import local

from ..rig import Rig
from ..surface.correspondence import correspond
from ..surface.face_finder import NAMES
from ..surface.mesh import nearest
from ..surface.registration import raised

_COUNTS: Final[Mapping[str, int]] = {"eyeCorners": 2, "mouthCorners": 2}
_OFF: Final = 0.25
"""So far off the mesh, in its longest side, a place is none of it."""


def locate(source: Rig, target: Rig) -> dict[str, tuple[int, ...]]:
    """Return the landmarks of a rig by those of another that is laid onto it, as `Rig.landmarks` has them.

    The corners of the mouth are the ends of the line at which the lips meet, and lips are taken on their own side of
    it. Raises InputError if a face cannot be found.
    """
    pair = correspond(source, target)
    assert source.landmarks is not None
    laid = {name: pair.warp(raised(pair.source)[list(source.landmarks[name])]) for name in NAMES}
    seam, points = pair.target.seam, pair.target.points
    out: dict[str, tuple[int, ...]] = {"mouthCorners": (int(seam.upper[-1]), int(seam.upper[0]))}
    seen = np.flatnonzero(pair.target.seen)
    for name, among in (("eyeCorners", seen), ("upperLip", seam.upper_lip), ("lowerLip", seam.lower_lip)):
        found = among[nearest(laid[name], points[among])[0][:, 0]]
        out[name] = tuple(dict.fromkeys(found.tolist()))
    return out


def read(path: Path, rig: Rig) -> dict[str, tuple[int, ...]]:
    """Return the landmarks of a rig from a TOML file, as `Rig.landmarks` has them.

    Each of `NAMES` is a list of vertices, or of places [x, y, z] in metres, Y up, which stand for the nearest vertex:
    `mouthCorners = [[0.025, 1.61, 0.09], [-0.025, 1.61, 0.09]]`.
    Raises InputError, naming the file, the landmark and the cure, if one is missing or no place on the mesh, if both
    corners are one vertex, or if there is no mesh.
    """
    if rig.mesh is None:
        raise InputError(
            f"{path}: rig '{rig.name}' is a list of names and has no mesh to lay landmarks on; leave them out"
        )
    try:
        table = tomllib.loads(local(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"cannot read the landmarks {path}: {error.strerror}; name a readable file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no TOML: {error}; repair that place") from None
    if unknown := sorted(table.keys() - set(NAMES)):
        raise InputError(f"{path}: there is no landmark '{unknown[0]}'; there are {', '.join(NAMES)}")
    return {name: _vertices(name, table.get(name), path, rig) for name in NAMES}


def _vertices(name: str, value: Any, path: Path, rig: Rig) -> tuple[int, ...]:
    count = _COUNTS.get(name)
    if not isinstance(value, list) or not value or (count and len(value) != count):
        wanted = f"a list of {count}" if count else "a list of at least one"
        raise InputError(f"{path}: {name} must be {wanted} vertices or places; write it")
    out = tuple(_vertex(name, item, path, rig) for item in value)
    if count and len({*out}) < count:
        raise InputError(f"{path}: {name} names one vertex of the mesh twice; name two places apart")
    return out


def _vertex(name: str, item: Any, path: Path, rig: Rig) -> int:
    """Return a vertex that is named, or the one nearest to a place."""
    assert rig.mesh is not None
    points = rig.mesh.vertices.astype(np.float64)
    if isinstance(item, int) and not isinstance(item, bool) and 0 <= item < len(points):
        return item
    if not (isinstance(item, list) and len(item) == 3 and all(map(_finite, item))):
        raise InputError(
            f"{path}: {name} has {item!r}, which is neither a vertex from 0 to {len(points) - 1} nor a "
            "place [x, y, z] in metres; correct it"
        )
    found, away = nearest(np.array([item], np.float64), points)
    if away[0, 0] > _OFF * np.ptp(points, axis=0).max():
        raise InputError(
            f"{path}: {name} has {item!r}, which lies {away[0, 0]:,.2f} m off the mesh; write places in metres, Y up, "
            f"on a mesh of {' × '.join(f'{side:.2f}' for side in np.ptp(points, axis=0))} m"
        )
    return int(found[0, 0])


def _finite(value: object) -> bool:
    """Return whether a value of a TOML file is a number that a place can have."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
