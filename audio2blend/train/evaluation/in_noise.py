"""The held-out sentences of GRID, degraded."""

from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from ..corpora import kokoro
from .baselines import Contender
from .compare import Scores, compare
from .degrade import RATIOS_DB, conditions
from .motion import Samples
from .on_grid import sentences, takes

COST: Final = "cost of noise at 10 dB"
"""Name of the score that is a difference of others."""


@cache
def places(data: Path) -> dict[str, list[Samples]]:
    """Return the held-out sentences in each condition, by its name."""
    lines = sentences(data)
    voices = [sample.samples for sample in islice(kokoro.load(data, part="voices"), 24)]
    quiet = {
        "as recorded": [line.samples for line in lines],
        "12 dB softer": [line.samples * np.float32(0.25) for line in lines],
    }
    return quiet | {
        name: [spoil(line.samples, line.speech_s, seed) for seed, line in enumerate(lines)]
        for name, spoil in conditions(voices).items()
    }


def in_noise(data: Path, contender: Contender) -> Scores:
    """Return r of the lip opening in each condition, and the largest loss that noise at 10 dB causes."""
    scores = {
        name: compare(takes(sentences(data), contender.motions(recordings)))["lip opening r"]
        for name, recordings in places(data).items()
    }
    middle = [value for name, value in scores.items() if name.endswith(f" {RATIOS_DB[1]} dB")]
    return {**scores, COST: scores["as recorded"] - min(middle)}
