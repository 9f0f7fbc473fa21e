"""A contact sheet: a rig in each of its shapes, and at rest, in one picture with captions."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import numpy as np

from audio2blend import blender
from audio2blend.errors import InputError
from audio2blend.files import draft
from rigs import Rig

from .settings import RenderSettings

MOST: Final = 500
"""Shapes that a sheet has room for."""


def draw(
    rig: Rig,
    path: Path,
    *,
    with_other: Mapping[str, str] | None = None,
    tile: int = 240,
    columns: int = 9,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Draw every shape of a rig at weight 1, from the front, into a PNG file and return its path.

    Args:
        rig: the character.
        path: the .png file to write.
        with_other: shapes that are shown on top of another one, such as a mouthClose on its jawOpen.
        tile: width and height in pixels of each picture, caption included.
        columns: pictures in a row.
        progress: called with the number of pictures done and wanted.

    Raises InputError if the file is no .png, or the rig has no mesh, no shapes or too many;
    MissingDependencyError without Blender.
    """
    path = Path(path).absolute()
    if path.suffix.lower() != ".png":
        raise InputError(f"{path}: a contact sheet must be a .png file; give it that suffix")
    if rig.mesh is None or not rig.shapes:
        raise InputError(f"rig '{rig.name}' has no {'shapes' if rig.mesh else 'mesh'} to draw; leave out the sheet")
    if len(rig.shapes) > MOST:
        raise InputError(
            f"rig '{rig.name}' has {len(rig.shapes)} shapes, and a sheet holds {MOST}; save the face alone"
        )
    captions = ["at rest", *rig.shapes]
    weights = np.eye(len(captions), dtype=np.float32)[:, 1:]
    for shape, other in (with_other or {}).items():
        row = 1 + rig.shapes.index(shape)
        weights[row, rig.shapes.index(other)] = 1
        captions[row] = f"{shape} + {other}"
    with draft(path) as target, blender.start() as child:
        arguments = {
            "rig": rig,
            "weights": weights,
            "captions": captions,
            "columns": min(columns, len(captions)),
            "look": RenderSettings(width=tile, height=tile),
            "folder": child.folder,
            "path": target,
        }
        child.call("render_farm.worker.sheet:draw", arguments, progress=progress)
    return path
