"""The curves of Epic's MetaHuman face as a CSV that Unreal imports as a curve table.

```
Name,0,0.0166666667,0.0333333333
CTRL_expressions_jawOpen,0,0.25,0.5
```

The first line holds the time of every frame in seconds, each other line a curve with its values. ARKit's channels
become `CTRL_expressions_…` by the map of the preset "metahuman"; a clip in other names keeps them. Rotations of head
and eyes are curves of their own names, in degrees.

Lost: the sound, the metadata, and what the map leaves out.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np

from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig

from ..compare import differences
from ..keyed import Keys, sampled
from ..naming import in_names_of
from ..rates import exact
from ..weights import timed

_MOST: Final = 10_000
"""Curves in a file."""


def as_written(clip: Clip) -> Clip:
    """Return a clip as such a file has it."""
    return in_names_of(clip, "metahuman")


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Any) -> None:
    """Write `clip` to `path`; rig, speech and options are not used.

    Raises InputError if it has no frames, begins before time 0, or a name has a comma in it.
    """
    clip = timed(as_written(clip))
    if bad := next((name for name in clip.channels if set(name) & set(',"\n')), None):
        raise InputError(f"the channel '{bad}' has a comma, a quote or a line's end in its name; rename it")
    row = ",%.8g" * len(clip)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(["Name", *map("%.10g".__mod__, clip.times_s.tolist())]) + "\n")
        for name in clip.channels:
            file.write(f"{name}{row % tuple(clip[name].tolist())}\n")


def recognises(content: bytes) -> bool:
    """Return whether a file has such curves."""
    return content.startswith((b"Name,", b"---,", b"\xef\xbb\xbfName,", b"\xef\xbb\xbf---,"))


def read(path: Path) -> Clip:
    """Read a curve table; raises InputError, naming the line, if it is none."""
    try:
        lines = [line for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file; export it again") from None
    if len(lines) < 2 or not recognises(lines[0].encode()):
        raise InputError(f"{path}: line 1 is not 'Name' and the times of all frames; export it again")
    if len(lines) > _MOST:
        raise InputError(f"{path}: has {len(lines)} lines, one for each curve; this is another kind of table")
    rows = []
    for number, line in enumerate(lines, 1):
        name, *cells = line.split(",")
        try:
            rows.append((name.strip(), np.array(cells, np.float64)))
        except ValueError:
            raise InputError(f"{path}: line {number} holds something that is no number; correct it") from None
        if len(cells) != len(rows[0][1]):
            raise InputError(f"{path}: line {number} has {len(cells)} values for {len(rows[0][1])} times; correct it")
    times = rows[0][1]
    step = float(np.median(np.diff(times))) if len(times) > 1 else 1 / 60
    try:
        if not step > 0:
            raise InputError("its times do not rise; correct line 1")
        rate = exact(1 / step) if len(times) < 2 else exact((len(times) - 1) / float(times[-1] - times[0]))
        even = np.abs(np.diff(times) - step).max(initial=0) < step / 100
        return sampled({name: Keys(times, values) for name, values in rows[1:]}, rate if even else exact(1 / step))
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None


def check(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with a file."""
    back = read(path)
    yield from differences(back.values, as_written(clip).select(back.channels).values, back.channels)
