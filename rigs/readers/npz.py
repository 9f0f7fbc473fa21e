"""Morphable models of faces (3DMM) as NumPy archives, and rigs that `save` wrote.

A model is a neutral face, a basis of expressions and a basis of identities. FLAME, the Basel Face Model, ICT FaceKit
and their conversions call the same things by different names and shape them differently; every layout in `_NAMES` is
read, and bases of shape (n_vertices, 3, k), (k, n_vertices, 3), (3 n_vertices, k) or (k, 3 n_vertices). A basis with
standard deviations or variances is scaled, so that 1 is one standard deviation.

FLAME keeps both bases in `shapedirs`, 300 identities before the expressions, and moves jaw and eyes by joints, whose
places follow from `J_regressor`. Its corrective shapes (`posedirs`) are not read. Nothing is ever unpickled.
"""

import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError

from ..rig import Rig
from . import saved
from .assemble import assemble
from .limits import MOST_BYTES, MOST_POINTS, afford
from .piece import Bone, Piece, Space, distinct

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "neutral": ("neutral", "v_template", "shapeMU", "meanshape", "shape/model/mean", "mean", "u", "vertices"),
    "faces": ("faces", "f", "tri", "tl", "triangles", "shape/representer/cells", "cells"),
    "expressions": (
        "expressions",
        "expressiondirs",
        "exprdirs",
        "exBase",
        "expPC",
        "expression/model/pcaBasis",
        "w_exp",
    ),
    "expression_sd": ("expressions_sd", "expEV", "sigma_exp"),
    "expression_variance": ("expression/model/pcaVariance",),
    "identity": ("identity", "identities", "idBase", "shapePC", "shape/model/pcaBasis", "w_shp"),
    "identity_sd": ("identity_sd", "shapeEV", "sigma_shape"),
    "identity_variance": ("shape/model/pcaVariance",),
    "names": ("expression_names", "names"),
}
"""What each part may be called; the first that is there is taken."""
_FLAME_IDENTITIES: Final = 300
_FLAME_JOINTS: Final = ("root", "neck", "jaw", "eye.L", "eye.R")
"""FLAME numbers its joints; these are its names for them as our tables of bones know them."""

_LARGE: Final = 1_000_000
"""Arrays of more numbers than this are kept in single precision."""

Array = NDArray[np.floating[Any]]


def read(path: Path) -> Rig:
    """Return the rig that an archive holds; raises InputError if it is none, damaged or too large."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise InputError(f"{path}: this is one array, not an archive; save it with numpy.savez")
            _bounded(path)
            if saved.MARK in archive:
                return saved.rig_of(archive)
            return _model(path, archive)
    except InputError as error:
        raise error if str(path) in str(error) else InputError(f"{path}: {error}") from None
    except KeyError as error:
        raise InputError(f"{path}: lacks {error}; save the model again") from None
    except (
        ValueError,
        TypeError,
        EOFError,
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        SyntaxError,
        tokenize.TokenError,
    ) as error:
        raise InputError(f"{path}: damaged, or no morphable model ({error}); save it again with numpy.savez") from None


def _bounded(path: Path) -> None:
    """Raise InputError if the arrays are more than would be read."""
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
            raise InputError(f"unpacks to more than {MOST_BYTES >> 20:,} MiB; save fewer modes, or the face alone")


def _model(path: Path, archive: Mapping[str, NDArray[Any]]) -> Rig:
    found = {part: name for part, names in _NAMES.items() for name in names[::-1] if name in archive}
    if "neutral" not in found:
        clip = " (it holds an animation)" if "frame_rate" in archive else ""
        raise InputError(
            f"{path}: no morphable model{clip}; it needs a neutral face (such as v_template or neutral), "
            "faces, and a basis of expressions or identities"
        )
    neutral = _numbers(archive, found["neutral"]).reshape(-1)
    if len(neutral) % 3 or not len(neutral):
        raise InputError(f"{path}: '{found['neutral']}' has {len(neutral)} numbers, which are no points; save it again")
    vertices = neutral.reshape(-1, 3)
    afford(path, len(vertices), 0)
    notes: list[str] = []
    bases = {part: _basis(path, archive, found, part, len(vertices)) for part in ("expression", "identity")}
    if "shapedirs" in archive:
        bases = _flame_bases(path, archive, bases, len(vertices), notes)
    expressions, identity = bases["expression"], bases["identity"]
    names = [f"expression_{index:03}" for index in range(len(expressions))]
    if "names" in found and len(archive[found["names"]]) == len(names):
        names, remarks = distinct([str(name) for name in archive[found["names"]]], "the model")
        notes += remarks
    if not len(expressions):
        notes.append("it has no basis of expressions, only heads")
    if len(identity):
        notes.append(f"{len(identity)} identity modes give other heads")
    weights, bones = _joints(archive, vertices, notes)
    corners = _faces(path, archive, found, len(vertices))
    piece = Piece(
        name=path.stem,
        vertices=vertices,
        face_sizes=np.full(len(corners), 3, np.int32),
        face_vertices=corners.ravel(),
        shapes=dict(zip(names, expressions, strict=True)),
        weights=weights,
        identity=identity.astype(np.float32) if len(identity) else None,
    )
    return assemble(path, [piece], space=Space(), bones=bones, notes=notes)


def _numbers(archive: Mapping[str, NDArray[Any]], name: str) -> Array:
    array = archive[name]
    if array.dtype.kind not in "fiu":
        raise InputError(f"'{name}' holds no numbers; save it again as an array of floats")
    return array.astype(np.float32 if array.size > _LARGE else np.float64)


def _basis(path: Path, archive: Mapping[str, NDArray[Any]], found: Mapping[str, str], part: str, count: int) -> Array:
    """Return a basis as (k, n_vertices, 3), scaled by its standard deviations; empty if there is none."""
    name = found.get("expressions" if part == "expression" else part)
    if name is None:
        return np.zeros((0, count, 3))
    basis = _modes(path, archive, name, count)
    scale = None
    if (where := found.get(f"{part}_sd")) is not None:
        scale = _numbers(archive, where).ravel()
    elif (where := found.get(f"{part}_variance")) is not None:
        scale = np.sqrt(np.maximum(_numbers(archive, where).ravel(), 0))
    if scale is None:
        return basis
    if len(scale) < len(basis):
        raise InputError(f"{path}: '{where}' has {len(scale)} numbers for the {len(basis)} modes of '{name}'")
    return basis * scale[: len(basis), None, None].astype(basis.dtype)


def _modes(path: Path, archive: Mapping[str, NDArray[Any]], name: str, count: int) -> Array:
    """Return a basis as (k, n_vertices, 3), whichever way it lies in the file."""
    basis = _numbers(archive, name)
    if basis.size > 3 * MOST_POINTS:
        afford(path, count, basis.size // (3 * count))
    match basis.shape:
        case (n, 3, _) if n == count:
            return np.moveaxis(basis, 2, 0)
        case (_, n, 3) if n == count:
            return basis
        case (rows, _) if rows == 3 * count:
            return basis.T.reshape(-1, count, 3)
        case (_, columns) if columns == 3 * count:
            return basis.reshape(-1, count, 3)
    raise InputError(
        f"{path}: '{name}' has the shape {basis.shape}, which fits no basis of {count} vertices; "
        f"save it as ({count}, 3, k)"
    )


def _flame_bases(
    path: Path, archive: Mapping[str, NDArray[Any]], bases: dict[str, Array], count: int, notes: list[str]
) -> dict[str, Array]:
    """Return FLAME's bases: identities first, then expressions, in one array or in two."""
    modes = _modes(path, archive, "shapedirs", count)
    if len(bases["expression"]):
        return {"expression": bases["expression"], "identity": modes}
    split = _FLAME_IDENTITIES if len(modes) > _FLAME_IDENTITIES else len(modes) * 3 // 4
    if split != _FLAME_IDENTITIES:
        notes.append(
            f"shapedirs has {len(modes)} modes, not FLAME's 300 and 100; the first {split} are taken as identities"
        )
    return {"expression": modes[split:], "identity": modes[:split]}


