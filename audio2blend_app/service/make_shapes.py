"""Shapes for a face that has none: those of the built-in head, carried over by deformation transfer."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import rigs
from audio2blend.blender import wire
from audio2blend.errors import InputError
from rigs.readers.blender import rig_of
from rigs.surface.transfer import transfer

from . import _files


def run(*, character: str, name: str, output: str, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Make the 52 shapes for a character that was gathered to a file, see `_files.character`.

    Args:
        character: its file.
        name: what it is called.
        output: a file for `wire.load`: what every shape adds, float32 [shape, vertex, 3] in the scene's space and
            unit, for each mesh by its name.
        progress: called with the steps done and their number.

    Returns:
        "shapes", their names in order.

    Raises:
        InputError: if there is no face in it.
    """
    found = _files.gathered(character)
    for piece in found["pieces"]:
        piece.shapes.clear()  # old shapes are kept in Blender and mean nothing here
    scene = np.concatenate([piece.vertices for piece in found["pieces"]] or [np.zeros((0, 3))])
    sizes = {piece.name: len(piece.vertices) for piece in found["pieces"]}
    progress(0, 2)
    rig = rig_of(Path(f"{name}.blend"), found)
    if rig.mesh is None:
        raise InputError(f"'{name}' has no mesh; choose the face")
    made = transfer(rigs.builtin(), replace(rig, shapes=(), mesh=replace(rig.mesh, deltas=rig.mesh.deltas[:0])))
    assert made.mesh is not None
    progress(1, 2)
    upright = np.linalg.lstsq(scene, rig.mesh.vertices.astype(np.float64), rcond=None)[0]
    deltas = (made.mesh.deltas @ np.linalg.inv(upright)).astype(np.float32)
    ends = np.cumsum(list(sizes.values()))[:-1]
    wire.save(dict(zip(sizes, np.split(deltas, ends, axis=1), strict=True)), Path(output))
    return {"shapes": list(made.shapes)}
