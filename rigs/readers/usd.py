"""Universal Scene Description: .usd, .usda, .usdc and .usdz, with UsdSkel blend shapes and skeletons.

Every mesh of the stage is read, at its authored default or first time. Skinned meshes stand as they were bound. A
sparse blend shape (pointIndices) is spread out; inbetweens are left out and named, since a rig's shapes are linear.
Units and the up axis are the stage's. Not read: textures, animation.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pxr import Gf, Tf, Usd, UsdGeom, UsdShade, UsdSkel

from audio2blend.errors import InputError
from audio2blend.wording import listed

from ..quaternions import of_matrix, quadruple
from ..rig import Material, Rig
from .assemble import assemble, reversed_faces
from .limits import afford
from .piece import PLAIN, Bone, Piece, Space
from .usd_names import joints_of, shapes_of, value
from .usd_quiet import quiet

_SHOWN: Final = (UsdGeom.Tokens.default_, UsdGeom.Tokens.render)
"""Purposes of meshes that are read; "proxy" and "guide" only stand in for others."""

Array = NDArray[np.float64]


def read(path: Path) -> Rig:
    """Return the rig that a USD file holds; raises InputError if it is damaged."""
    notes: list[str] = []
    try:
        with quiet(notes):
            rig = _read(path)
        return replace(rig, notes=(*rig.notes, *notes))
    except InputError:
        raise
    except (Tf.ErrorException, ValueError, IndexError, TypeError) as error:  # as it is opened, or a value is read
        raise InputError(f"{path}: USD cannot read it ({_reason(error)}); export it again") from None


def _reason(error: Exception) -> str:
    """Return USD's own last words on what is wrong, in one line, without its file names."""
    try:
        last = error.args[-1].commentary if isinstance(error, Tf.ErrorException) else str(error)
        return " ".join(str(last).split("; ")[-1].split())[:200]
    except UnicodeDecodeError:  # it quotes the file
        return "it is damaged"


def _read(path: Path) -> Rig:
    stage = Usd.Stage.Open(str(path.absolute()))
    meshes = meshes_of(stage)
    shaped = [mesh for mesh in meshes if UsdSkel.BindingAPI(mesh).GetBlendShapeTargetsRel().GetTargets()]
    _afford(path, shaped or meshes, n_shapes=_most_shapes(shaped))
    notes: list[str] = []
    cache = UsdGeom.XformCache(Usd.TimeCode.EarliestTime())
    bones: dict[str, Bone] = {}
    pieces = [_piece(path, mesh, cache, bones, notes) for mesh in meshes]
    up = str(UsdGeom.GetStageUpAxis(stage)) if stage.HasAuthoredMetadata("upAxis") else None
    unit = UsdGeom.GetStageMetersPerUnit(stage) if stage.HasAuthoredMetadata("metersPerUnit") else None
    return assemble(path, pieces, space=Space(unit_m=unit, up=up), bones=list(bones.values()), notes=notes)


def meshes_of(stage: Usd.Stage) -> list[UsdGeom.Mesh]:
    """Return the meshes of a scene that are read, in the order in which their vertices lie in a rig."""
    prims = [prim for prim in stage.Traverse(Usd.TraverseInstanceProxies()) if prim.IsA(UsdGeom.Mesh)]
    meshes = [UsdGeom.Mesh(prim) for prim in prims if UsdGeom.Imageable(prim).ComputePurpose() in _SHOWN]
    return [mesh for mesh in meshes if _is_whole(mesh)]


def matrix_of(mesh: UsdGeom.Mesh, cache: UsdGeom.XformCache) -> Array:
    """Return the matrix (row vectors) that brings a mesh's points onto the stage, as it was bound."""
    return _binding(mesh, cache, {}, len(value(mesh.GetPointsAttr())))[0]


def _is_whole(mesh: UsdGeom.Mesh) -> bool:
    parts = (mesh.GetPointsAttr(), mesh.GetFaceVertexCountsAttr(), mesh.GetFaceVertexIndicesAttr())
    return all(value(part) for part in parts)


def _most_shapes(meshes: Sequence[UsdGeom.Mesh]) -> int:
    return max((len(UsdSkel.BindingAPI(mesh).GetBlendShapeTargetsRel().GetTargets()) for mesh in meshes), default=0)


