"""NumPy archives: the Clip itself, lossless, for other Python programs.

The arrays are `values` float32 [frame, channel], `channels`, `frame_rate` as text such as "30000/1001", `start_s`,
and `metadata` as JSON. Nothing is lost, and the bytes depend on the clip alone. A clip of a morphable model's channels
has its parameters beside them, as programs that use FLAME keep them (see `flame`); files of those alone are read too.
"""

import json
import tokenize
import zipfile
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np

from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.files import write_arrays
from rigs import Rig

from .flame import clip_of, is_one, parameters

_DAMAGED: Final = (
    ValueError, TypeError, AttributeError, RuntimeError, EOFError, OSError, zipfile.BadZipFile, zlib.error,
    SyntaxError, tokenize.TokenError,
)  # fmt: skip
"""What numpy and zipfile raise for archives that are cut off, scrambled, encrypted or no archives at all."""


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Any) -> None:
    """Write `clip` to `path`; rig, speech and options are not used."""
    arrays = {
        "values": clip.values,
        "channels": np.array(clip.channels, dtype=np.str_),
        "frame_rate": np.array(str(clip.frame_rate)),
        "start_s": np.array(clip.start_s, dtype=np.float64),
        "metadata": np.array(json.dumps(clip.metadata)),
    }
    write_arrays(path, {**arrays, **parameters(clip)}, compressed=True)


def read(path: Path) -> Clip:
    """Read back what `write` wrote, or the parameters of a morphable model.

    Raises InputError if the file is something else or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            if "values" not in arrays and is_one(arrays):
                return clip_of(arrays)
            return Clip(
                values=arrays["values"],
                channels=tuple(str(name) for name in arrays["channels"]),
                frame_rate=Fraction(str(arrays["frame_rate"])),
                start_s=float(arrays["start_s"]),
                metadata=json.loads(str(arrays["metadata"])),
            )
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except KeyError as error:
        raise InputError(f"{path}: {error.args[0]}; this .npz file was not written by audio2blend") from None
    except _DAMAGED as error:
        raise InputError(f"{path}: damaged, or not a clip ({error}); write it again") from None
