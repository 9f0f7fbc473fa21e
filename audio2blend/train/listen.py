"""Having the teacher listen to everything there is to train on."""

import time
from dataclasses import replace
from pathlib import Path

from . import corpora
from .pseudo_labels import spelled
from .teacher import encode_all, open_encoder
from .teacher_features import Basis, Listening


def listen(data: Path, teacher: Path, output: Path) -> None:
    """Write what the Whisper model in the folder `teacher` hears in the corpora in `data`, and which phones.

    The components are those of the recordings whose faces nobody knows, so that none of them depends on a corpus that
    is left out later to test on.
    """
    samples = list(corpora.training(data))
    began = time.monotonic()
    features = encode_all(open_encoder(teacher), [s.samples for s in samples])
    print(f"the teacher has listened for {time.monotonic() - began:.0f} s", flush=True)
    pairs = list(zip(samples, features, strict=True))
    basis = Basis.of([rows for sample, rows in pairs if sample.weights is None])
    heard = Listening({Listening.key(s): basis(rows) for s, rows in pairs})
    replace(heard, phones=spelled(samples, heard)).save(output)
