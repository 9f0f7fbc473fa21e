"""A mark of 64 bits in moving pictures: a faint pattern over the whole frame that changes its sign as a key says."""

import math
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .payload import FALSE_POSITIVES, PUBLIC_KEY, Detection, code, keyed, read, spread

BITS: Final = 64
ROWS: Final = 72
COLUMNS: Final = 128
RATE_HZ: Final = 30
"""Frames a second of the small pictures in which a mark is looked for."""
_WAVES: Final = (4, 28)  # half waves across the frame
_HOLD_S: Final = 0.2
_HOLDS: Final = 32  # then the signs repeat: 6.4 s
_RAMP: Final = 0.3  # of a hold is spent on changing the sign
_RMS: Final = 0.92
"""Of a frame's change, in levels of 255; with the rounding it leaves a PSNR above 48 dB."""
_CROPS: Final = (1.0, 0.95, 0.9)
_OFFSETS: Final = round(_HOLDS * _HOLD_S * RATE_HZ)
_TRIES: Final = _OFFSETS * len(_CROPS)


def _cosines(size: int) -> NDArray[Any]:
    """Return the orthonormal DCT-II as a matrix [wave, place]."""
    wave, place = np.arange(size)[:, None], np.arange(size)[None]
    matrix: NDArray[Any] = np.cos(np.pi * (place + 0.5) * wave / size) * math.sqrt(2 / size)
    matrix[0] /= math.sqrt(2)
    return matrix


def _carriers() -> NDArray[Any]:
    """Return which coefficients of the small picture carry the mark."""
    row, column = np.indices((ROWS, COLUMNS))
    waves = np.hypot(row * COLUMNS / ROWS, column)
    return np.flatnonzero((waves >= _WAVES[0]) & (waves < _WAVES[1]))


def _interpolation(size: int, to: int, part: float = 1.0) -> NDArray[Any]:
    """Return linear interpolation as a matrix [to, size]; `part` is how much of the result the input covers."""
    at = ((np.arange(to) + 0.5) / to - 0.5) / part + 0.5
    place = at * size - 0.5
    low = np.clip(np.floor(place).astype(np.intp), 0, size - 2)
    weight = np.clip(place - low, 0, 1)
    matrix = np.zeros((to, size))
    matrix[np.arange(to), low] = 1 - weight
    matrix[np.arange(to), low + 1] += weight
    matrix[(at < 0) | (at > 1)] = 0
    return matrix


def _signs(times_s: NDArray[Any], key: bytes) -> NDArray[Any]:
    """Return the sign of the pattern at times in seconds, ramped where it changes."""
    signs = (keyed(key, "picture time", _HOLDS) >> np.uint64(63)).astype(np.float64) * 2 - 1
    place = times_s / _HOLD_S
    hold = np.floor(place + 1e-6).astype(np.intp)
    ramp = np.clip((place - hold) / _RAMP, 0, 1)
    ramped: NDArray[Any] = signs[hold % _HOLDS] * ramp + signs[(hold - 1) % _HOLDS] * (1 - ramp)
    return ramped


