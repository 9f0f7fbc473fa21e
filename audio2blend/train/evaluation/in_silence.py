"""Stillness where nobody speaks."""

from pathlib import Path

import numpy as np

from ...audio import SAMPLE_RATE
from ...qa import stillness
from .baselines import Contender
from .compare import Scores
from .motion import Samples
from .on_grid import sentences

_AROUND_S = 0.3  # lips open before the sound begins and close after it ends
_LASTS_S = 20


def in_silence(data: Path, contender: Contender) -> Scores:
    """Return the share of silent frames in which the lips are closed (opening below 0.02), by kind of silence."""
    lines = sentences(data)
    opening, apart = [], []
    for line, motion in zip(lines, contender.motions([line.samples for line in lines]), strict=True):
        times = line.target.times_s
        opening.append(motion.at(times).opening)
        apart.append((times < line.speech_s[0] - _AROUND_S) | (times > line.speech_s[1] + _AROUND_S))
    scores = {"around GRID's sentences": stillness(np.concatenate(opening), np.concatenate(apart))}
    empty = empty_rooms()
    for name, motion in zip(empty, contender.motions(list(empty.values())), strict=True):
        scores[name] = stillness(motion.opening, np.ones(len(motion.opening), bool))
    return scores


def empty_rooms() -> dict[str, Samples]:
    """Return 20 s of each kind of silence by name."""
    random = np.random.default_rng(0)
    n = _LASTS_S * SAMPLE_RATE
    hiss = random.standard_normal(n)
    hum = np.sin(2 * np.pi * 50 * np.arange(n) / SAMPLE_RATE) + 0.1 * random.standard_normal(n)
    rooms = {"digital silence": (np.zeros(n), 0), "hiss at -50 dBFS": (hiss, -50), "hum at -40 dBFS": (hum, -40)}
    return {
        name: (sound / max(1e-9, sound.std()) * 10 ** (level / 20)).astype(np.float32)
        for name, (sound, level) in rooms.items()
    }
