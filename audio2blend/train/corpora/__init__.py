"""Loaders, one a corpus, of recordings with what is known about the face, the phones and the voice in them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from . import facegood, grid, kokoro, librispeech, mfa, prompts, speech, speechocean
from .sample import Sample, frame_times

__all__ = [
    "NAMES",
    "Sample",
    "facegood",
    "frame_times",
    "grid",
    "kokoro",
    "librispeech",
    "mfa",
    "prompts",
    "speech",
    "speechocean",
    "training",
]

_TRAINING: Final[dict[str, Callable[[Path], Iterator[Sample]]]] = {
    "grid": lambda data: grid.load(data, held=False),
    "facegood": lambda data: facegood.load(data, held=False),
    "kokoro": lambda data: kokoro.load(data, part="train"),
    "prompts": prompts.load,
    "speech": speech.load,
    "librispeech": librispeech.load,
    "speechocean": speechocean.load,
}

NAMES: Final = tuple(_TRAINING)
"""The corpora to train on, in the order that they are loaded in; `mfa` is for measuring alone."""


def training(data: Path, *, leave_out: frozenset[str] = frozenset()) -> Iterator[Sample]:
    """Yield all that there is to train on in `data`, less the corpora named in `leave_out`.

    A corpus whose folder is not there is skipped. Raises ValueError for a name that is no corpus's.
    """
    if unknown := leave_out - set(NAMES):
        raise ValueError(f"{', '.join(sorted(unknown))}: no such corpus; there are {', '.join(NAMES)}")
    for name, load in _TRAINING.items():
        if name not in leave_out and (data / name).is_dir():
            yield from load(data)
