"""Speech synthesised by Kokoro-82M: many voices and languages, with phone alignments."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import soundfile

from ...phones import classes, merged
from .listening import voice_by_loudness
from .sample import Sample, frame_times

Part = Literal["train", "held", "voices", "language"]
"""Training; held-out utterances of training voices and languages; held-out voices; a held-out language."""

NEW_VOICES: Final = frozenset({"af_kore", "bm_lewis", "hf_beta", "zf_xiaoni"})
"""Voices held out of training, in every language."""
NEW_LANGUAGE: Final = "pt-br"
"""The language held out of training, in every voice, together with its native voices."""
HELD_OUT: Final = 40
"""Every 40th of the remaining utterances is held out."""


def part_of(number: int, *, voice: str, language: str) -> Part:
    """Return the part of the utterance in row `number` of the table.

    >>> part_of(7, voice="af_kore", language="pt-br"), part_of(7, voice="pf_dora", language="en-us")
    ('language', 'language')
    >>> part_of(7, voice="af_kore", language="en-us"), part_of(80, voice="af_sky", language="en-us")
    ('voices', 'held')
    """
    if language == NEW_LANGUAGE or voice.startswith("p"):
        return "language"
    if voice in NEW_VOICES:
        return "voices"
    return "held" if number % HELD_OUT == 0 else "train"


def load(data: Path, *, part: Part) -> Iterator[Sample]:
    """Yield the utterances of a part, from `kokoro/` and all folders `kokoro…/` beside it."""
    for table in sorted(data.glob("kokoro*/labels.jsonl")):
        for number, line in enumerate(table.read_text(encoding="utf-8").splitlines()):
            label = json.loads(line)
            if part_of(number, voice=label["voice"], language=label["lang"]) == part:
                yield _sample(table.parent, label)


def _sample(folder: Path, label: dict[str, Any]) -> Sample:
    path = folder / f"{label['id']}.ogg"
    samples, _ = soundfile.read(path if path.exists() else path.with_suffix(".flac"), dtype="float32")
    phones = classes(merged(label["phones"]), frame_times(len(samples)))
    # The symbol of a comma may not sound as a pause, and the last vowel may extend into the full stop.
    phones = np.where((phones == 0) & (voice_by_loudness(samples) > 0), -1, phones)
    return Sample(
        name=label["id"],
        corpus="kokoro",
        language=label["lang"],
        speaker=label["voice"],
        samples=samples,
        weights=None,
        phones=phones,
        voice=(phones != 0).astype(np.float32),
    )