def _afford(path: Path, meshes: Sequence[UsdGeom.Mesh], *, n_shapes: int) -> None:
    afford(path, sum(len(value(mesh.GetPointsAttr()) or ()) for mesh in meshes), n_shapes)


def _piece(
    path: Path, mesh: UsdGeom.Mesh, cache: UsdGeom.XformCache, bones: dict[str, Bone], notes: list[str]
) -> Piece:
    """Return a mesh as it stands on the stage; adds its skeleton's bones."""
    points, sizes = value(mesh.GetPointsAttr()), value(mesh.GetFaceVertexCountsAttr())
    corners = value(mesh.GetFaceVertexIndicesAttr())
    name = mesh.GetPrim().GetName()
    face_sizes, face_vertices = np.array(sizes, np.int32), np.array(corners, np.int64)
    if face_sizes.sum() != len(face_vertices) or face_sizes.min() < 3:
        raise InputError(
            f"{path}: mesh '{name}' has {len(face_vertices)} corners, not those of its faces; export again"
        )
    vertices = np.array(points, float)
    matrix, weights = _binding(mesh, cache, bones, len(vertices))
    uv = _uv(mesh, face_vertices)
    mirrored = np.linalg.det(matrix[:3, :3]) < 0
    if mirrored:
        notes.append(f"mesh '{name}' has a mirrored scale; its faces are turned so that they look outwards")
    if mirrored != (value(mesh.GetOrientationAttr()) == UsdGeom.Tokens.leftHanded):
        face_vertices = reversed_faces(face_sizes, face_vertices)
        uv = None if uv is None else reversed_faces(face_sizes, uv)
    materials, face_materials = _materials(mesh, len(face_sizes))
    shapes = _shapes(path, mesh, len(vertices), notes)
    return Piece(
        name=name,
        vertices=vertices @ matrix[:3, :3] + matrix[3, :3],
        face_sizes=face_sizes,
        face_vertices=face_vertices,
        shapes={shape: delta @ matrix[:3, :3].astype(np.float32) for shape, delta in shapes.items()},
        face_materials=face_materials,
        materials=materials,
        uv=uv,
        weights=weights,
    )


def _shapes(path: Path, mesh: UsdGeom.Mesh, count: int, notes: list[str]) -> dict[str, NDArray[np.float32]]:
    """Return what each blend shape adds, by its name in the animation."""
    own = shapes_of(mesh)
    notes += own.notes
    name = mesh.GetPrim().GetName()
    shapes = {}
    between = []
    for shape, target in zip(own.names, own.targets, strict=True):
        prim = UsdSkel.BlendShape(mesh.GetPrim().GetStage().GetPrimAtPath(target))
        offsets = np.array(value(prim.GetOffsetsAttr()) or np.zeros((0, 3)), np.float32) if prim else np.zeros((0, 3))
        indices = value(prim.GetPointIndicesAttr()) if prim else None
        at = np.array(indices, np.int64) if indices else np.arange(len(offsets))
        if len(at) != len(offsets) or (len(at) and (at.min() < 0 or at.max() >= count)):
            raise InputError(f"{path}: the blend shape '{shape}' does not fit mesh '{name}'; export it again")
        delta = np.zeros((count, 3), np.float32)
        delta[at] = offsets
        shapes[shape] = delta
        if prim and prim.GetInbetweens():
            between.append(shape)
    if between:
        notes.append(
            f"its inbetweens are kept by a USD layer over it; elsewhere these move in a line: {listed(between)}"
        )
    return shapes


