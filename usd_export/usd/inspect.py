"""What a .usd, .usda, .usdc or .usdz file holds, whoever wrote it."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from pxr import Ar, Sdf, Usd, UsdGeom, UsdSkel, UsdUtils

from audio2blend.errors import InputError
from rigs.readers.usd_names import value

from ..contents import Contents, Curves, Fact
from ..pictures import Picture, largest, picture
from .bound import PROXIES, Bound, skeletons_of
from .playback import opened

_HEADER: Final = 30
"""Bytes before the name in a zip's local header (PKWARE APPNOTE 4.3.7)."""
_PICTURES: Final = (".png", ".jpg", ".jpeg", ".ktx2", ".webp", ".exr", ".avif", ".tif", ".tga", ".bmp", ".hdr")


def inspect(path: Path) -> Contents:
    """Return what a scene moves, what rests, and what importers care about. Raises InputError if it is damaged."""
    stage = opened(path)
    groups, unbound, rest, joints = [], list[str](), dict[str, float](), 0
    bounds = skeletons_of(stage)
    rate = stage.GetTimeCodesPerSecond()
    if not rate > 0:
        raise InputError(
            f"it has {rate:g} time codes a second, so that nothing in it has a time; state timeCodesPerSecond"
        )
    for bound in bounds:
        where = str(bound.skeleton.GetPath())
        rest |= {f"{where}/{name}": 0.0 for name in bound.shapes}
        animation = UsdSkel.Cache().GetSkelQuery(bound.skeleton).GetAnimQuery()
        if not animation:
            continue
        joints += len(animation.GetJointOrder()) if animation.JointTransformsMightBeTimeVarying() else 0
        order = tuple(map(str, animation.GetBlendShapeOrder()))
        times = np.array(animation.GetBlendShapeWeightTimeSamples(), float)
        name = str(animation.GetPrim().GetName())
        tokens = {token for prim in bound.prims for token in _tokens(prim, bound)}
        unbound += [f"'{name}' moves '{one}', which no mesh of {where} has" for one in order if one not in tokens]
        if order and len(times):
            rows = [animation.ComputeBlendShapeWeights(Usd.TimeCode(time)) for time in times]
            values = np.array(rows, np.float32).reshape(len(times), len(order))
            groups.append(
                Curves(animation=name, target=where, channels=order, times_s=times / rate, values=values)
            )  # fmt: skip
        elif order:
            still = animation.ComputeBlendShapeWeights(Usd.TimeCode.Default())
            rest |= {f"{where}/{one}": float(weight) for one, weight in zip(order, still or (), strict=False)}
    missing = [str(name) for name in UsdUtils.ComputeAllDependencies(str(path))[2]]
    return Contents(
        missing=tuple(missing),
        curves=tuple(groups),
        n_joints_moved=joints,
        rest=rest,
        unbound=tuple(unbound),
        facts=_facts(path, stage, bounds),
    )


def _tokens(prim: Usd.Prim, bound: Bound) -> Iterator[str]:
    """Yield what an animation calls the shapes of a skeleton's meshes."""
    for mesh in bound.meshes:
        yield from map(str, value(UsdSkel.BindingAPI(mesh).GetBlendShapesAttr()) or ())


