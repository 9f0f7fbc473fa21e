"""Live Link Face's packets over UDP, which Unreal's ARKit source and many others receive.

All numbers are big-endian:

```
u8 6 | i32 length, device id | i32 length, subject | i32 frame, f32 part of a frame, i32 rate, i32 1 | u8 61 | 61 × f32
```

Lengths count bytes. The device id is a UUID of 36 characters; some readers rely on that. The frame is the time of day
in frames. The numbers are ARKit's 52 weights in the order of the wire, then yaw, pitch and roll of the head, the left
and the right eye in radians, turning the other way than ours, as in the app's files. The layout was read off packets of
the app. Unreal's newer MetaHuman source (port 14785) is another protocol; its ARKit source takes these.
"""

import struct
import uuid
from typing import Final

import numpy as np

from ..stream import Frame
from .order import on_the_wire

PORT: Final = 11_111
RATE: Final = 60
_VERSION: Final = 6
_DAY: Final = 24 * 3600


class LiveLink:
    """The packets of one face."""

    def __init__(self, subject: str = "audio2blend") -> None:
        """Name the face; the same name always has the same device id."""
        device = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{subject}.audio2blend")).upper().encode("ascii")
        name = subject.encode()
        self._head = struct.pack(f">Bi{len(device)}si{len(name)}s", _VERSION, len(device), device, len(name), name)

    def packets(self, frame: Frame, *, day_s: float) -> list[bytes]:
        """Return the packet of a frame that is shown at a time of day, in seconds since midnight."""
        at = day_s % _DAY * RATE
        numbers = np.concatenate([on_the_wire(frame.weights), -np.radians(frame.rotations)]).astype(">f4")
        time = struct.pack(">ifiiB", int(at), at - int(at), RATE, 1, len(numbers))
        return [self._head + time + numbers.tobytes()]