def _binding(
    mesh: UsdGeom.Mesh, cache: UsdGeom.XformCache, bones: dict[str, Bone], count: int
) -> tuple[Array, dict[str, NDArray[np.float32]]]:
    """Return the matrix (row vectors) that brings the points onto the stage, and how they follow the bones."""
    own = np.array(cache.GetLocalToWorldTransform(mesh.GetPrim()))
    binding = UsdSkel.BindingAPI(mesh)
    skeleton = binding.GetInheritedSkeleton()
    if not skeleton:
        return own, {}
    world = np.array(cache.GetLocalToWorldTransform(skeleton.GetPrim()))
    own_names = joints_of(skeleton)
    names = _bones(skeleton, own_names, world, bones)
    api = UsdGeom.PrimvarsAPI(mesh)
    indices, weights = (api.FindPrimvarWithInheritance(f"primvars:skel:joint{part}") for part in ("Indices", "Weights"))
    if not (indices and weights and indices.HasValue() and weights.HasValue()):
        return own, {}
    size = max(indices.GetElementSize(), 1)
    columns = np.array(value(indices.GetAttr()), np.int64).reshape(-1, size)
    shares = np.array(value(weights.GetAttr()), np.float32).reshape(-1, size)
    if len(columns) == 1:  # constant: the whole mesh follows alike
        columns, shares = np.repeat(columns, count, axis=0), np.repeat(shares, count, axis=0)
    geometry = value(binding.GetGeomBindTransformAttr())
    bind = np.array(geometry if geometry is not None else Gf.Matrix4d(1)) @ world
    if len(columns) != count or len(shares) != count:
        return bind, {}
    order = [str(joint) for joint in value(binding.GetJointsAttr()) or own_names]  # a mesh may have an order of its own
    found: dict[str, NDArray[np.float32]] = {}
    for number, joint in enumerate(order):
        rows = np.where(columns == number, shares, 0).sum(axis=1)
        if joint in names and rows.any():
            found[names[joint]] = rows.astype(np.float32)
    return bind, found


def _bones(skeleton: UsdSkel.Skeleton, names: dict[str, str], world: Array, bones: dict[str, Bone]) -> dict[str, str]:
    """Add a skeleton's joints to `bones`, and return the name by its path of each that is there."""
    binds = value(skeleton.GetBindTransformsAttr()) or ()
    for path, matrix in zip(names, binds, strict=False):
        bind = np.array(matrix) @ world
        x, y, z = bind[3, :3].tolist()
        above = path.rpartition("/")[0]
        while above and above not in names:
            above = above.rpartition("/")[0]
        bone = Bone(
            name=names[path],
            parent=names.get(above),
            position=(x, y, z),
            orientation=quadruple(of_matrix(bind[:3, :3].T)),
        )
        bones.setdefault(bone.name, bone)
    return {path: name for path, name in names.items() if name in bones}


def _uv(mesh: UsdGeom.Mesh, corners: NDArray[np.int64]) -> NDArray[np.float32] | None:
    """Return the texture coordinates of every corner, if there are any that fit."""
    primvars = UsdGeom.PrimvarsAPI(mesh).GetPrimvarsWithValues()
    flat = [
        primvar for primvar in primvars if "exCoord2" in str(primvar.GetTypeName()) or primvar.GetPrimvarName() == "st"
    ]
    if not flat:
        return None
    values = flat[0].ComputeFlattened()
    uv = np.array(values if values is not None else (), np.float32).reshape(-1, 2)
    if flat[0].GetInterpolation() == UsdGeom.Tokens.faceVarying:
        return uv if len(uv) == len(corners) else None
    return uv[corners] if len(uv) and corners.max() < len(uv) else None


def _materials(mesh: UsdGeom.Mesh, n_faces: int) -> tuple[tuple[Material, ...], NDArray[np.int32]]:
    """Return the materials of a mesh and which each face has."""
    looks = [_look(mesh.GetPrim())]
    faces = np.zeros(n_faces, np.int32)
    for subset in UsdShade.MaterialBindingAPI(mesh).GetMaterialBindSubsets():
        rows = np.array(value(subset.GetIndicesAttr()) or (), np.int64)
        faces[rows[(rows >= 0) & (rows < n_faces)]] = len(looks)
        looks.append(_look(subset.GetPrim()))
    return tuple(looks), faces


def _look(prim: Usd.Prim) -> Material:
    material = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()[0]
    if not material:
        return PLAIN
    surface = material.ComputeSurfaceSource()[0]
    colour = surface.GetInput("diffuseColor").Get() if surface and surface.GetInput("diffuseColor") else None
    rough = surface.GetInput("roughness").Get() if surface and surface.GetInput("roughness") else None
    red, green, blue = (float(value) for value in colour) if colour is not None else PLAIN.color
    return Material(
        name=material.GetPrim().GetName(),
        color=(red, green, blue),
        roughness=PLAIN.roughness if rough is None else float(rough),
    )
