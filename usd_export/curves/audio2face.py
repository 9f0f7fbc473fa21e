"""The curves that NVIDIA's Audio2Face exports and imports: JSON with a weight matrix.

```
{"exportFps": 60.0, "trackPath": "line.wav", "numPoses": 52, "numFrames": 283,
 "facsNames": ["eyeBlinkLeft", …], "weightMat": [[0.02, …], …]}
```

`weightMat` has a row for each frame and a column for each of `facsNames`. The first frame is at 0 s. Audio2Face-3D
spells ARKit's names with a capital letter (`EyeBlinkLeft`); they are read as ARKit's.

Lost: rotations and channels of bones, which are no weights, the sound, and the metadata but for the recording's name.
"""

from pathlib import Path
from typing import Final

from audio2blend.audio import Speech
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig

from ..json_object import frames_in, names_in, number_in, read_object, write_frames
from ..rates import exact
from ..weights import Notes, from_zero, weights_of

_NEEDS: Final = "facsNames, weightMat and exportFps"
_SPELLED: Final = {name[0].upper() + name[1:]: name for name in ARKIT}


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Notes) -> None:
    """Write the weights of `clip` to `path`; rig and speech are not used.

    Raises InputError if it does not start with the sound.
    """
    clip = from_zero(weights_of(clip, options.note))
    head = {
        "exportFps": float(clip.frame_rate),
        "trackPath": clip.metadata.get("source", ""),
        "numPoses": len(clip.channels),
        "numFrames": len(clip),
        "facsNames": clip.channels,
    }
    write_frames(path, head, "weightMat", clip.values)


def recognises(content: bytes) -> bool:
    """Return whether a file has such a matrix."""
    return b'"facsNames"' in content and b'"weightMat"' in content


def read(path: Path) -> Clip:
    """Read a file by Audio2Face or by this module; raises InputError, naming the place, if it is none."""
    content = read_object(path, _NEEDS)
    names = names_in(content, "facsNames", path)
    values = frames_in(content.get("weightMat"), "weightMat", len(names), path)
    source = content.get("trackPath")
    try:
        return Clip(
            values=values,
            channels=tuple(_SPELLED.get(name, name) for name in names),
            frame_rate=exact(number_in(content, "exportFps", path)),
            metadata={"source": source} if isinstance(source, str) and source else {},
        )
    except ValueError as error:
        raise InputError(f"{path}: {str(error).removeprefix(f'{path}: ')}; correct the file") from None
