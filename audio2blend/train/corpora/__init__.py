"""Corpora: one loader each, of recordings with labels for face, phones and voice activity where known."""

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
"""The training corpora in loading order; `mfa` is for evaluation only."""


def training(data: Path, *, leave_out: frozenset[str] = frozenset()) -> Iterator[Sample]:
    """Yield the training recordings in `data`, except those of the corpora in `leave_out`.

    Corpora without a folder are skipped. Raises ValueError for an unknown name in `leave_out`.
    """
    if unknown := leave_out - set(NAMES):
        raise ValueError(f"{', '.join(sorted(unknown))}: no such corpus; there are {', '.join(NAMES)}")
    for name, load in _TRAINING.items():
        if name not in leave_out and (data / name).is_dir():
            yield from load(data)
