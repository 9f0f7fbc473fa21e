"""A mark of 40 bits in a sound: cells of its spectrogram made a little louder or quieter, as a key says."""

import math
from typing import Any, Final

import numpy as np
import soxr
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ...errors import InputError
from .payload import FALSE_POSITIVES, PUBLIC_KEY, Detection, code, read, spread

BITS: Final = 40
_RATE_HZ: Final = 16000
_WINDOW: Final = 512
_HOP: Final = 128
_FIRST_BIN: Final = 16  # 500 Hz
_BANDS: Final = 40  # of 3 bins: up to 4250 Hz
_BINS: Final = 3
_HOPS: Final = 4  # a cell is as long: 32 ms
_CELLS: Final = 31  # then the pattern repeats: 0.992 s
_GAIN_DB: Final = 2.0
_CHUNK: Final = 4096
_LONGEST: Final = 1250
"""Hops (10 s) that are searched at other speeds; over more, two neighbouring speeds drift apart."""
_LEAST: Final = 2 * _CELLS * _HOPS
_SPEEDS: Final = tuple(float(1 + step / 400) for step in range(-24, 25) if step)
_TRIES: Final = _CELLS * _HOPS * (1 + 2 * len(_SPEEDS))
_FLOOR: Final = 0.1
"""The share of a band's cells that is taken for its noise."""
_MARGIN: Final = 0.5
_STEEP: Final = 2.0
"""By these a cell is believed, in nepers above the noise; chosen on four recordings in white noise at 20 dB."""
_HANN: Final = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)