def _facts(path: Path, stage: Usd.Stage, bounds: list[Bound]) -> dict[str, Fact]:
    meshes = [UsdGeom.Mesh(prim) for prim in Usd.PrimRange(stage.GetPseudoRoot(), PROXIES) if prim.IsA(UsdGeom.Mesh)]
    layers, assets, _ = UsdUtils.ComputeAllDependencies(str(path))
    pictures = list(_pictures(path, [str(asset) for asset in assets]))
    counts = [np.asarray(value(mesh.GetFaceVertexCountsAttr()) or (), int) for mesh in meshes]
    targets = [UsdSkel.BlendShape(stage.GetPrimAtPath(target)) for bound in bounds for target in _targets(bound)]
    facts: dict[str, Fact] = {
        "size_mb": round(path.stat().st_size / 1e6, 3),
        "up_axis": str(UsdGeom.GetStageUpAxis(stage)),
        "meters_per_unit": UsdGeom.GetStageMetersPerUnit(stage),
        "units_stated": bool(stage.HasAuthoredMetadata(UsdGeom.Tokens.metersPerUnit)),
        "n_triangles": int(sum((count - 2).clip(0).sum() for count in counts)),
        "n_animations": sum(1 for prim in stage.Traverse(PROXIES) if prim.IsA(UsdSkel.Animation)),
        "textures": tuple(sorted({one.kind for one in pictures})),
        "largest_texture_px": largest(pictures),
        "default_prim": bool(stage.GetDefaultPrim()),
        "duration_s": (stage.GetEndTimeCode() - stage.GetStartTimeCode()) / stage.GetTimeCodesPerSecond(),
        "embedded": path.suffix.lower() == ".usdz" or (len(layers) == 1 and not assets),
        "skeleton_roots": sum(1 for bound in bounds for joint in bound.joints if "/" not in joint),
        "n_skeletons": len(bounds),
        "joints_agree": all(_joints_agree(bound) for bound in bounds),
        "n_influences": max((_influences(mesh) for mesh in meshes), default=0),
        "layer_kinds": tuple(sorted({Path(layer.identifier.rstrip("]").split("[")[-1]).suffix for layer in layers})),
    }
    if targets:
        facts["shape_normals"] = all(bool(target.GetNormalOffsetsAttr().HasAuthoredValue()) for target in targets)
        facts["shapes_named"] = True
    if meshes:
        cache = UsdGeom.BBoxCache(Usd.TimeCode.EarliestTime(), ["default", "render"])
        size = cache.ComputeWorldBound(stage.GetPseudoRoot()).ComputeAlignedRange().GetSize()
        up = 2 if facts["up_axis"] == "Z" else 1
        facts["height_m"] = round(size[up] * UsdGeom.GetStageMetersPerUnit(stage), 4)
    if path.suffix.lower() == ".usdz":
        facts |= _package(path)
    return facts


def _targets(bound: Bound) -> Iterator[Sdf.Path]:
    for mesh in bound.meshes:
        yield from UsdSkel.BindingAPI(mesh).GetBlendShapeTargetsRel().GetTargets()


def _joints_agree(bound: Bound) -> bool:
    """Return whether the animation of a skeleton, if it has one, names its joints in its order."""
    animation = UsdSkel.Cache().GetSkelQuery(bound.skeleton).GetAnimQuery()
    return not animation or list(map(str, animation.GetJointOrder())) == list(bound.joints)


def _influences(mesh: UsdGeom.Mesh) -> int:
    primvar = UsdSkel.BindingAPI(mesh).GetJointIndicesPrimvar()
    return int(primvar.GetElementSize()) if primvar and primvar.HasAuthoredValue() else 0


def _package(path: Path) -> dict[str, Fact]:
    """Return how a .usdz is packed: it is a zip whose files are not compressed and begin at multiples of 64 bytes."""
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        entries = archive.infolist()
        aligned = True
        for entry in entries:
            file.seek(entry.header_offset)
            head = file.read(_HEADER)
            names = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
            aligned &= (entry.header_offset + _HEADER + names) % 64 == 0
        return {
            "stored": all(entry.compress_type == zipfile.ZIP_STORED for entry in entries),
            "aligned": aligned,
            "first_file": Path(entries[0].filename).suffix if entries else "",
            "packed_kinds": tuple(sorted({Path(entry.filename).suffix.lower() for entry in entries})),
        }


def _pictures(path: Path, assets: list[str]) -> Iterator[Picture]:
    resolver = Ar.GetResolver()
    for name in assets:
        suffix = Path(name.rstrip("]")).suffix.lower()
        if suffix in _PICTURES:
            asset = resolver.OpenAsset(Ar.ResolvedPath(name))
            found = picture(bytes(asset.GetBuffer())) if asset else Picture("missing", 0, 0)
            yield found if found.kind else Picture(suffix[1:], 0, 0)
