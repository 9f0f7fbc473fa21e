"""A man, healthy and with a cold: recordings and alignments from the Montreal Forced Aligner's tests (MIT)."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from ...align.files import praat
from ...arpabet import to_ipa
from ...intervals import Interval
from ...phones import classes, merged
from .sample import Sample, frame_times

_COLD_FROM: Final = 427_572
"""Sample of the recording of both at which the one with a cold begins, on the second channel."""


def phones(intervals: Iterable[Interval]) -> list[Interval]:
    """Convert a phone tier, in ARPAbet with or without stress or in IPA, to phone classes.

    The parts of a diphthong or an affricate share its time evenly. Silence ("sil", "sp" and "") is dropped, and so is
    "spn", the aligner's label for words that it does not know.

    >>> [tuple(phone) for phone in phones([Interval("AY1", 0.0, 0.2), Interval("t", 0.5, 0.6)])]
    [('a', 0.0, 0.1), ('ɪ', 0.1, 0.2), ('t', 0.5, 0.6)]
    """
    out: list[Interval] = []
    for interval in intervals:
        if interval.label in ("", "sil", "sp", "spn"):
            continue
        symbols = to_ipa(interval.label).lstrip("ˈˌ")
        edges = np.linspace(interval.start_s, interval.end_s, len(symbols) + 1).tolist()
        out += merged(zip(symbols, edges, edges[1:], strict=False))
    return out


def load(data: Path) -> Iterator[Sample]:
    """Yield both recordings, which are for evaluation only: real voices with aligned phones."""
    folder = data / "mfa"
    both, _ = soundfile.read(folder / "michaelandsickmichael.wav", dtype="float32")
    well, _ = soundfile.read(folder / "acoustic_corpus.wav", dtype="float32")
    for name, samples in (("acoustic_corpus", well), ("cold_corpus", both[_COLD_FROM:, 1])):
        times = frame_times(len(samples))
        found = classes(phones(praat.read(folder / f"{name}.TextGrid")["phones"]), times)
        yield Sample(
            name=name,
            corpus="mfa",
            language="en-us",
            speaker="michael",
            samples=np.ascontiguousarray(samples),
            weights=None,
            phones=found,
            voice=(found != 0).astype(np.float32),
        )
