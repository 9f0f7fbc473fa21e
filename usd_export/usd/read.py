"""The animation of a USD file as a clip: the weights of blend shapes, as UsdSkel finds them on its skeletons.

Of several skeletons that share a shape the first counts. Files of ours say their exact rate; of others it is
`timeCodesPerSecond`. Motion of joints is not read.
"""

from fractions import Fraction
from pathlib import Path

import numpy as np
from pxr import Usd, UsdSkel

from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs.readers.usd_names import shapes_of

from ..keyed import Keys, sampled
from ..rates import exact
from .bound import skeletons_of
from .playback import opened


def read(path: Path) -> Clip:
    """Return the animation of a file; raises InputError if it is damaged, or no shape moves in it."""
    stage = opened(path)
    per_s = stage.GetTimeCodesPerSecond()
    cache = UsdSkel.Cache()
    found: dict[str, Keys] = {}
    try:
        for bound in skeletons_of(stage):
            animation = cache.GetSkelQuery(bound.skeleton).GetAnimQuery()
            times = animation.GetBlendShapeWeightTimeSamples() if animation else []
            if not times:
                continue
            rows = np.array([animation.ComputeBlendShapeWeights(Usd.TimeCode(time)) for time in times], np.float64)
            shapes = [shapes_of(mesh) for mesh in bound.meshes]
            names = {token: name for own in shapes for name, token in zip(own.names, own.tokens, strict=False)}
            for token, column in zip(animation.GetBlendShapeOrder(), rows.T, strict=True):
                found.setdefault(names.get(str(token), str(token)), Keys(np.array(times) / per_s, column))
        about = stage.GetRootLayer().customLayerData.get("audio2blend", {})
        rate = Fraction(about["frame_rate"]) if "frame_rate" in about else exact(per_s)
        if not found:
            raise InputError("no blend shape moves in it; export it again with the animation of one")
        clip = sampled(found, rate)
        metadata = {str(key): str(text) for key, text in about.get("metadata", {}).items()}
        return Clip(
            values=clip.values, channels=clip.channels, frame_rate=rate, start_s=clip.start_s, metadata=metadata
        )
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (ValueError, TypeError, KeyError):
        raise InputError(f"{path}: its animation contradicts itself; export it again") from None
