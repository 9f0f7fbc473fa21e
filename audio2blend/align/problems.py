"""Where a text and its recording disagree."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..audio.activity import voice_activity
from ..posteriors import PhonePosteriors
from .alignment import AlignedWord, Problem

DOUBTFUL: Final = 0.08
"""A word whose confidence is lower is not what is said there; 1 % of hand-labelled emotional words are."""
_SAME_TEXT: Final = 0.38
"""The mean confidence of a text that is said: above 0.385 in 73 of 73 such recordings, and below 0.38 in 95 % of wrong
ones."""
_FEWEST_WORDS: Final = 5
_SILENT: Final = 0.5
_LONGEST_UNTOLD_S: Final = 0.5
"""Speech between the words of a text is reported from this length on; a breath or a click is shorter."""


def problems(
    words: Sequence[AlignedWord], posteriors: PhonePosteriors, level_db: NDArray[np.float32], duration_s: float
) -> tuple[Problem, ...]:
    """Return where the words do not fit the speech: words that are not said, and speech that is not in the text.

    `level_db`, shape (n_frames,), is that of `envelope_db`, and `duration_s` the length of the recording.
    """
    confidence = float(np.mean([word.confidence for word in words])) if words else 1.0
    if confidence < _SAME_TEXT and len(words) >= _FEWEST_WORDS:
        text = f"the text hardly fits the sound ({confidence:.2f} of 1); it may be another text or another language"
        return (Problem(start_s=0.0, end_s=duration_s, text=text),)
    return tuple(
        sorted(
            [*_unsaid(words), *_untold(words, posteriors, level_db, duration_s)], key=lambda problem: problem.start_s
        )
    )


def _unsaid(words: Sequence[AlignedWord]) -> Iterator[Problem]:
    for doubtful, group in groupby(words, lambda word: word.confidence < DOUBTFUL):
        if doubtful:
            run = list(group)
            quoted = " ".join(word.text for word in run[:5]) + (" …" if len(run) > 5 else "")
            yield Problem(start_s=run[0].start_s, end_s=run[-1].end_s, text=f"“{quoted}” does not fit the sound here")


def _untold(
    words: Sequence[AlignedWord], posteriors: PhonePosteriors, level_db: NDArray[np.float32], duration_s: float
) -> Iterator[Problem]:
    rate = float(posteriors.frame_rate)
    spoken = voice_activity(level_db, rate) & (posteriors.probability(["sil"]) < _SILENT)
    edges = [0.0, *(time for word in words if word.found for time in (word.start_s, word.end_s)), duration_s]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        seconds = float(spoken[round(start * rate) : round(end * rate)].sum()) / rate
        if seconds >= _LONGEST_UNTOLD_S:
            yield Problem(start_s=start, end_s=end, text=f"{seconds:.1f} s of speech here are not in the text")
