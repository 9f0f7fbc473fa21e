"""What shapes and joints of a USD file are called in a rig, and which shapes a mesh has."""

from typing import Any, NamedTuple

from pxr import Sdf, Usd, UsdGeom, UsdSkel

from .piece import distinct


class Shapes(NamedTuple):
    """The blend shapes of a mesh, in its order."""

    names: list[str]
    """As they are called in the rig: the mesh's own tokens, but none twice, and none missing."""
    tokens: list[str]
    """As an animation has to call them."""
    targets: list[Sdf.Path]
    notes: list[str]
    """What was renamed, a sentence each."""


def value(attribute: Usd.Attribute) -> Any:
    """Return what an attribute holds by default, else at its first time."""
    found = attribute.Get()
    return attribute.Get(Usd.TimeCode.EarliestTime()) if found is None else found


def shapes_of(mesh: UsdGeom.Mesh) -> Shapes:
    """Return the blend shapes of a mesh; where its tokens do not fit, they are called after their prims."""
    binding = UsdSkel.BindingAPI(mesh)
    targets = list(binding.GetBlendShapeTargetsRel().GetTargets())
    tokens = [str(token) for token in value(binding.GetBlendShapesAttr()) or ()]
    fitting = tokens if len(tokens) == len(targets) else [target.name for target in targets]
    names, notes = distinct(fitting, f"mesh '{mesh.GetPrim().GetName()}'")
    return Shapes(names, tokens, targets, notes)


def joints_of(skeleton: UsdSkel.Skeleton) -> dict[str, str]:
    """Return the name of each joint by its path, in the skeleton's order."""
    paths = [str(joint) for joint in value(skeleton.GetJointsAttr()) or ()]
    return dict(zip(paths, distinct([path.rsplit("/", 1)[-1] for path in paths], "the skeleton")[0], strict=True))
