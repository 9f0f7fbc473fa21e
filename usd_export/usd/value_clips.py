"""A long line in value clips: files beside the layer of some seconds each, of which a program opens those it shows.

```
line.usda                  clips on each SkelAnimation: which file is active from which time code on
line.clips/manifest.usda   which attributes lie in the clips
line.clips/0001.usdc …     their time samples; each file holds the first of the next one too, to lead up to it
```
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from pxr import Sdf, Tf, Vt

from .body import OURS

FILES: Final = "files"
"""In the customLayerData of ours: the files beside a layer that it needs, relative to it."""
_MANIFEST: Final = "manifest.usda"


def split(root: Sdf.Layer, animations: Sequence[Sdf.Path], length: float, folder: str) -> dict[str, Sdf.Layer]:
    """Move the time samples of animations out of a layer, into clips of so many time codes.

    Returns the files that go into `folder` beside the layer, by name.
    """
    paths = [path for animation in animations for path in _moving(root, animation)]
    times = sorted({time for path in paths for time in root.ListTimeSamplesForPath(path)})
    if not times:
        return {}
    starts = np.arange(times[0], max(times[-1], times[0] + length / 2), length)
    layers = {_MANIFEST: _empty(root, paths, ".usda")}
    for number, start in enumerate(starts, start=1):
        clip = _empty(root, paths, ".usdc")
        for path in paths:
            own = root.ListTimeSamplesForPath(path)
            first = 0 if number == 1 else int(np.searchsorted(own, start))
            end = len(own) if number == len(starts) else int(np.searchsorted(own, start + length)) + 1
            before = max(first - 1, 0) if first == len(own) or own[first] > start else first
            for time in own[before:end]:
                clip.SetTimeSample(path, time, root.QueryTimeSample(path, time))
        layers[f"{number:04}.usdc"] = clip
    for path in paths:
        root.GetAttributeAtPath(path).ClearInfo("timeSamples")
    names = [f"./{folder}/{name}" for name in layers]
    for animation in animations:
        clips = {
            "primPath": str(animation),
            "manifestAssetPath": Sdf.AssetPath(names[0]),
            "assetPaths": Sdf.AssetPathArray([Sdf.AssetPath(name) for name in names[1:]]),
            "active": Vt.Vec2dArray([(float(start), number) for number, start in enumerate(starts)]),
        }
        root.GetPrimAtPath(animation).SetInfo("clips", {"default": clips})
    about = dict(root.customLayerData)
    root.customLayerData = {**about, OURS: {**about[OURS], FILES: Vt.StringArray(names)}}
    return layers


def files(path: Path) -> list[Path]:
    """Return the files beside a layer of ours that it needs, whether they are there or not; none if it is damaged."""
    try:
        layer = Sdf.Layer.OpenAsAnonymous(str(path), metadataOnly=True)
    except (Tf.ErrorException, UnicodeEncodeError):  # USD takes no name that is not Unicode
        return []
    about: Any = layer.customLayerData.get(OURS, {})
    return [path.parent / name for name in about.get(FILES, ())]


def _moving(layer: Sdf.Layer, animation: Sdf.Path) -> list[Sdf.Path]:
    attributes = layer.GetPrimAtPath(animation).attributes
    return [one.path for one in attributes if layer.GetNumTimeSamplesForPath(one.path)]


def _empty(layer: Sdf.Layer, paths: Sequence[Sdf.Path], suffix: str) -> Sdf.Layer:
    """Return a layer with attributes as another has them, without values, at its rate."""
    new = Sdf.Layer.CreateAnonymous(suffix)
    new.timeCodesPerSecond, new.framesPerSecond = layer.timeCodesPerSecond, layer.framesPerSecond
    for path in paths:
        prim = Sdf.CreatePrimInLayer(new, path.GetPrimPath())
        Sdf.AttributeSpec(prim, path.name, layer.GetAttributeAtPath(path).typeName)
    return new
