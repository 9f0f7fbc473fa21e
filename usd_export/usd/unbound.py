"""Meshes that have blend shapes and that UsdSkel would not animate: they get what it wants, in our layer.

UsdSkel moves shapes through a Skeleton, below a SkelRoot, of meshes that say so. What lacks is given: a Skeleton of one
joint beside the mesh, at the mesh's own place (with its own transforms, so that it follows them), and the type SkelRoot
for the prim above. Points at every frame would need none of it, but take 120 kB a frame for 10 000 vertices, and nobody
could edit the shapes any more.

The SkelRoot is the lowest prim that holds all such meshes of a character, since some importers know one of them alone.
"""

from collections.abc import Collection, Iterable
from os.path import commonpath
from typing import Final

from pxr import Gf, Sdf, Usd, UsdGeom, UsdSkel

from rigs.readers.usd_names import joints_of, shapes_of

from .bound import PROXIES, skeletons_of

JOINT: Final = "root"
"""The one joint of a skeleton of ours; it never moves."""


def unbound(stage: Usd.Stage, names: Collection[str]) -> list[UsdGeom.Mesh]:
    """Return the meshes with a shape or a joint of these names that no skeleton drives, as UsdSkel sees it."""
    bound = {mesh.GetPath() for skeleton in skeletons_of(stage) for mesh in skeleton.skinned}
    meshes = (UsdGeom.Mesh(prim) for prim in stage.Traverse(PROXIES) if prim.IsA(UsdGeom.Mesh))
    return [mesh for mesh in meshes if mesh.GetPath() not in bound and {*names} & _names(mesh)]


def _names(mesh: UsdGeom.Mesh) -> set[str]:
    """Return the names that shapes and joints of a mesh have in the rig."""
    skeleton = UsdSkel.BindingAPI(mesh).GetInheritedSkeleton()
    return {*shapes_of(mesh).names, *(joints_of(skeleton).values() if skeleton else ())}


def bind(stage: Usd.Stage, meshes: Iterable[UsdGeom.Mesh]) -> list[Sdf.Path]:
    """Have UsdSkel drive meshes that lie in no instance; return those that cannot be driven, since nothing that may
    become a SkelRoot is above them."""
    homeless: list[Sdf.Path] = []
    housed: dict[Sdf.Path, list[UsdGeom.Mesh]] = {}
    for mesh in meshes:
        if mesh.GetPath().pathElementCount > 1:
            housed.setdefault(mesh.GetPath().GetPrefixes()[0], []).append(mesh)
        else:
            homeless.append(mesh.GetPath())
    for group in housed.values():
        outside = [mesh for mesh in group if not _root_above(mesh.GetPrim())]
        if outside:
            above = stage.GetPrimAtPath(commonpath([str(mesh.GetPath().GetParentPath()) for mesh in outside]))
            while above.IsA(UsdGeom.Gprim):
                above = above.GetParent()
            above.SetTypeName("SkelRoot")
        for mesh in group:
            _bind(stage, mesh)
    return homeless


def _root_above(prim: Usd.Prim) -> bool:
    while prim and not prim.IsA(UsdSkel.Root):
        prim = prim.GetParent()
    return bool(prim)


def _bind(stage: Usd.Stage, mesh: UsdGeom.Mesh) -> None:
    """Have a mesh below a SkelRoot follow its skeleton; without one, a skeleton that stays where the mesh is."""
    binding = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
    own = binding.GetInheritedSkeleton()
    if own:
        binding.CreateSkeletonRel().SetTargets([own.GetPath()])
        return
    path = mesh.GetPath().ReplaceName(f"{mesh.GetPath().name}_Skeleton")
    skeleton = UsdSkel.Skeleton.Define(stage, path)
    skeleton.CreateJointsAttr([JOINT])
    skeleton.CreateBindTransformsAttr([Gf.Matrix4d(1)])
    skeleton.CreateRestTransformsAttr([Gf.Matrix4d(1)])
    UsdGeom.Imageable(skeleton).CreatePurposeAttr(UsdGeom.Tokens.guide)
    _follow(mesh, skeleton)
    binding.CreateSkeletonRel().SetTargets([path])
    binding.CreateJointIndicesPrimvar(True, 1).Set([0])
    binding.CreateJointWeightsPrimvar(True, 1).Set([1.0])
    binding.CreateGeomBindTransformAttr(Gf.Matrix4d(1))


def _follow(mesh: UsdGeom.Mesh, skeleton: UsdSkel.Skeleton) -> None:
    """Give a skeleton the transforms of the mesh beside it, moving ones too."""
    for operation in mesh.GetOrderedXformOps():
        own = operation.GetAttr()
        attribute = skeleton.GetPrim().CreateAttribute(own.GetName(), own.GetTypeName(), custom=False)
        if own.HasAuthoredValue() and own.Get() is not None:
            attribute.Set(own.Get())
        for time in own.GetTimeSamples():
            attribute.Set(own.Get(time), time)
    order = mesh.GetXformOpOrderAttr().Get()
    if order:
        skeleton.GetXformOpOrderAttr().Set(order)