def embed_sound(samples: NDArray[Any], rate_hz: int, identity: int, key: bytes = PUBLIC_KEY) -> NDArray[Any]:
    """Return samples [sample] or [sample, channel] with a mark; their number, and all above 4.3 kHz, stay.

    Raises InputError for an id of more than 24 bits, and for samples that are not finite.
    """
    if not np.isfinite(samples).all():
        raise InputError("the sound holds values that are not numbers; export it again")
    if samples.ndim == 2:
        return np.stack([embed_sound(one, rate_hz, identity, key) for one in samples.T], 1)
    sound = np.asarray(samples, np.float32)
    low = soxr.resample(sound, rate_hz, _RATE_HZ)
    bit, sign = spread(key, "sound", _CELLS * _BANDS, BITS)
    gains = 10 ** ((sign * code(identity, BITS, key)[bit]).reshape(_CELLS, _BANDS) * _GAIN_DB / 20) - 1
    padded = np.pad(low, (_WINDOW, 2 * _WINDOW))
    frames = sliding_window_view(padded, _WINDOW)[::_HOP]
    change = np.zeros(len(padded))
    for start in range(0, len(frames), _CHUNK):
        spectrum = np.fft.rfft(frames[start : start + _CHUNK] * _HANN)
        cell = np.arange(start, start + len(spectrum)) // _HOPS % _CELLS
        by_bin = np.zeros((len(spectrum), _WINDOW // 2 + 1))
        by_bin[:, _FIRST_BIN : _FIRST_BIN + _BANDS * _BINS] = np.repeat(gains[cell], _BINS, 1)
        parts = np.fft.irfft(spectrum * by_bin) * _HANN / 1.5  # the squares of four windows add up to 1.5
        for index, part in enumerate(parts, start):
            change[index * _HOP : index * _HOP + _WINDOW] += part
    change = change[_WINDOW : _WINDOW + len(low)].astype(np.float32)
    full = soxr.resample(change, _RATE_HZ, rate_hz)[: len(sound)]
    marked: NDArray[Any] = sound + np.pad(full, (0, len(sound) - len(full)))
    return marked


def detect_sound(samples: NDArray[Any], rate_hz: int, key: bytes = PUBLIC_KEY) -> Detection | None:
    """Return the mark of a sound [sample] or [sample, channel] at -6 to +6 % of its speed, None where none is sure."""
    sound = np.asarray(samples if samples.ndim == 1 else samples.mean(1), np.float32)
    low = soxr.resample(sound, rate_hz, _RATE_HZ)
    levels = _levels(low)
    if len(levels) < _LEAST:
        return None
    found = _best(levels, 1.0, key)
    if found.p_value <= FALSE_POSITIVES:
        return found
    part = _loudest(levels)
    for speed in _SPEEDS:
        shifted = _levels(soxr.resample(low[part.start * _HOP : part.stop * _HOP], _RATE_HZ, _RATE_HZ * speed))
        for one in (_best(levels[part], speed, key), _best(shifted, 1.0, key, told=speed)):
            found = min(found, one, key=lambda each: each.p_value)
    return found if found.p_value <= FALSE_POSITIVES else None


def _levels(low: NDArray[Any]) -> NDArray[Any]:
    """Return the mean log magnitude of each band at each hop, [hop, band]."""
    if len(low) < _WINDOW:
        return np.zeros((0, _BANDS))
    frames = sliding_window_view(low, _WINDOW)[::_HOP]
    chunks = []
    for start in range(0, len(frames), _CHUNK):
        size = np.abs(np.fft.rfft(frames[start : start + _CHUNK] * _HANN))[:, _FIRST_BIN:][:, : _BANDS * _BINS]
        chunks.append(np.log(size + 1e-4).reshape(len(size), _BANDS, _BINS).mean(2))
    return np.concatenate(chunks)


def _loudest(levels: NDArray[Any]) -> slice:
    """Return where most is heard for ten seconds."""
    if len(levels) <= _LONGEST:
        return slice(0, len(levels))
    total = np.concatenate([[0.0], np.cumsum(levels.mean(1))])
    start = int(np.argmax(total[_LONGEST:] - total[:-_LONGEST]))
    return slice(start, start + _LONGEST)


def _best(levels: NDArray[Any], speed: float, key: bytes, told: float | None = None) -> Detection:
    """Return the likeliest mark in levels [hop, band] among all offsets of the pattern."""
    bit, sign = spread(key, "sound", _CELLS * _BANDS, BITS)
    total = np.concatenate([np.zeros((1, _BANDS)), np.cumsum(levels, 0)])
    means = (total[_HOPS:] - total[:-_HOPS]) / _HOPS
    floor = np.quantile(means, _FLOOR, axis=0)
    count = int((len(means) - 1) * speed / _HOPS) - _CELLS
    score, best_sums, best_energy = -1.0, np.zeros(BITS), 1.0
    for offset in range(_CELLS * _HOPS):
        at = np.rint((offset + _HOPS * np.arange(count)) / speed).astype(np.intp)
        change = _changes(means[at[at < len(means)]], floor)
        whole = np.pad(change, ((0, -len(change) % _CELLS), (0, 0))).reshape(-1, _CELLS * _BANDS).sum(0)
        sums: NDArray[Any] = np.bincount(bit, whole * sign, BITS)
        energy = float(whole @ whole)
        if (fit := float(np.abs(sums).sum()) / math.sqrt(energy + 1e-12)) > score:
            score, best_sums, best_energy = fit, sums, energy
    identity, p_value = read(best_sums, best_energy, _TRIES, BITS, key)
    return Detection(id=identity, p_value=p_value, speed=speed if told is None else told)


def _changes(cells: NDArray[Any], floor: NDArray[Any]) -> NDArray[Any]:
    """Return how far each cell [cell, band] stands out from its neighbours in time and frequency, about 1 a row.

    A cell counts by how far it is above what its band holds at its quietest, `floor` [band]: noise says nothing.
    """
    heard = np.clip(1 - np.exp(_STEEP * (floor + _MARGIN - cells)), 0, 1)
    change = np.zeros_like(cells)
    change[1:-1] = cells[1:-1] - (cells[2:] + cells[:-2]) / 2
    change[:, 1:-1] -= (change[:, 2:] + change[:, :-2]) / 2
    change = np.clip(change, -1.2, 1.2)
    change /= np.sqrt((change**2).mean(1, keepdims=True)) + 1e-3
    weighted: NDArray[Any] = change * heard
    return weighted
