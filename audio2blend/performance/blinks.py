"""Blinks: when they come and how the lids move."""

import numpy as np
from numpy.typing import NDArray

_CLOSING_S, _CLOSED_S, _OPENING_S = 0.085, 0.04, 0.19
_SHORTEST_GAP_S = 0.7
_TO_PAUSE_S = 0.7


def blink_times(
    times_s: NDArray[np.float64], active: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return when blinks start, in seconds, for frames at `times_s` in which somebody speaks where `active`.

    People blink some 20 times a minute in conversation, at intervals that are skewed towards the short (Bentivoglio
    et al., "Analysis of blink rate patterns in normal subjects", 1997; log-normal here), and rather where a phrase
    ends than within it: a blink moves to the end of a phrase that lies within 0.7 s.
    """
    ends_s = times_s[1:][active[:-1] & ~active[1:]]
    blinks: list[float] = []
    at_s = times_s[0] + rng.uniform(0.4, 2.5)
    while at_s < times_s[-1] - _CLOSING_S:
        near = ends_s[np.abs(ends_s - at_s) < _TO_PAUSE_S]
        start_s = float(near[np.argmin(np.abs(near - at_s))]) if len(near) else float(at_s)
        if not blinks or start_s - blinks[-1] >= _SHORTEST_GAP_S:
            blinks.append(start_s)
        at_s = max(at_s, start_s) + np.clip(rng.lognormal(np.log(2.6), 0.5), _SHORTEST_GAP_S, 8.0)
    return np.array(blinks)


def blink_curve(times_s: NDArray[np.float64], starts_s: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return how far the lids are closed, shape (n_frames,), in [0, 1], for blinks that start at `starts_s`.

    The lids fall in about 85 ms, rest a moment and rise in about 190 ms, slowing down: the asymmetry that
    Evinger, Manning and Sibony measured ("Eyelid movements", 1991).

    >>> blink_curve(np.array([0.0, 1.0, 1.1, 1.5]), np.array([1.0]))
    array([0., 0., 1., 0.], dtype=float32)
    """
    curve = np.zeros(len(times_s))
    for start_s in starts_s:
        first, last = np.searchsorted(times_s, [start_s, start_s + _CLOSING_S + _CLOSED_S + _OPENING_S])
        since_s = times_s[first:last] - start_s
        falling = np.clip(since_s / _CLOSING_S, 0, 1)
        rising = np.clip((since_s - _CLOSING_S - _CLOSED_S) / _OPENING_S, 0, 1)
        fall = falling * falling * (3 - 2 * falling)
        rise = 1 - (1 - rising) ** 2 * (1 + 2 * rising)
        curve[first:last] = np.maximum(curve[first:last], fall - rise)
    return curve.astype(np.float32)
