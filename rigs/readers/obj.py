"""One Wavefront .obj file: vertices quickly, faces when they are asked for."""

import re
import warnings
from pathlib import PurePath
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError

from ..rig import Material
from .limits import MOST_VERTICES
from .piece import PLAIN


class Surface(NamedTuple):
    """The faces of a mesh."""

    sizes: NDArray[np.int32]
    """Shape (n_faces,)."""
    corners: NDArray[np.int64]
    """Shape (n_corners,)."""
    uv: NDArray[np.float32] | None
    """Shape (n_corners, 2)."""
    face_materials: NDArray[np.int32]
    """Shape (n_faces,): index into `materials`."""
    materials: list[str]
    """Names."""


def vertices(where: PurePath | str, content: bytes) -> NDArray[np.float32]:
    """Return the vertices, shape (n, 3); raises InputError if there are none or a line is damaged."""
    points = _table(where, content, b"v ", (3, 4, 6, 7))
    if not len(points):
        raise InputError(f"{where}: no vertices in it; it is no .obj file, or an empty one")
    return points[:, :3].astype(np.float32)


def surface(where: PurePath | str, content: bytes, n_vertices: int) -> Surface:
    """Return the faces with their texture coordinates and materials; raises InputError if a line is damaged."""
    places = _table(where, content, b"vt ", (2, 3, 1))
    _bounded(where, content.count(b"\nf "))
    materials: dict[str, int] = {}
    current = materials.setdefault("", 0)
    sizes, looks, tokens = [], [], []
    for line in content.replace(b"\\\n", b" ").splitlines():
        if line.startswith(b"f "):
            words = line.split()
            sizes.append(len(words) - 1)
            looks.append(current)
            tokens += words[1:]
        elif line.startswith(b"usemtl "):
            name = line[7:].decode("utf-8", "replace").strip()
            current = materials.setdefault(name, len(materials))
    try:
        rows = [token.split(b"/") for token in tokens]
        corners = np.array([row[0] for row in rows], "S11").astype(np.int64)
        textured = len(places) > 0 and all(len(row) > 1 and row[1] for row in rows)
        uv_rows = np.array([row[1] for row in rows], "S11").astype(np.int64) if textured else None
    except ValueError:
        raise InputError(f"{where}: a line that begins with 'f' does not hold numbers; export it again") from None
    uv = None
    if uv_rows is not None:
        chosen = _from_zero(uv_rows, len(places))
        if len(chosen) and chosen.min() >= 0 and chosen.max() < len(places):
            uv = places[chosen, :2].astype(np.float32)
    if sizes and min(sizes) < 3:
        raise InputError(f"{where}: a face has fewer than three corners; export it again")
    return Surface(
        np.array(sizes, np.int32), _from_zero(corners, n_vertices), uv, np.array(looks, np.int32), list(materials)
    )


def colours(content: bytes) -> dict[str, Material]:
    """Return the materials of a .mtl file by name: their diffuse colour alone."""
    found: dict[str, Material] = {}
    name = ""
    for line in content.decode("utf-8", "replace").splitlines():
        words = line.split()
        if words[:1] == ["newmtl"]:
            name = " ".join(words[1:])
            found[name] = Material(name=name, color=PLAIN.color)
        elif words[:1] == ["Kd"] and name and re.fullmatch(r"[\d.eE+-]+( [\d.eE+-]+){2}", " ".join(words[1:4])):
            red, green, blue = (min(max(float(word), 0.0), 1.0) for word in words[1:4])
            found[name] = Material(name=name, color=(red, green, blue))
    return found


def _from_zero(indices: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return indices that count from 1, or below 0 from the end, as ones that count from 0."""
    return np.where(indices < 0, indices + count, indices - 1)


def _bounded(where: PurePath | str, n_lines: int) -> None:
    """Raise InputError before more lines are taken apart than a rig may have; faces and corners are some more."""
    if n_lines > 4 * MOST_VERTICES:
        raise InputError(f"{where}: {n_lines:,} vertices or faces are too many; save the face alone")


def _table(where: PurePath | str, content: bytes, key: bytes, widths: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the numbers of all lines that begin with `key`, shape (n_lines, width)."""
    first = 0 if content.startswith(key) else content.find(b"\n" + key) + 1
    if not content.startswith(key, first):
        return np.zeros((0, widths[0]))
    last = content.rfind(b"\n" + key) + 1
    end = content.find(b"\n", max(first, last))
    block = content[first : end if end >= 0 else len(content)]
    size = len(key)
    _bounded(where, block.count(b"\n" + key))
    lines = [line[size:] for line in block.split(b"\n") if line[:size] == key]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # what is left over is found by counting
        try:
            numbers: NDArray[Any] = np.fromstring(b" ".join(lines).decode("ascii"), np.float64, sep=" ")
        except ValueError:
            numbers = np.zeros(0)
    width = len(lines[0].split())
    if width not in widths or len(numbers) != width * len(lines):
        raise InputError(f"{where}: a line that begins with '{key.decode().strip()}' is damaged; export it again")
    return numbers.reshape(-1, width)
