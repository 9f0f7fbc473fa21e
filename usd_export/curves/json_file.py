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
nothing is lost. A file by someone else may leave out all but `names`, `frames` and one of the two rates.
"""

from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from audio2blend.audio import Speech
from audio2blend.clip import Clip, parse_frame_rate
from audio2blend.errors import InputError
from rigs import Rig

from ..json_object import frames_in, names_in, read_object, write_frames

_NEEDS: Final = "names, fps and frames"


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Any) -> None:
    """Write `clip` to `path`; rig, speech and options are not used."""
    head = {
        "names": clip.channels,
        "fps": float(clip.frame_rate),
        "frame_rate": str(clip.frame_rate),
        "start_s": clip.start_s,
        "metadata": clip.metadata,
    }
    write_frames(path, head, "frames", clip.values)


def recognises(content: bytes) -> bool:
    """Return whether a file has names and frames."""
    return b'"names"' in content and b'"frames"' in content


def read(path: Path) -> Clip:
    """Read a file laid out as above; raises InputError, naming the place, if it is not."""
    content = read_object(path, _NEEDS)
    names = names_in(content, "names", path)
    try:
        return Clip(
            values=frames_in(content.get("frames"), "frames", len(names), path),
            channels=names,
            frame_rate=_frame_rate(content, path),
            start_s=_number(content.get("start_s", 0.0), "start_s", path),
            metadata=_metadata(content.get("metadata", {}), path),
        )
    except InputError:
        raise
    except (ValueError, OverflowError) as error:
        raise InputError(f"{path}: {error}; correct the file") from None


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
