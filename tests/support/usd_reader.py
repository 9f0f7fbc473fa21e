"""What others find in a USD file: Pixar's own library."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pxr import Gf, Usd, UsdGeom, UsdSkel


def mesh_of(stage: Usd.Stage) -> UsdGeom.Mesh:
    """Return the one mesh of a scene."""
    (mesh,) = [UsdGeom.Mesh(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh)]
    return mesh


def skeleton_of(stage: Usd.Stage) -> UsdSkel.SkeletonQuery:
    """Return the one skeleton of a scene, found as a player does: through the mesh that is bound to it."""
    root = UsdSkel.Root(stage.GetDefaultPrim())
    cache = UsdSkel.Cache()
    cache.Populate(root, Usd.PrimDefaultPredicate)
    (binding,) = cache.ComputeSkelBindings(root, Usd.PrimDefaultPredicate)
    return cache.GetSkelQuery(binding.GetSkeleton())


def animation_of(stage: Usd.Stage) -> UsdSkel.Animation:
    """Return the one animation of a scene, which moves its skeleton."""
    return UsdSkel.Animation(skeleton_of(stage).GetAnimQuery().GetPrim())


def weights_of(stage: Usd.Stage) -> NDArray[np.float32]:
    """Return the weights of the shapes in every frame, shape (n_frames, n_shapes)."""
    weights = animation_of(stage).GetBlendShapeWeightsAttr()
    return np.array([weights.Get(time) for time in weights.GetTimeSamples()], np.float32)


def extent_of(path: Path) -> NDArray[np.float64]:
    """Return the lowest and the highest corner that the file states for all of its frames, shape (2, 3)."""
    stage = Usd.Stage.Open(str(path))
    return np.array(UsdGeom.ModelAPI(stage.GetDefaultPrim()).GetExtentsHint()[:2], np.float64)


def drawn(path: Path, frames: list[int], *, rate: float | None = None) -> NDArray[np.float64]:
    """Return what USD's own skinning makes of the mesh: (n, n_vertices, 3).

    Frames are counted at `rate`, by default that of the file.
    """
    stage = Usd.Stage.Open(str(path))
    codes = [frame * stage.GetTimeCodesPerSecond() / (rate or stage.GetTimeCodesPerSecond()) for frame in frames]
    assert UsdSkel.BakeSkinning(UsdSkel.Root(stage.GetDefaultPrim()), Gf.Interval(min(codes), max(codes)))
    return np.array([mesh_of(stage).GetPointsAttr().Get(code) for code in codes], np.float64)


def drawn_all(path: Path, times: list[float], space: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what USD's own skinning makes of all meshes, in the rig's space: (n_times, n_vertices, 3)."""
    stage = Usd.Stage.Open(str(path))
    meshes = [UsdGeom.Mesh(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh)]
    for root in [UsdSkel.Root(prim) for prim in stage.Traverse() if prim.IsA(UsdSkel.Root)]:
        if root:  # one within another has been baked with it
            assert UsdSkel.BakeSkinning(root, Gf.Interval(min(times), max(times)))

    def at(time: float) -> NDArray[np.float64]:
        places = UsdGeom.XformCache(time)
        matrices = [np.array(places.GetLocalToWorldTransform(mesh.GetPrim())) for mesh in meshes]
        points = [np.array(mesh.GetPointsAttr().Get(time), float) for mesh in meshes]
        return np.concatenate(
            [own @ matrix[:3, :3] + matrix[3, :3] for own, matrix in zip(points, matrices, strict=True)]
        )

    return np.array([at(time) @ space for time in times])
