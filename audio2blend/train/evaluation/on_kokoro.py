"""Synthetic speech of training voices, of held-out voices, and in a held-out language."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...clip import FRAME_RATE
from ...intervals import runs
from ...phones import BILABIALS, PHONES
from ...qa import CLOSED
from ..corpora import Sample, kokoro
from .baselines import Contender, OfNetwork
from .compare import Scores
from .spoken import edit_distance, said

PARTS: Final[dict[str, kokoro.Part]] = {"seen voices": "held", "new voices": "voices", "new language": "language"}
OPEN_VOWELS: Final = ("a", "ɑ", "æ")

_MOST: Final = 200
"""Utterances of each part, which is enough."""
_PAUSE: Final = 24
"""Shortest pause in frames in which the mouth has to be still."""
_EDGE: Final = 9
"""Frames at either end of such a pause that do not count."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """How one utterance was recognised and animated."""

    language: str
    edits: int | None
    """Edit distance between recognised and spoken phones; None if the contender recognises none."""
    phones: int
    """Number of phones spoken."""
    closed: NDArray[np.bool_]
    """For each p, b and m: whether the lips close within the phone or two frames around it."""
    closed_vowels: NDArray[np.bool_]
    """For each open vowel: whether the lips stay closed."""
    still: NDArray[np.bool_]
    """For each frame of a pause: whether the lips are closed."""


@cache
def utterances(data: Path, part: kokoro.Part) -> tuple[Sample, ...]:
    """Return the utterances of a part that are evaluated."""
    return tuple(islice(kokoro.load(data, part=part), _MOST))


def on_kokoro(data: Path, contender: Contender) -> Scores:
    """Return the scores by part and by language.

    - phone error: edit distance between recognised and spoken phones over the number spoken; recognised phones of a
      single frame (1/60 s) do not count. Networks only.
    - p b m closed: share of p, b and m on which the lips close, or within 33 ms before or after.
    - open vowels closed: share of a, ɑ and æ on which the lips never open.
    - pauses still: share of frames with closed lips in pauses of at least 0.4 s, without 0.15 s at either end.
    """
    parts = {name: _listen(utterances(data, part), contender) for name, part in PARTS.items()}
    scores: Scores = {}
    for name, lines in parts.items():
        scores |= _summary(name, lines)
    for figure, sign in (("phone error", 1), ("p b m closed", -1)):
        if f"{figure}, seen voices" in scores:
            more = scores[f"{figure}, new voices"] - scores[f"{figure}, seen voices"]
            scores[f"{figure}, worse in new voices by"] = sign * more
    everything = [line for lines in parts.values() for line in lines]
    scores["open vowels closed"] = _share([line.closed_vowels for line in everything])
    scores["pauses still"] = _share([line.still for line in everything])
    for language in sorted({line.language for line in everything}):
        scores |= _summary(language, [line for line in everything if line.language == language])
    return scores


def _listen(samples: Sequence[Sample], contender: Contender) -> list[Line]:
    lines = []
    for sample, motion in zip(samples, contender.motions([one.samples for one in samples]), strict=True):
        true = said([None if phone < 0 else PHONES[phone] for phone in sample.phones])
        opening = motion.at(np.arange(len(sample.phones)) / float(FRAME_RATE)).opening
        edits = None
        if isinstance(contender, OfNetwork):
            edits = edit_distance(said(contender.phones(sample.samples), at_least=2), true)
        pauses = [(start + _EDGE, end - _EDGE) for start, end in runs(sample.phones == 0) if end - start >= _PAUSE]
        lines.append(
            Line(
                language=sample.language,
                edits=edits,
                phones=len(true),
                closed=np.array([opening[max(0, a - 2) : b + 2].min() for a, b in _spans(sample, BILABIALS)]) < CLOSED,
                closed_vowels=np.array([opening[a:b].max() for a, b in _spans(sample, OPEN_VOWELS)]) < CLOSED,
                still=np.concatenate([np.zeros(0, bool), *(opening[start:end] < CLOSED for start, end in pauses)]),
            )
        )
    return lines


def _spans(sample: Sample, names: Sequence[str]) -> list[tuple[int, int]]:
    """Return the half-open frame range of every phone with one of these names."""
    return [(int(a), int(b)) for name in names for a, b in runs(sample.phones == PHONES.index(name))]


def _summary(name: str, lines: Sequence[Line]) -> Scores:
    edits = [line.edits for line in lines if line.edits is not None]
    recognised = {f"phone error, {name}": sum(edits) / sum(line.phones for line in lines)} if edits else {}
    return {**recognised, f"p b m closed, {name}": _share([line.closed for line in lines])}


def _share(flags: Sequence[NDArray[np.bool_]]) -> float:
    return float(np.concatenate(flags).mean())