class PictureMarker:
    """Marks the frames of one film, each by its time, so that any part of a film can be marked on its own."""

    def __init__(self, height: int, width: int, identity: int, key: bytes = PUBLIC_KEY) -> None:
        """Make ready for frames of a size in pixels. Raises InputError for an id of more than 24 bits."""
        self._key, self._identity, self._size = key, identity, (height, width)
        code(identity, BITS, key)

    @cached_property
    def _pattern(self) -> NDArray[Any]:
        carriers = _carriers()
        bit, sign = spread(self._key, "picture", len(carriers), BITS)
        waves = np.zeros(ROWS * COLUMNS)
        waves[carriers] = sign * code(self._identity, BITS, self._key)[bit]
        small = _cosines(ROWS).T @ waves.reshape(ROWS, COLUMNS) @ _cosines(COLUMNS)
        height, width = self._size
        full = _interpolation(ROWS, height) @ small @ _interpolation(COLUMNS, width).T
        pattern: NDArray[Any] = (full / full.std()).astype(np.float32)
        return pattern

    def change(self, luma: NDArray[Any], time_s: float, alpha: NDArray[Any] | None = None) -> NDArray[Any]:
        """Return what to add to the luma of a frame, in levels of 255.

        Args:
            luma: [row, column] in levels of 255.
            time_s: of the frame in the film.
            alpha: [row, column] in [0, 1]; where it is 0 nothing is changed.
        """
        sign = float(_signs(np.array([time_s]), self._key)[0])
        change: NDArray[Any] = self._pattern * _texture(luma)
        if alpha is not None:
            change = change * alpha
        rms = max(float(np.sqrt((change**2).mean())), 1.0)
        return change * np.float32(sign * _RMS / rms)

    def mark(self, frame: NDArray[Any], time_s: float) -> NDArray[Any]:
        """Return a frame [row, column], or with 3 or 4 (alpha) channels, with its mark."""
        if frame.ndim == 2:
            grey: NDArray[np.uint8] = np.clip(np.rint(frame + self.change(frame, time_s)), 0, 255).astype(np.uint8)
            return grey
        colours = frame[..., :3]
        luma = colours @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        alpha = frame[..., 3] / np.float32(255) if frame.shape[2] == 4 else None
        marked = frame.copy()
        marked[..., :3] = np.clip(np.rint(colours + self.change(luma, time_s, alpha)[..., None]), 0, 255)
        return marked


def _texture(luma: NDArray[Any]) -> NDArray[Any]:
    """Return how much each pixel of a frame hides, in [0.6, 2]: more among edges than on plain ground."""
    height, width = luma.shape
    step = np.zeros((height, width), np.float32)
    step[:, 1:] = np.abs(np.diff(np.asarray(luma, np.float32), axis=1))
    rows, columns = -(-height // 16), -(-width // 16)
    blocks = np.pad(step, ((0, rows * 16 - height), (0, columns * 16 - width)), mode="edge")
    means = blocks.reshape(rows, 16, columns, 16).mean((1, 3))
    full: NDArray[Any] = np.repeat(np.repeat(np.clip(0.6 + means / 4, 0.6, 2.0), 16, 0), 16, 1)[:height, :width]
    return full


def detect_picture(small: NDArray[Any], key: bytes = PUBLIC_KEY) -> Detection | None:
    """Return the mark of small grey pictures [frame, 72, 128] at 30 a second, None where none is sure."""
    if len(small) < RATE_HZ:
        return None
    found = min((_best(small, crop, key) for crop in _CROPS), key=lambda each: each.p_value)
    return found if found.p_value <= FALSE_POSITIVES else None


def _best(small: NDArray[Any], crop: float, key: bytes) -> Detection:
    carriers = _carriers()
    bit, sign = spread(key, "picture", len(carriers), BITS)
    rows = _cosines(ROWS) @ _interpolation(ROWS, ROWS, crop)
    columns = _cosines(COLUMNS) @ _interpolation(COLUMNS, COLUMNS, crop)
    waves = (rows @ small.astype(np.float64) @ columns.T).reshape(len(small), -1)[:, carriers]
    side = round(_HOLD_S * RATE_HZ)
    padded = np.pad(waves, ((side + 1, side), (0, 0)), mode="edge")
    total = np.cumsum(padded, 0)
    mean = (total[2 * side + 1 :] - total[: -2 * side - 1]) / (2 * side + 1)
    rest = np.clip(waves - mean, -8, 8)
    times = (np.arange(len(rest))[None] + np.arange(_OFFSETS)[:, None]) / RATE_HZ
    every = _signs(times, key) @ rest * sign  # [offset, carrier]
    onto = np.zeros((len(carriers), BITS))
    onto[np.arange(len(carriers)), bit] = 1
    sums, energy = every @ onto, (every**2).sum(1)
    best = int(np.argmax(np.abs(sums).sum(1) / np.sqrt(energy + 1e-12)))
    identity, p_value = read(sums[best], float(energy[best]), _TRIES, BITS, key)
    return Detection(id=identity, p_value=p_value)
