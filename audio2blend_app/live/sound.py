"""Sound as it comes over a wire: bytes in, samples out."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError

FORMATS: Final[dict[str, np.dtype[Any]]] = {"s16": np.dtype("<i2"), "f32": np.dtype("<f4")}
"""Little-endian numbers: of 16 bits, or floating-point in [-1, 1]."""


def samples_of(content: bytes, form: str) -> NDArray[np.float32]:
    """Return the mono samples in some bytes. Raises InputError for a format that is none, and half a sample."""
    if form not in FORMATS:
        raise InputError(f"sound in '{form}' is not known; send one of {', '.join(FORMATS)}, mono")
    kind = FORMATS[form]
    if len(content) % kind.itemsize:
        raise InputError(f"{len(content)} bytes are no whole samples of {kind.itemsize} bytes; send whole samples")
    samples = np.frombuffer(content, kind).astype(np.float32)
    return np.asarray(samples / 32768 if form == "s16" else samples, np.float32)
