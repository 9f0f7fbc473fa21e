"""Curves as JSON, for people and for programs in any language: names, fps and frames.

```
{"names": ["jawOpen", …], "fps": 29.97002997002997, "frame_rate": "30000/1001", "start_s": 0.0,
 "metadata": {…},
 "frames": [
[0.02, …],
…]}
```

One line holds one frame, with its values in the order of `names`; frame k lasts from `start_s` + k / `fps` on.
`fps` is for reading by eye, `frame_rate` is exact. Numbers are the shortest that give back the same float32, so
nothing is lost. A file by someone else may leave out all but `names`, `frames` and one of the two rates, and the
curves that NVIDIA's Audio2Face writes (`facsNames`, `weightMat`, `exportFps`) are read too.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.audio import Speech
from audio2blend.clip import Clip, parse_frame_rate
from audio2blend.errors import InputError
from rigs import Rig

_AUDIO2FACE: Final = {"facsNames": "names", "weightMat": "frames", "exportFps": "fps"}


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Any) -> None:
    """Write `clip` to `path`; rig, speech and options are not used."""
    head = {
        "names": clip.channels,
        "fps": float(clip.frame_rate),
        "frame_rate": str(clip.frame_rate),
        "start_s": clip.start_s,
        "metadata": clip.metadata,
    }
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("{" + ",\n ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()))
        file.write(',\n "frames": [')
        for number, frame in enumerate(clip.values):
            file.write(("\n[" if number == 0 else ",\n[") + ", ".join(map(str, frame)) + "]")
        file.write("]}\n")


def read(path: Path) -> Clip:
    """Read a file laid out as above; raises InputError, naming the place, if it is not."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file; give a .json file that holds names, fps and frames") from None
    except RecursionError:
        raise InputError(f"{path}: nested too deeply to be a clip; it needs names, fps and frames") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{path}: {place}: not JSON ({error.msg}); the file is damaged, write it again") from None
    except ValueError:
        raise InputError(f"{path}: holds a number that is too long to be read; correct the file") from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: holds no JSON object; it needs names, fps and frames")
    content = {_AUDIO2FACE.get(key, key): value for key, value in content.items()}
    names = content.get("names")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError(f"{path}: 'names' must be a list of channel names, such as \"jawOpen\"")
    try:
        return Clip(
            values=_values(content.get("frames"), len(names), path),
            channels=tuple(names),
            frame_rate=_frame_rate(content, path),
            start_s=_number(content.get("start_s", 0.0), "start_s", path),
            metadata=_metadata(content.get("metadata", {}), path),
        )
    except InputError:
        raise
    except (ValueError, OverflowError) as error:
        raise InputError(f"{path}: {error}; correct the file") from None


def _values(frames: object, count: int, path: Path) -> NDArray[np.float32]:
    """Return the frames as an array of shape (n_frames, count)."""
    if not isinstance(frames, list):
        raise InputError(f"{path}: 'frames' must be a list that holds a list of {count} numbers for each frame")
    for number, frame in enumerate(frames):
        if not isinstance(frame, list) or len(frame) != count:
            found = f"{len(frame)} values" if isinstance(frame, list) else "no list"
            raise InputError(f"{path}: frame {number} holds {found}, but there are {count} names; correct it")
        if not all(type(value) in (int, float) for value in frame):
            raise InputError(f"{path}: frame {number} holds something that is no number; correct it")
    with np.errstate(over="ignore"):  # what is too large becomes infinite
        values = np.array(frames, dtype=np.float32).reshape(len(frames), count)
    if (endless := ~np.isfinite(values).all(axis=1)).any():
        raise InputError(f"{path}: frame {int(endless.argmax())} holds a NaN or an infinity; correct it")
    return values


def _frame_rate(content: dict[str, Any], path: Path) -> Fraction:
    """Return the exact rate, from "frame_rate" where there is one, else from "fps"."""
    rate = content.get("frame_rate", content.get("fps"))
    try:
        if not isinstance(rate, str):
            return parse_frame_rate(str(rate))
        if len(rate) > 60 or "e" in rate.lower():  # Fraction would take a year over 1e99999999
            raise ValueError
        return Fraction(rate)
    except (ValueError, ZeroDivisionError):
        raise InputError(f'{path}: {rate!r} is no frame rate; set "fps" to a number such as 30') from None


def _number(value: object, name: str, path: Path) -> float:
    """Return `value` if it is a number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise InputError(f"{path}: '{name}' must be a number, not {value!r}")
    return float(value)


def _metadata(value: object, path: Path) -> dict[str, str]:
    """Return `value` if it maps names to texts."""
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise InputError(f"{path}: 'metadata' must be an object whose values are texts")
    return value
