"""Whether a USD file holds what was written: Pixar's validators look at it, and UsdSkel plays it back."""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from pxr import Usd, UsdSkel

from audio2blend.clip import Clip
from rigs import Rig
from rigs.readers.usd_quiet import quiet

from ..compare import differences
from . import SOURCES
from .body import OURS
from .bound import skeletons_of
from .layer import ALONE, time_codes
from .playback import complaints, opened, weights
from .speak import moves


def check(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with a .usda, .usdc or .usdz file."""
    if rig is not None and rig.asset is not None and rig.asset.path.suffix.lower() in SOURCES:
        with quiet():
            found = list(_check_own(path, clip, rig, rig.asset.path))
        yield from found
        return
    yield from complaints(opened(path))
    shapes, values = weights(path)
    if rig is not None and shapes != rig.shapes:
        yield f"{len(shapes)} of {len(rig.shapes)} shapes are bound to the mesh"
    elif shapes:
        yield from differences(values, clip.select(shapes).values, shapes)


def _check_own(path: Path, clip: Clip, rig: Rig, source: Path) -> Iterable[str]:
    """Yield what is wrong with the animation of a clip over the client's own file, or in it."""
    stage = opened(path)
    if ALONE in stage.GetRootLayer().customLayerData.get(OURS, {}):
        stage.GetRootLayer().subLayerPaths.append(os.path.realpath(source))  # never saved
    yield from complaints(stage, unlike=source)
    times = time_codes(stage, clip)
    moved = [bound for bound in skeletons_of(stage) if moves(bound, clip, rig)]
    if not moved:
        yield "no skeleton has a shape or a joint that the clip moves"
    for bound in moved:
        where = bound.skeleton.GetPath()
        animation = UsdSkel.Cache().GetSkelQuery(bound.skeleton).GetAnimQuery()
        if not animation:
            yield f"nothing moves the skeleton {where}"
            continue
        if list(map(str, animation.GetJointOrder())) != list(bound.joints):
            yield f"the joints of the animation are not those of the skeleton {where}"
        order = list(map(str, animation.GetBlendShapeOrder()))
        shapes = [shape for shape in bound.shapes if shape in clip]
        if missing := [shape for shape in shapes if shape not in order]:
            yield f"nothing moves the shape {missing[0]} of {where}"
        elif shapes:
            rows = [animation.ComputeBlendShapeWeights(Usd.TimeCode(time)) for time in times]
            columns = [order.index(shape) for shape in shapes]
            yield from differences(np.array(rows, np.float32)[:, columns], clip.select(shapes).values, shapes)
