"""A folder or archive of .obj files, one a shape, as ICT FaceKit and Faceit have it.

One file is the neutral face: it is called "neutral", "basis", "rest" or the like. The others have its vertices in its
order; the name of the file is the name of the shape. Files called "identity000" and so on are the identity modes of
a morphable model. Archives (.zip, .tar and .tar packed with gz, xz or bz2) are read as a stream.
"""

import re
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError
from audio2blend.wording import listed

from ..rig import Material, Rig
from . import archive, obj
from .assemble import assemble
from .limits import afford
from .piece import PLAIN, Piece, Space, distinct

_NEUTRAL: Final = re.compile(r"(?:.*[_\W])?(neutral|basis|rest|base|default|expressionless)(?:[_\W].*)?", re.IGNORECASE)
_IDENTITY: Final = re.compile(r"identity[_ -]?\d+", re.IGNORECASE)

Points = NDArray[np.float32]
Places = dict[PurePosixPath, Points]


def read(path: Path) -> Rig:
    """Return the rig that a folder, an archive or a single .obj file holds.

    Raises InputError if there is no .obj file or no neutral one among several, or the archive is damaged or harmful.
    """
    places: Places = {}
    neutrals: dict[PurePosixPath, bytes] = {}
    looks: dict[str, Material] = {}
    for place, content in archive.files(path, (".obj", ".mtl")) if _many(path) else _alone(path):
        if place.suffix.lower() == ".mtl":
            looks |= obj.colours(content)
            continue
        points = obj.vertices(f"{path}: {place}" if _many(path) else path, content)
        places[place] = points
        afford(path, len(points), len(places))
        if _is_neutral(place) or not _many(path):
            neutrals[place] = content
    if not places:
        raise InputError(f"{path}: no .obj files in it; name a folder or archive with one .obj file a shape")
    neutral = _neutral(path, places, neutrals)
    notes = [f"the neutral face is {neutral.name}"] if len(places) > 1 else []
    piece = _piece(path, neutral, neutrals[neutral], places, looks, notes)
    return assemble(path, [piece], space=Space(), notes=notes)


def _many(path: Path) -> bool:
    return path.suffix.lower() != ".obj" or path.is_dir()


def _alone(path: Path) -> list[archive.Entry]:
    if path.stat().st_size > archive.MOST_FILE_BYTES:
        raise InputError(f"{path}: more than {archive.MOST_FILE_BYTES >> 20} MiB; save the face alone")
    return [(PurePosixPath(path.name), path.read_bytes())]


def _is_neutral(place: PurePosixPath) -> bool:
    return _NEUTRAL.fullmatch(place.stem) is not None


def _neutral(path: Path, places: Places, neutrals: dict[PurePosixPath, bytes]) -> PurePosixPath:
    """Return the neutral face: of several, the one with the most files beside it that have as many vertices."""
    if not neutrals:
        raise InputError(
            f"{path}: none of its {len(places)} .obj files is called neutral (or basis, rest); "
            f"call the face at rest neutral.obj (there are {listed(sorted(place.name for place in places), 4)})"
        )

    def company(place: PurePosixPath) -> int:
        return sum(
            other.parent == place.parent and len(points) == len(places[place]) for other, points in places.items()
        )

    return max(sorted(neutrals), key=company)


def _piece(
    path: Path,
    neutral: PurePosixPath,
    content: bytes,
    places: Places,
    looks: dict[str, Material],
    notes: list[str],
) -> Piece:
    """Return the mesh with a shape for each file that fits the neutral one; adds to `notes` what does not."""
    rest = places.pop(neutral)
    fitting = {place: points for place, points in sorted(places.items()) if len(points) == len(rest)}
    if others := sorted(place.name for place in places.keys() - fitting.keys()):
        notes.append(
            f"{len(others)} files have another number of vertices than the {len(rest)} of {neutral.name} "
            f"and are left out: {listed(others)}"
        )
    modes = [points - rest for place, points in fitting.items() if _IDENTITY.fullmatch(place.stem)]
    shaped = [place for place in fitting if not _IDENTITY.fullmatch(place.stem)]
    names, remarks = distinct([place.stem for place in shaped], "the folder")
    notes += remarks
    if modes:
        notes.append(f"{len(modes)} identity modes give other heads")
    faces = obj.surface(f"{path}: {neutral}" if _many(path) else path, content, len(rest))
    return Piece(
        name=neutral.stem,
        vertices=rest,
        face_sizes=faces.sizes,
        face_vertices=faces.corners,
        shapes={name: fitting[place] - rest for name, place in zip(names, shaped, strict=True)},
        face_materials=faces.face_materials,
        materials=tuple(
            looks.get(name) or (Material(name=name, color=PLAIN.color) if name else PLAIN) for name in faces.materials
        ),
        uv=faces.uv,
        identity=np.stack(modes) if modes else None,
    )