def _faces(path: Path, archive: Mapping[str, NDArray[Any]], found: Mapping[str, str], count: int) -> NDArray[np.int64]:
    """Return the triangles, shape (n, 3), counted from 0."""
    if "faces" not in found:
        raise InputError(f"{path}: no faces in it (such as f or faces); add the model's triangles")
    faces = _numbers(archive, found["faces"]).astype(np.int64)
    if faces.ndim == 2 and faces.shape[1] != 3 and faces.shape[0] == 3:
        faces = faces.T
    if faces.ndim != 2 or faces.shape[1] != 3 or not len(faces):
        raise InputError(f"{path}: '{found['faces']}' has the shape {faces.shape}; triangles have (n, 3)")
    return faces - 1 if faces.min() == 1 and faces.max() == count else faces  # MATLAB counts from 1


def _joints(
    archive: Mapping[str, NDArray[Any]], vertices: Array, notes: list[str]
) -> tuple[dict[str, NDArray[np.float32]], list[Bone]]:
    """Return FLAME's joints: which vertices follow each, and where it lies."""
    if not {"weights", "kintree_table"} <= set(archive):
        return {}, []
    weights = _numbers(archive, "weights")
    parents = _numbers(archive, "kintree_table").astype(np.int64).reshape(2, -1)[0]
    if weights.shape != (len(vertices), len(parents)):
        notes.append("its joints do not fit its vertices and are left out")
        return {}, []
    places = _places(archive, vertices, weights)
    known = len(parents) == len(_FLAME_JOINTS)
    names = _FLAME_JOINTS if known else tuple(f"joint_{index}" for index in range(len(parents)))
    bones = [
        Bone(
            name=names[index],
            parent=names[parent] if 0 <= parent < index else None,
            position=(float(place[0]), float(place[1]), float(place[2])),
        )
        for index, (parent, place) in enumerate(zip(parents, places, strict=True))
    ]
    return {name: column.astype(np.float32) for name, column in zip(names, weights.T, strict=True)}, bones


def _places(archive: Mapping[str, NDArray[Any]], vertices: Array, weights: Array) -> Array:
    """Return where the joints lie; without a regressor that can be read, in the middle of what follows them."""
    try:
        regressor = _numbers(archive, "J_regressor")
        if regressor.shape == (weights.shape[1], len(vertices)):
            return np.asarray(regressor @ vertices)
    except (InputError, KeyError, ValueError):  # some files keep it as a pickled sparse matrix
        pass
    return np.asarray((weights.T @ vertices) / np.maximum(weights.sum(axis=0), 1e-9)[:, None])
