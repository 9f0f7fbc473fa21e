"""By how much the sound of a film is late, by flashes that come with beeps."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .probe import pyav

_REACH_S: Final = 0.5


def flash_and_beep(film: Path) -> list[float]:
    """Return by how many milliseconds the beep of each flash is late; negative where it leads.

    The film is otherwise dark and silent. Times are those of its time stamps, after the container's edits: what a
    player shows. A flash begins at its first bright picture, a beep at its first loud sample.
    """
    flashes, beeps = _onsets(film)
    near = [beeps[np.argmin(np.abs(beeps - at))] - at for at in flashes] if len(beeps) else []
    return [float(1000 * late) for late in near if abs(late) < _REACH_S]


def _onsets(film: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return when flashes and when beeps begin, in seconds."""
    av = pyav()
    bright: list[tuple[float, float]] = []
    loud: list[NDArray[np.float64]] = []
    with av.open(str(film)) as opened:
        for frame in opened.decode(video=0):
            bright.append((float(frame.pts * frame.time_base), float(frame.to_ndarray(format="gray").mean())))
    with av.open(str(film)) as opened:
        for frame in opened.decode(audio=0):
            samples = np.abs(frame.to_ndarray().astype(np.float64))
            if frame.format.name.startswith(("s16", "s32")):
                samples /= 2.0 ** (15 if frame.format.name.startswith("s16") else 31)
            if not frame.format.is_planar:
                samples = samples.reshape(-1, len(frame.layout.channels)).T
            start = float(frame.pts * frame.time_base)
            times = start + np.arange(samples.shape[1]) / frame.sample_rate
            loud.append(np.stack([times, samples.max(axis=0)]))
    times, levels = np.array(bright).T
    at, level = np.concatenate(loud, axis=1)
    return _begins(times, levels > 0.5 * levels.max(), 0.0), _begins(at, level > 0.25 * level.max(), 0.2)


def _begins(times: NDArray[np.float64], on: NDArray[np.bool_], apart_s: float) -> NDArray[np.float64]:
    """Return when something begins that was off for longer than `apart_s`."""
    found = times[on]
    if not len(found):
        return found
    gap = np.diff(found, prepend=-np.inf)
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    return found[gap > max(apart_s, 1.5 * step)]
