"""Procedural background music from a seed."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...audio import SAMPLE_RATE

Floats = NDArray[np.float32]

_CHORDS: Final = ((0, 4, 7), (0, 3, 7), (0, 4, 7, 11), (0, 3, 7, 10), (0, 5, 7))
_CYCLE: Final = 2048


def compose(n: int, random: np.random.Generator) -> Floats:
    """Return n samples at 16 kHz of chords, bass, melody and perhaps drums; never silent for long."""
    beat = int(60 / random.uniform(70, 170) * SAMPLE_RATE)
    bar = 4 * beat
    out = np.zeros(n + 2 * bar, np.float32)
    key = random.integers(43, 55)
    pad, bass, lead = (_timbre(random) for _ in range(3))
    lead_step = beat // int(random.choice([1, 2, 4]))
    drums = random.random() < 0.7
    kit = [_drum(random, low=True), _drum(random, low=False), _drum(random, low=False)]
    for start in range(0, n, bar):
        root = key + int(random.choice([0, 5, 7, 9, 2]))
        chord = _CHORDS[random.integers(len(_CHORDS))]
        for step in chord:
            _add(out, start, 0.25 * _note(root + 12 + step, bar, pad, random.uniform(0.5, 4)))
        for at in range(0, bar, beat):
            _add(out, start + at, 0.5 * _note(root - 12, beat, bass, random.uniform(1, 6)))
            if drums:
                _add(out, start + at, kit[at // beat % 2])
                _add(out, start + at + beat // 2, 0.5 * kit[2])
        for at in range(0, bar, lead_step):
            if random.random() < 0.7:
                step = int(random.choice(chord)) + 12 * int(random.integers(1, 4))
                _add(out, start + at, 0.4 * _note(root + step, lead_step * 2, lead, random.uniform(2, 12)))
    return out[:n]


def _timbre(random: np.random.Generator) -> Floats:
    """Return one cycle of a tone of 12 harmonics, of unit power."""
    at = 2 * np.pi * np.arange(_CYCLE) / _CYCLE
    order = np.arange(1, 13)
    loudness = random.uniform(0, 1, 12) * order ** -random.uniform(0.5, 2)
    wave = loudness @ np.sin(order[:, None] * at + random.uniform(0, 2 * np.pi, (12, 1)))
    return np.asarray(wave / np.sqrt(np.mean(wave**2)), np.float32)


def _note(pitch: int, n: int, timbre: Floats, decay: float) -> Floats:
    """Return n samples of a note; `pitch` is a MIDI note number, `decay` is in nepers a second."""
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    time_s = np.arange(n, dtype=np.float32) / SAMPLE_RATE
    wave = timbre[(time_s * hertz * _CYCLE).astype(int) % _CYCLE]
    return np.asarray(wave * np.exp(-decay * time_s) * np.minimum(1, time_s * 100), np.float32)


def _drum(random: np.random.Generator, *, low: bool) -> Floats:
    time_s = np.arange(SAMPLE_RATE // 4) / SAMPLE_RATE
    decay = np.exp(-time_s * random.uniform(12, 60))
    if low:
        sweep = np.cumsum(50 + 120 * np.exp(-time_s * 30)) / SAMPLE_RATE
        return np.asarray(2.5 * np.sin(2 * np.pi * sweep) * decay, np.float32)
    hiss = np.diff(random.standard_normal(len(time_s) + 1))
    return np.asarray(0.35 * hiss * decay, np.float32)


def _add(out: Floats, start: int, sound: Floats) -> None:
    """Mix a sound into `out` from `start` on, cut at its end."""
    room = out[start : start + len(sound)]
    room += sound[: len(room)]
