"""Time offset between two curves."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .correlation import correlation


class Offset(NamedTuple):
    """The shift at which two curves correlate best."""

    ms: float
    """Lag of the first curve in milliseconds; negative if it leads."""
    correlation: float
    """Pearson's correlation at this shift."""


def offset(pred: ArrayLike, target: ArrayLike, *, frame_rate: Fraction, reach_s: float = 0.25) -> Offset | None:
    r"""Return by how much a curve lags another, with sub-frame accuracy.

    .. math:: r_k = \mathrm{corr}(a_{t+k}, b_t), \qquad
              \hat k = k^* + \frac{r_{k^*-1} - r_{k^*+1}}{2 (r_{k^*-1} - 2 r_{k^*} + r_{k^*+1})}

    where :math:`k^*` is the whole number of frames at which the correlation is greatest, and a parabola through it
    and its neighbours gives the fraction. All shifts are scored on the same middle part of `target`, so that none is
    favoured by its ends.

    Args:
        pred: the curve to judge, shape (n_frames,).
        target: the reference at the same times, shape (n_frames,).
        frame_rate: of both curves.
        reach_s: the greatest shift considered.

    Returns:
        The shift and the correlation at it, or None if the best shift is the greatest one: then the true one lies
        beyond, or the curves are unrelated.

    Raises:
        ValueError: if the shapes differ or the curves are shorter than three times the reach.

    Source:
        The parabola: J. O. Smith, *Spectral Audio Signal Processing*, 2011, "Quadratic interpolation of peaks".

    >>> time_s = np.arange(300) / 60
    >>> curve, late = (np.sin(9 * t) + np.sin(4 * t) for t in (time_s, time_s - 0.020))
    >>> round(offset(late, curve, frame_rate=Fraction(60)).ms, 1)
    20.0
    """
    a, b = np.asarray(pred, float), np.asarray(target, float)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"curves of shapes {a.shape} and {b.shape} cannot be compared")
    reach = max(2, round(reach_s * float(frame_rate)))
    if len(a) < 3 * reach:
        raise ValueError(f"{len(a)} frames are too few for shifts of up to {reach} frames")
    middle = slice(reach, len(b) - reach)
    shifts = np.arange(-reach, reach + 1)
    fits = [correlation(a[middle.start + k : middle.stop + k], b[middle]) for k in shifts]
    best = peak_of(fits)
    if best is None:
        return None
    return Offset(float((best - reach) / frame_rate * 1000), float(max(fits)))


def peak_of(fits: Sequence[float]) -> float | None:
    """Return the index of the greatest value, refined by a parabola through it and its neighbours; see `offset`.

    None if the greatest value is the first, the last or not positive: then there is no peak within reach.

    >>> peak_of([0.0, 0.5, 0.5, 0.0]), peak_of([0.1, 0.2, 0.3])
    (1.5, None)
    """
    best = int(np.argmax(fits))
    if best in (0, len(fits) - 1) or fits[best] <= 0:
        return None
    left, peak, right = fits[best - 1 : best + 2]
    bend = left - 2 * peak + right
    return float(best + (0.5 * (left - right) / bend if bend < 0 else 0.0))
