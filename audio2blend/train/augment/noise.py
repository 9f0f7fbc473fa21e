"""Procedural noise from a seed: machines, and dishes, keys and doors."""

import numpy as np
from numpy.typing import NDArray

from ...audio import SAMPLE_RATE

Floats = NDArray[np.float32]


def hum(n: int, random: np.random.Generator) -> Floats:
    """Return n samples at 16 kHz of mains hum, or of an engine or fan of drifting speed."""
    mains = random.random() < 0.4
    time_s = np.arange(n) / SAMPLE_RATE
    knots = np.arange(0, n / SAMPLE_RATE + 2, 2)
    base_hz = float(random.choice([50, 60, 100, 120])) if mains else random.uniform(25, 300)
    wander = np.zeros(len(knots)) if mains else random.normal(0, 0.04, len(knots))
    turns = np.cumsum(base_hz * np.exp(np.interp(time_s, knots, wander))) / SAMPLE_RATE
    order = np.arange(1, 16)
    loudness = random.uniform(0, 1, 15) * order ** -random.uniform(0.2, 1.5) * (order * base_hz < 7000)
    cycle = loudness @ np.sin(2 * np.pi * (order[:, None] * np.arange(4096) / 4096 + random.random((15, 1))))
    wave = cycle[(turns * 4096).astype(int) % 4096]
    return np.asarray(wave + 0.05 * random.standard_normal(n), np.float32)


def clatter(n: int, random: np.random.Generator) -> Floats:
    """Return n samples at 16 kHz of impacts, as of cups, cutlery, keys and doors, a few a second, over faint noise."""
    out = np.asarray(0.003 * random.standard_normal(n + SAMPLE_RATE // 2), np.float32)
    hits = random.poisson(random.uniform(1, 9) * n / SAMPLE_RATE)
    time_s = np.arange(SAMPLE_RATE // 2, dtype=np.float32) / SAMPLE_RATE
    low_hz, high_hz = sorted(random.uniform(100, 7000, 2))
    sounds = []
    for _ in range(12):
        tones_hz = random.uniform(low_hz, high_hz, (6, 1))
        decays = random.uniform(15, 150, (6, 1))
        ring = (random.normal(0, 1, (6, 1)) * np.sin(2 * np.pi * tones_hz * time_s) * np.exp(-decays * time_s)).sum(0)
        sounds.append(ring + random.standard_normal(len(time_s)) * np.exp(-time_s * random.uniform(100, 600)))
    for start in random.integers(0, n, hits):
        out[start : start + len(time_s)] += sounds[random.integers(12)] * 10 ** random.uniform(-1.2, 0)
    return out[:n]
