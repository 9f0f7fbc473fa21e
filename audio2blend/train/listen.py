"""Having the teacher listen to everything there is to train on."""

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
from .teacher import encode_all, open_encoder
from .teacher_features import Basis, Listening

_GROUP: Final = 64
"""Recordings between two writings: what was encoded before a stop is not encoded again."""


def listen(data: Path, teacher: Path, output: Path) -> None:
    """Write the features of the Whisper model in the folder `teacher` for the corpora in `data`, and their phones.

    Each recording's features are kept in a folder beside `output`, so that a second start goes on where the first one
    stopped. The components are those of the recordings whose faces nobody knows, so that none of them depends on a
    corpus that is left out later to test on.
    """
    samples = list(corpora.training(data))
    kept = output.with_suffix("")
    encode(samples, teacher, kept)
    summarise(samples, kept, output)


def encode(samples: Sequence[Sample], teacher: Path, kept: Path) -> None:
    """Write the teacher's features of each recording, [n, 512] in half precision, into the folder `kept`."""
    missing = [s for s in samples if not _place(kept, s).is_file()]
    # In an order of chance, so that a part of it already stands for all.
    missing.sort(key=lambda s: hashlib.sha256(Listening.key(s).encode()).digest())
    if not missing:
        return
    encoder = open_encoder(teacher)
    began = time.monotonic()
    for first in range(0, len(missing), _GROUP):
        group = missing[first : first + _GROUP]
        for sample, rows in zip(group, encode_all(encoder, [s.samples for s in group]), strict=True):
            with draft(_place(kept, sample)) as target, target.open("wb") as file:
                np.save(file, rows)
        print(f"{first + len(group)} of {len(missing)} recordings, {time.monotonic() - began:.0f} s", flush=True)


def summarise(samples: Sequence[Sample], kept: Path, output: Path) -> None:
    """Write the components of the features in the folder `kept`, and the phones they give, to the file `output`."""
    rows = {Listening.key(s): np.load(_place(kept, s)) for s in samples}
    basis = Basis.of([rows[Listening.key(s)] for s in samples if s.weights is None])
    features = Listening({name: basis(features) for name, features in rows.items()})
    replace(features, phones=spelled(samples, features)).save(output)


def _place(kept: Path, sample: Sample) -> Path:
    return kept / f"{Listening.key(sample)}.npy"
