"""Speech synthesised by Kokoro-82M: many voices and languages with the time of every phone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from ..phones import classes, merged
from .sample import Sample, frame_times

HELD_OUT: Final = 40
"""Every so many-th utterance is kept from training."""


def load(data: Path, *, held: bool) -> Iterator[Sample]:
    """Yield the utterances that are held out, or those that are not."""
    folder = data / "kokoro"
    for number, line in enumerate((folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()):
        if (number % HELD_OUT == 0) != held:
            continue
        label = json.loads(line)
        samples, _ = soundfile.read(folder / f"{label['id']}.ogg", dtype="float32")
        times = frame_times(len(samples))
        phones = classes(merged(label["phones"]), times)
        yield Sample(
            name=label["id"],
            corpus="kokoro",
            samples=samples,
            weights=None,
            phones=phones,
            voice=(phones != 0).astype(np.float32),
        )
