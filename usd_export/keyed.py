"""From the keys of a file back to a clip: curves sampled at the file's rate."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from audio2blend.clip import Clip
from audio2blend.errors import InputError

_LONGEST_S: Final = 24 * 3600.0
_NEAR: Final = 1e-3
"""Parts of a frame that times may be off, since files round them."""


class Keys(NamedTuple):
    """One channel as a file has it."""

    times_s: ArrayLike
    """Shape (n_keys,), rising."""
    values: ArrayLike
    """Shape (n_keys,)."""
    slopes: tuple[ArrayLike, ArrayLike] | None = None
    """Slopes before and after each key, in units a second, where curves are cubics of Hermite; an infinite one holds
    the value of the key before. None where lines run between keys."""


def sampled(channels: Mapping[str, Keys], rate: Fraction) -> Clip:
    """Return the clip of some channels at a rate, from the first of their keys to the last.

    Before its first key and after its last one a channel keeps its value. Raises InputError, without the file's name,
    if there is no key, keys are not in order, or the file lasts longer than a day.
    """
    tracks = {name: _track(name, keys) for name, keys in channels.items()}
    if not tracks:
        raise InputError("holds no keys of such channels; export it again with the curves")
    start = min(float(times[0]) for times, *_ in tracks.values())
    end = max(float(times[-1]) for times, *_ in tracks.values())
    if end - start > _LONGEST_S or abs(start) > _LONGEST_S:
        raise InputError(f"has keys from {start:g} to {end:g} s, more than a day; correct its times")
    count = int((end - start) * rate + _NEAR) + 1
    at = start + np.arange(count) * (rate.denominator / rate.numerator)
    values = np.stack([_at(at, _NEAR / float(rate), *track) for track in tracks.values()], axis=1)
    near = round(start * rate) / rate
    return Clip(
        values=values.astype(np.float32),
        channels=tuple(tracks),
        frame_rate=rate,
        start_s=float(near) if abs(start - near) * rate < _NEAR else start,
    )


Array = NDArray[np.float64]


def _track(name: str, keys: Keys) -> tuple[Array, Array, tuple[Array, Array] | None]:
    times, values = np.asarray(keys.times_s, np.float64), np.asarray(keys.values, np.float64)
    if not len(times) or len(times) != len(values):
        raise InputError(f"'{name}' has {len(times)} times and {len(values)} values; export it again")
    if not np.isfinite(times).all() or not (np.abs(values) < 1e30).all():
        raise InputError(f"'{name}' has a key that is not finite; export it again")
    if (np.diff(times) <= 0).any():
        raise InputError(f"the keys of '{name}' are not in order; export it again")
    if keys.slopes is None:
        return times, values, None
    before, after = (np.asarray(slopes, np.float64) for slopes in keys.slopes)
    if not len(before) == len(after) == len(times) or np.isnan([before, after]).any():
        raise InputError(f"'{name}' has keys without slopes; export it again")
    return times, values, (before, after)


def _at(at: Array, near: float, times: Array, values: Array, slopes: tuple[Array, Array] | None) -> Array:
    """Return a channel at some times; a key that is at most `near` ahead counts as reached."""
    if slopes is None or len(times) == 1:
        return np.interp(at, times, values)
    left = np.clip(np.searchsorted(times, at + near, side="right") - 1, 0, len(times) - 2)
    length = np.diff(times)[left]
    t = np.clip((at - times[left]) / length, 0, 1)
    leaving, arriving = slopes[1][left], slopes[0][left + 1]
    stepped = np.isinf(leaving) | np.isinf(arriving)
    leaving, arriving = (np.where(stepped, 0, slope) * length for slope in (leaving, arriving))
    smooth = (
        (1 + 2 * t) * (1 - t) ** 2 * values[left]
        + t * (1 - t) ** 2 * leaving
        + t**2 * (3 - 2 * t) * values[left + 1]
        + t**2 * (t - 1) * arriving
    )
    return np.where(stepped, np.where(t < 1, values[left], values[left + 1]), smooth)
