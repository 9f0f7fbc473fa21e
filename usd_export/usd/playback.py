"""A USD file as a player sees it: found through its default prim, skeleton and bound animation."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pxr import Tf, Usd, UsdSkel, UsdValidation

from audio2blend.errors import InputError


def complaints(stage: Usd.Stage, *, unlike: Path | None = None) -> list[str]:
    """Return what Pixar's validators find in a scene, a sentence each; not what they find in another file as well."""
    context = UsdValidation.ValidationContext(UsdValidation.ValidationRegistry().GetOrLoadAllValidators())
    other = None if unlike is None else opened(unlike)  # an error knows its prims while the scene lives
    known = set() if other is None else {_place(error) for error in context.Validate(other)}
    return [error.GetErrorAsString() for error in context.Validate(stage) if _place(error) not in known]


def _place(error: UsdValidation.ValidationError) -> tuple[str, tuple[str, ...]]:
    """Return what is wrong and with which prims; of several properties a validator names any."""
    sites = (site.GetProperty() if site.IsProperty() else site.GetPrim() for site in error.GetSites())
    return str(error.GetIdentifier()), tuple(str(site.GetPrimPath()) for site in sites if site)


def weights(path: Path) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Return the shapes that a file animates and their weights at every time sample, (n_frames, n_shapes).

    Raises InputError if there is no animated face in it.
    """
    stage = opened(path)
    root = UsdSkel.Root(stage.GetDefaultPrim())
    cache = UsdSkel.Cache()
    if not root or not cache.Populate(root, Usd.PrimDefaultPredicate):
        raise InputError(f"{path}: its default prim is no SkelRoot; export it again")
    for binding in cache.ComputeSkelBindings(root, Usd.PrimDefaultPredicate):
        animation = cache.GetSkelQuery(binding.GetSkeleton()).GetAnimQuery()
        if animation:
            times = animation.GetBlendShapeWeightTimeSamples()
            rows = [animation.ComputeBlendShapeWeights(Usd.TimeCode(time)) for time in times]
            shapes = tuple(animation.GetBlendShapeOrder())
            return shapes, np.array(rows, np.float32).reshape(len(times), len(shapes))
    raise InputError(f"{path}: no animation is bound to its skeleton; export it again")


def opened(path: Path) -> Usd.Stage:
    """Return the scene of a file as it is on disk. Raises InputError if it is damaged."""
    try:
        stage = Usd.Stage.Open(str(path))
        stage.Reload()  # a layer that somebody still holds may be an older file's
    except Tf.ErrorException:
        raise InputError(f"{path}: USD cannot open it; export it again") from None
    return stage
