"""The blendshapes of Azure's speech service: what its viseme events hold for `FacialExpression`.

```
{"FrameIndex": 0, "BlendShapes": [
[0.02, …],
…]}
```

A row has 55 numbers and lasts 1/60 s: ARKit's 52 weights in the order of the wire, then headRoll, leftEyeRoll and
rightEyeRoll. That order is Live Link Face's but for two pairs: jawLeft comes before jawRight, and mouthLeft before
mouthRight. The service documents no unit for the three rolls; they are taken for radians with Live Link's sign.

Frame k of a clip is frame k of the file, in one object. Read are also the events as they come, each with the number of
its first frame: as an array, or one a line.

Lost: yaw and pitch, channels other than ARKit's, rates other than 60, the sound, and the metadata.
"""

import json
from pathlib import Path
from typing import Final

import numpy as np

from audio2blend.audio import Speech
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig

from ..json_object import frames_in, number_in, parse, read_text
from ..weights import Notes, from_zero, report_lost
from . import AZURE_RATE

_NEEDS: Final = "FrameIndex and BlendShapes"
_WIRE: Final = {"jawRight": "jawLeft", "jawLeft": "jawRight", "mouthRight": "mouthLeft", "mouthLeft": "mouthRight"}
ORDER: Final = (*(_WIRE.get(name, name) for name in ARKIT), "headRoll", "leftEyeRoll", "rightEyeRoll")
"""What the numbers of a row are."""
_UNITS: Final = np.array([-180 / np.pi if name.endswith("Roll") else 1.0 for name in ORDER])
"""What one unit of the file is in a clip, per channel."""


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Notes) -> None:
    """Write `clip` to `path`; rig and speech are not used.

    Raises InputError if it does not start with the sound.
    """
    report_lost(clip, ORDER, options.note)
    numbers = from_zero(clip).select(ORDER).values / _UNITS + 0.0  # + 0.0 turns -0 into 0
    row = "[" + ", ".join(["%.9g"] * len(ORDER)) + "]"
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.write('{"FrameIndex": 0, "BlendShapes": [\n')
        file.write(",\n".join(row % tuple(frame) for frame in numbers.tolist()))
        file.write("]}\n")


def recognises(content: bytes) -> bool:
    """Return whether a file has such frames."""
    return b'"FrameIndex"' in content and b'"BlendShapes"' in content


def read(path: Path) -> Clip:
    """Read a file by the service, by a program that kept its events, or by this module.

    Raises InputError if it is none, or the events leave out frames.
    """
    text = read_text(path, _NEEDS)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        lines = [line for line in text.splitlines() if line.strip()]
        content = [parse(line, path, _NEEDS) for line in lines] if len(lines) > 1 and lines[0].rstrip().endswith("}") \
            else parse(text, path, _NEEDS)  # fmt: skip
    events = content if isinstance(content, list) else [content]
    if not events or not all(isinstance(event, dict) for event in events):
        raise InputError(f"{path}: holds no events; it needs {_NEEDS}")
    parts = {}
    for event in events:
        first = number_in(event, "FrameIndex", path)
        parts[first] = frames_in(event.get("BlendShapes"), "BlendShapes", len(ORDER), path)
    expected = min(parts)
    for first, part in sorted(parts.items()):
        if first != expected:
            raise InputError(f"{path}: frame {expected:g} is followed by frame {first:g}; keep all events of a line")
        expected += len(part)
    values = np.concatenate([parts[first] for first in sorted(parts)]) * _UNITS
    return Clip(
        values=values.astype(np.float32), channels=ORDER, frame_rate=AZURE_RATE, start_s=min(parts) / float(AZURE_RATE)
    )
