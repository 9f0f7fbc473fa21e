"""Run the teacher on all training recordings, and store its features and pseudo-labels."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from ..files import draft
from . import corpora
from .corpora import Sample
from .pseudo_labels import spelled
from .teacher_features import Basis, Listening
from .teacher_layer import TeacherLayer

_TOLD: Final = 64
"""Recordings between two lines of progress."""


def listen(data: Path, teacher: Path, output: Path) -> None:
    """Write the features of the Whisper model in the folder `teacher` for the corpora in `data`, and pseudo-labels.

    Features are cached, a file for each recording, in a folder beside `output`, so that an interrupted run resumes
    where it stopped. Principal components are computed from recordings without filmed faces alone, so that they do not
    depend on a corpus that is later left out for testing.
    """
    samples = list(corpora.training(data))
    kept = output.with_suffix("")
    encode(samples, teacher, kept)
    summarise(samples, kept, output)


def encode(samples: Sequence[Sample], teacher: Path, kept: Path) -> None:
    """Write the teacher's features of each recording, [n, 512] in half precision, into the folder `kept`."""
    missing = [s for s in samples if not _place(kept, s).is_file()]
    # In a fixed random order, so that any part of it is representative.
    missing.sort(key=lambda s: hashlib.sha256(Listening.key(s).encode()).digest())
    if not missing:
        return
    layer = TeacherLayer.open(teacher)
    began = time.monotonic()
    for done, sample in enumerate(missing, 1):
        with draft(_place(kept, sample)) as target, target.open("wb") as file:
            np.save(file, layer(sample.samples))
        if done % _TOLD == 0 or done == len(missing):
            print(f"{done} of {len(missing)} recordings, {time.monotonic() - began:.0f} s", flush=True)


def summarise(samples: Sequence[Sample], kept: Path, output: Path) -> None:
    """Write the principal components of the features in `kept`, and phones classified from them, to `output`."""
    rows = {Listening.key(s): np.load(_place(kept, s)) for s in samples}
    basis = Basis.of([rows[Listening.key(s)] for s in samples if s.weights is None])
    features = Listening({name: basis(features) for name, features in rows.items()})
    replace(features, phones=spelled(samples, features)).save(output)


def _place(kept: Path, sample: Sample) -> Path:
    return kept / f"{Listening.key(sample)}.npy"
