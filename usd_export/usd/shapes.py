"""Shapes that were made for a mesh without any, as blend shapes of the client's own mesh, in our layer."""

import numpy as np
from pxr import Usd, UsdGeom, UsdSkel, Vt

from audio2blend.errors import InputError
from rigs import Rig
from rigs.readers.usd import matrix_of, meshes_of
from rigs.readers.usd_names import value

from .prims import SMALLEST_M, unique_identifiers


def bare_of(stage: Usd.Stage, rig: Rig) -> list[tuple[UsdGeom.Mesh, slice]]:
    """Return the meshes that the shapes of a rig move, and which of its vertices are theirs.

    Raises InputError if the scene's vertices are not those that the rig was read from.
    """
    assert rig.mesh is not None
    moved = np.abs(rig.mesh.deltas).max(axis=(0, 2)) >= SMALLEST_M
    found, start = [], 0
    for mesh in meshes_of(stage):
        rows = slice(start, start + len(value(mesh.GetPointsAttr())))
        if moved[rows].any():
            found.append((mesh, rows))
        start = rows.stop
    if start != len(moved):
        raise InputError(f"it has {start:,} vertices and its rig {len(moved):,}; load the rig again")
    return found


def add_shapes(stage: Usd.Stage, rig: Rig) -> None:
    """Give the meshes that the shapes of a rig move those that do; none of them may lie in an instance.

    Moves are turned back from the rig to where each vertex lies in its own mesh.
    """
    assert rig.mesh is not None
    assert rig.asset is not None
    cache = UsdGeom.XformCache(Usd.TimeCode.EarliestTime())
    for mesh, rows in bare_of(stage, rig):
        back = np.linalg.inv(rig.asset.space) @ np.linalg.inv(matrix_of(mesh, cache)[:3, :3])
        deltas = rig.mesh.deltas[:, rows]
        changed = np.linalg.norm(deltas, axis=2) >= SMALLEST_M
        names = [name for name, moves in zip(rig.shapes, changed.any(axis=1), strict=True) if moves]
        targets = [mesh.GetPath().AppendChild(name) for name in unique_identifiers(names)]
        for target, row in zip(targets, np.flatnonzero(changed.any(axis=1)), strict=True):
            at = np.flatnonzero(changed[row]).astype(np.int32)
            shape = UsdSkel.BlendShape.Define(stage, target)
            offsets = np.ascontiguousarray(deltas[row, at] @ back, np.float32)
            shape.CreateOffsetsAttr(Vt.Vec3fArray.FromNumpy(offsets))
            shape.CreatePointIndicesAttr(Vt.IntArray.FromNumpy(at))
        binding = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
        binding.CreateBlendShapesAttr(names)
        binding.CreateBlendShapeTargetsRel().SetTargets(targets)
