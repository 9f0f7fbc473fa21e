"""A face by its words, on the sentences of GRID that nobody was trained on, against the lips that were filmed."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from ...align.alignment import Alignment
from ...align.builtin import align
from ...audio import Speech
from ...clip import FRAME_RATE
from ...hybrid import MODES, with_alignment
from ...lips import OPEN
from ...network import Network
from ...phones import BILABIALS
from ...pipeline import predict
from ...post import Controls
from ...qa import Lips, closes_on, closures_s
from ...qa.phone_closures import LONGEST_S
from ...text.word import Word
from ..align import GRID_WORDS
from ..corpora import grid
from .compare import Compared, Scores, compare
from .motion import MouthMotion, motion_of
from .on_grid import sentences, takes


def by_words(data: Path, network: Network, lips: Lips) -> dict[str, Scores]:
    """Return the figures of each mode, those of `compare` and

    - p b m closed: of the p, b and m on which the filmed lips close, the share on which ours do.
    - closures in open lips: of our closures that last no longer than a sound, the share that meets filmed lips that
      are open all the while and 40 ms before and after.

    `closures found` counts frames, whatever is said in them: of those in which the filmed lips are closed a third lie
    in p, b and m, the rest in pauses and at rounded sounds, which no closure of the text can reach.
    """
    tracks, lines = grid.load_tracks(data), sentences(data)
    held = [number for number, name in enumerate(tracks.ids) if grid.held_out(name)]
    motions: dict[str, list[MouthMotion]] = {mode: [] for mode in MODES}
    alignments = []
    for number, line in zip(held, lines, strict=True):
        said = [
            Word(text=word, pronunciations=(GRID_WORDS[word].replace(" ", ""),)) for word, *_ in tracks.words[number]
        ]
        speech = Speech(samples=line.samples)
        prediction = predict(speech, network=network, performance=False)
        alignments.append(align(said, prediction.posteriors, speech))
        for mode in MODES:
            moved = with_alignment(prediction, alignments[-1], speech, mode=mode).to_clip(Controls())
            motions[mode].append(motion_of(moved, lips))
    scores: dict[str, Scores] = {}
    for mode in MODES:
        compared = takes(lines, motions[mode])
        scores[mode] = compare(compared) | _closures(compared, alignments)
    return scores


def _closures(compared: list[Compared], alignments: list[Alignment]) -> Scores:
    found: list[bool] = []
    astray: list[bool] = []
    for take, alignment in zip(compared, alignments, strict=True):
        spans = [(phone.start_s, phone.end_s) for phone in alignment.phones if phone.label.strip("ˈˌ")[:1] in BILABIALS]
        if spans:
            filmed = closes_on(take.target.opening, spans, frame_rate=Fraction(grid.FPS), margin_s=1 / grid.FPS)
            found += closes_on(take.pred.opening, spans, frame_rate=FRAME_RATE)[filmed].tolist()
        astray += _astray(take)
    return {"p b m closed": float(np.mean(found)), "closures in open lips": float(np.mean(astray))}


def _astray(take: Compared) -> list[bool]:
    """Return of each of our closures in speech, pauses left out, whether the filmed lips are open throughout."""
    first, last = float(take.times_s[0]), float(take.times_s[-1])
    spans = closures_s(take.pred.opening, frame_rate=FRAME_RATE, longest_s=LONGEST_S)
    out = []
    for start, end in spans[(spans[:, 0] >= first) & (spans[:, 1] <= last)]:
        around = (take.target.times_s >= start - 1 / grid.FPS) & (take.target.times_s <= end + 1 / grid.FPS)
        out.append(bool((take.target.opening[around] > OPEN).all()))
    return out
