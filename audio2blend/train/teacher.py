"""The teacher: a speech encoder trained on many voices, run once over all recordings.

It is OpenAI's Whisper base, in a CTranslate2 folder. None of its weights enter the network, which only learns to
predict its features.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..audio import SAMPLE_RATE
from ..network.whisper import RATE, Whisper

__all__ = ["RATE", "Encoder", "encode_all", "open_encoder"]

_WINDOW_S: Final = 30
_GAP_S: Final = 0.4
_LONGEST_S: Final = 28.0

Encoder = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""From 30 s of samples to features [1500, width]."""


def open_encoder(folder: Path, *, threads: int = 2) -> Encoder:
    """Return the encoder of the Whisper model in `folder`; raises what `Whisper.open` raises."""
    return Whisper.open(folder, device="cpu", threads=threads).window


def encode_all(
    encoder: Encoder, recordings: Sequence[NDArray[np.float32]], *, report: Callable[[float], None] | None = None
) -> list[NDArray[np.float16]]:
    """Return the features [n, width] of each recording; `report` is called with the share done so far.

    Short recordings share a window of 30 s, with a pause between them; long ones are cut.
    """
    parts: list[list[NDArray[np.float16]]] = [[] for _ in recordings]
    done = 0
    total = sum(len(samples) for samples in recordings)
    for window in _windows(recordings):
        sound = np.zeros(_WINDOW_S * SAMPLE_RATE, np.float32)
        for _, piece, at in window:
            sound[at : at + len(piece)] = piece
        features = encoder(sound)
        for index, piece, at in window:
            first = at * RATE // SAMPLE_RATE
            count = -(-len(piece) * RATE // SAMPLE_RATE)
            parts[index].append(features[first : first + count].astype(np.float16))
            done += len(piece)
        if report is not None:
            report(done / total)
    return [np.concatenate(pieces) for pieces in parts]


def _windows(
    recordings: Sequence[NDArray[np.float32]],
) -> Iterator[list[tuple[int, NDArray[np.float32], int]]]:
    """Yield groups of (recording, samples, start in the window in samples), each of which fits into a window."""
    step = SAMPLE_RATE // RATE
    longest = int(_LONGEST_S * SAMPLE_RATE)
    gap = int(_GAP_S * SAMPLE_RATE)
    window: list[tuple[int, NDArray[np.float32], int]] = []
    at = 0
    for index, samples in enumerate(recordings):
        for start in range(0, len(samples), longest):
            piece = samples[start : start + longest]
            if window and at + len(piece) > _WINDOW_S * SAMPLE_RATE:
                yield window
                window, at = [], 0
            window.append((index, piece, at))
            at += -(-(len(piece) + gap) // step) * step
    if window:
        yield window
