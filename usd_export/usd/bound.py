"""The skeletons of somebody's own USD scene that a clip moves, with the meshes and joints that hang on them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pxr import Usd, UsdGeom, UsdSkel

from rigs.readers.usd_names import joints_of, shapes_of

PROXIES: Final = Usd.TraverseInstanceProxies()
"""Everything that is drawn, within instances too."""


@dataclass(slots=True)
class Bound:
    """A skeleton and what it drives. Its animation is where UsdSkel takes weights and places of joints from."""

    skeleton: UsdSkel.Skeleton
    joints: dict[str, str]
    """The name in the rig of each joint, by its path, in the skeleton's order."""
    skinned: list[UsdGeom.Mesh] = field(default_factory=list)
    """The meshes that it drives."""

    @property
    def meshes(self) -> list[UsdGeom.Mesh]:
        """Those with blend shapes."""
        return [mesh for mesh in self.skinned if shapes_of(mesh).names]

    @property
    def shapes(self) -> tuple[str, ...]:
        """The shapes of its meshes as the rig calls them, each once."""
        return tuple(dict.fromkeys(name for mesh in self.meshes for name in shapes_of(mesh).names))

    @property
    def prims(self) -> Iterator[Usd.Prim]:
        """What an animation has to be told to: the skeleton, and meshes whose shapes are to be called otherwise."""
        yield self.skeleton.GetPrim()
        for mesh in self.meshes:
            own = shapes_of(mesh)
            if own.names != own.tokens:
                yield mesh.GetPrim()


def skeletons_of(stage: Usd.Stage) -> list[Bound]:
    """Return every skeleton with something skinned to it, in the order of the scene."""
    cache, found = UsdSkel.Cache(), dict[str, Bound]()
    walk = iter(Usd.PrimRange(stage.GetPseudoRoot(), PROXIES))
    for prim in walk:
        if not prim.IsA(UsdSkel.Root):
            continue
        walk.PruneChildren()  # what is nested belongs to the outer one
        cache.Populate(UsdSkel.Root(prim), PROXIES)
        for binding in cache.ComputeSkelBindings(UsdSkel.Root(prim), PROXIES):
            skeleton = binding.GetSkeleton()
            bound = found.setdefault(str(skeleton.GetPath()), Bound(skeleton, joints_of(skeleton)))
            meshes = (UsdGeom.Mesh(target.GetPrim()) for target in binding.GetSkinningTargets())
            bound.skinned += [mesh for mesh in meshes if mesh]
    return list(found.values())
