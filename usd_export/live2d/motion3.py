"""Live2D Cubism's .motion3.json: curves of a model's parameters.

ARKit's channels become the standard parameters (ParamMouthOpenY, ParamEyeLOpen, ParamAngleX …) by the map of the preset
"live2d"; a clip in other names keeps them. A curve begins with a time and a value; each segment after it is its kind
and its points. Ours are lines (0). Read are Béziers (1) and steps (2, 3) as well, at the frames of `Meta.Fps`.

Lost: the sound, the metadata, what the parameters cannot show, and what `key_error` allows.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from audio2blend.audio import Speech
from audio2blend.channels import ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig

from ..check_keys import strays
from ..json_object import number_in, read_object
from ..keyed import Keys, sampled
from ..naming import in_names_of
from ..rates import exact
from ..reduction import Curve, KeyOptions, curves
from ..weights import timed

_NEEDS: Final = "Version, Meta and Curves"
_POINTS: Final = {0: 1, 1: 3, 2: 1, 3: 1}
"""How many points a segment of each kind has."""
_ALONG: Final = np.linspace(0, 1, 33)
"""Where a Bézier curve is looked at; it runs straight between."""


def as_written(clip: Clip) -> Clip:
    """Return a clip as such a file has it: the parameters of a model, without angles that none shows."""
    clip = in_names_of(clip, "live2d")
    return clip.select([name for name in clip.channels if name not in ROTATIONS])


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: KeyOptions) -> None:
    """Write `clip` to `path`; rig and speech are not used.

    Raises InputError if it has no frames or no parameters, or begins before time 0.
    """
    clip = as_written(timed(clip))
    if not clip.channels:
        raise InputError("the clip has no channel that a parameter of Live2D shows")
    found = curves(clip, options.key_error, options.note)
    n_keys = sum(len(curve.frames) for curve in found)
    meta = {
        "Duration": float(clip.times_s[-1]),
        "Fps": float(clip.frame_rate),
        "Loop": False,
        "AreBeziersRestricted": True,
        "CurveCount": len(found),
        "TotalSegmentCount": n_keys - len(found),
        "TotalPointCount": n_keys,
        "UserDataCount": 0,
        "TotalUserDataSize": 0,
    }
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"Version": 3,\n "Meta": {json.dumps(meta)},\n "Curves": [\n')
        file.write(",\n".join(_text(curve, clip) for curve in found))
        file.write("]}\n")


def _text(curve: Curve, clip: Clip) -> str:
    keys = [f"{time:.9g}, {value}" for time, value in zip(clip.times_s[curve.frames], curve.values, strict=True)]
    return f'{{"Target": "Parameter", "Id": {json.dumps(curve.channel)}, "Segments": [{", 0, ".join(keys)}]}}'


def recognises(content: bytes) -> bool:
    """Return whether a file is such a motion."""
    return b'"Segments"' in content and b'"Meta"' in content


def read(path: Path) -> Clip:
    """Read the curves of parameters; raises InputError if a file is no motion, or has none."""
    content = read_object(path, _NEEDS)
    meta, given = content.get("Meta"), content.get("Curves")
    if not isinstance(meta, dict) or not isinstance(given, list):
        raise InputError(f"{path}: this is no motion of Live2D; it needs {_NEEDS}")
    rate = number_in(meta, "Fps", path)
    found: dict[str, Keys] = {}
    try:
        for curve in given:
            if curve.get("Target") == "Parameter":
                found.setdefault(str(curve["Id"]), _keys(curve["Segments"]))
        return sampled(found, exact(rate))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
        raise InputError(f"{path}: a curve is damaged; export the motion again") from None


def _keys(segments: Sequence[Any]) -> Keys:
    """Return the keys of a curve; a Bézier segment becomes many that run straight."""
    numbers = [float(number) for number in segments]
    times, values, stepped = [numbers[0]], [numbers[1]], [False]
    at = 2
    while at < len(numbers):
        kind = int(numbers[at])
        ends = at + 1 + 2 * _POINTS[kind]
        points = np.array([times[-1], values[-1], *numbers[at + 1 : ends]]).reshape(-1, 2)
        at = ends
        if kind == 3:  # the value of the end from the start on
            values[-1] = points[-1, 1]
        if kind == 1:
            t = _ALONG[1:, None]
            a, b, c, d = points
            curve = (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d
            times += curve[:, 0].tolist()
            values += curve[:, 1].tolist()
            stepped += [False] * len(curve)
        else:
            stepped[-1] = kind in (2, 3)
            times.append(points[-1, 0])
            values.append(points[-1, 1])
            stepped.append(False)
    if not any(stepped):
        return Keys(times, values)
    slopes = np.diff(values) / np.diff(times)
    after = np.where(stepped, np.inf, np.concatenate([slopes, [0]]))
    return Keys(times, values, (np.concatenate([[0], slopes]), after))


def check(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with a file."""
    yield from strays(read(path), as_written(clip))
