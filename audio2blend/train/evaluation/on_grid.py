"""The held-out sentences of GRID, against the filmed lips."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile

from ...channels import ARKIT
from ..corpora import grid
from .baselines import Contender
from .compare import Compared, Scores, compare
from .motion import MouthMotion, Samples


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A held-out sentence."""

    samples: Samples
    target: MouthMotion
    """From landmarks (opening, width) and the face tracker (jaw)."""
    speech_s: tuple[float, float]
    """Start of the first word and end of the last in seconds."""


@cache
def sentences(data: Path) -> tuple[Sentence, ...]:
    """Return the held-out sentences."""
    tracks = grid.load_tracks(data)
    times = np.arange(tracks.opening.shape[1]) / grid.FPS
    curves = (tracks.opening, tracks.width, tracks.scores[:, :, ARKIT.index("jawOpen")])
    return tuple(
        Sentence(
            samples=soundfile.read(data / "grid" / "audio" / f"{name}.flac", dtype="float32")[0],
            target=MouthMotion(times, *(curve[k].astype(float) for curve in curves)),
            speech_s=tracks.speech[k],
        )
        for k, name in enumerate(tracks.ids)
        if grid.held_out(name)
    )


def on_grid(data: Path, contender: Contender) -> Scores:
    """Return the scores on the held-out sentences."""
    lines = sentences(data)
    return compare(takes(lines, contender.motions([line.samples for line in lines])))


def takes(lines: Sequence[Sentence], motions: Sequence[MouthMotion]) -> list[Compared]:
    """Return the takes to compare, from the start of the first word to the end of the last."""
    out = []
    for line, motion in zip(lines, motions, strict=True):
        times = line.target.times_s
        spoken = times[(times >= line.speech_s[0]) & (times <= line.speech_s[1])]
        out.append(Compared(motion, line.target, spoken))
    return out
