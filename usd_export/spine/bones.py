"""Spine 4's JSON: an animation that shifts control bones along x, one for each shape.

Spine has no blend shapes. What a shape does there is the artist's: a transform constraint that follows the control bone
of its name, which stands at 0 at rest and at 100 where the weight is 1. The file is a whole skeleton of these bones, to
be imported as data into a project; its animation is called after the recording.

Read are the timelines `translatex` and `translate` of bones, of the first animation; curved keys are read as lines. The
rate stands in `skeleton.fps`; Spine's own files mostly have 30 there.

Lost: rotations, channels of bones, the sound, the metadata, and what `key_error` allows.
"""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig

from ..json_object import number_in, read_object
from ..keyed import Keys, sampled
from ..rates import exact
from ..reduction import Curve, KeyOptions, curves
from ..take import name_of
from ..weights import timed, weights_of

_FULL: Final = 100.0
"""Where a bone is at weight 1."""
_ROOT: Final = "root"
_NEEDS: Final = "skeleton, bones and animations"


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: KeyOptions) -> None:
    """Write the weights of `clip` to `path`; rig and speech are not used.

    Raises InputError if it has no frames or no weights, begins before time 0, or has a channel called as the root.
    """
    clip = timed(weights_of(clip, options.note))
    if _ROOT in clip.channels:
        raise InputError(f"a channel is called '{_ROOT}', as the root of every skeleton in Spine is; rename it")
    found = curves(clip, options.key_error, options.note)
    bones = [{"name": _ROOT}, *({"name": name, "parent": _ROOT} for name in clip.channels)]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"skeleton": {{"spine": "4.2.00", "fps": {float(clip.frame_rate)!r}}},\n')
        file.write(f' "bones": {json.dumps(bones, ensure_ascii=False)},\n "animations": ')
        file.write(f'{{{json.dumps(name_of(clip), ensure_ascii=False)}: {{"bones": {{\n')
        file.write(",\n".join(_text(curve, clip) for curve in found))
        file.write("}}}}\n")


def _text(curve: Curve, clip: Clip) -> str:
    pairs = zip(clip.times_s[curve.frames], _FULL * curve.values.astype(np.float64), strict=True)
    keys = ", ".join(f'{{"time": {time:.9g}, "value": {value:.9g}}}' for time, value in pairs)
    return f'{json.dumps(curve.channel, ensure_ascii=False)}: {{"translatex": [{keys}]}}'


def recognises(content: bytes) -> bool:
    """Return whether a file is such a skeleton."""
    return b'"skeleton"' in content and b'"animations"' in content


def read(path: Path) -> Clip:
    """Read the shifts of bones along x; raises InputError if a file is no skeleton, or none of its bones is shifted."""
    content = read_object(path, _NEEDS)
    skeleton, animations = content.get("skeleton"), content.get("animations")
    if not isinstance(skeleton, dict) or not isinstance(animations, dict) or not animations:
        raise InputError(f"{path}: holds no animation of Spine's; it needs {_NEEDS}")
    rate = number_in({"fps": 30.0, **skeleton}, "fps", path)
    try:
        bones: dict[str, Any] = next(iter(animations.values())).get("bones", {})
        found = {}
        for name, timelines in bones.items():
            for timeline, value in (("translatex", "value"), ("translate", "x")):
                if keys := timelines.get(timeline):
                    found[name] = _keys(keys, value)
        return sampled(found, exact(rate))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise InputError(f"{path}: a timeline is damaged; export the animation again") from None


def _keys(keys: list[dict[str, Any]], value: str) -> Keys:
    """Return the keys of a timeline; a time or value that is left out is 0."""
    times = np.array([float(key.get("time", 0)) for key in keys])
    values = np.array([float(key.get(value, 0)) for key in keys]) / _FULL
    if not any(key.get("curve") == "stepped" for key in keys):
        return Keys(times, values)
    slopes = np.diff(values) / np.diff(times)
    after = np.where([key.get("curve") == "stepped" for key in keys], np.inf, np.concatenate([slopes, [0]]))
    return Keys(times, values, (np.concatenate([[0], slopes]), after))
