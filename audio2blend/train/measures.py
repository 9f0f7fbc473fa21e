"""How well an opening of the lips follows the true one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..qa import closure_recall, correlation, false_closure

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OpeningScores:
    """Scores of predicted openings against true ones, all at the same times."""

    pooled_r: float
    """Pearson correlation over all frames of all clips together."""
    clip_r: float
    """Mean over clips of the Pearson correlation within a clip."""
    closure_recall: float
    """Share of the truly closed frames in which the prediction is closed."""
    false_closure: float
    """Share of the truly open frames in which the prediction is closed."""
    jitter: float
    """Mean absolute second difference of the prediction over that of the truth."""
    scale: float
    """Standard deviation of the prediction over that of the truth."""


def score(pairs: Sequence[tuple[Curve, Curve]]) -> OpeningScores:
    """Return the scores of (predicted, true) openings, each pair of shape (n_frames,).

    >>> score([(np.array([0.0, 0.2, 0.1]), np.array([0.0, 0.1, 0.05]))]).pooled_r
    1.0
    """
    said = np.concatenate([pair[0] for pair in pairs])
    true = np.concatenate([pair[1] for pair in pairs])
    jitters = [sum(float(np.abs(np.diff(pair[which], 2)).sum()) for pair in pairs) for which in (0, 1)]
    return OpeningScores(
        pooled_r=round(correlation(said, true), 4),
        clip_r=round(float(np.mean([correlation(*pair) for pair in pairs])), 4),
        closure_recall=round(closure_recall(said, true), 4),
        false_closure=round(false_closure(said, true), 4),
        jitter=round(jitters[0] / jitters[1], 3),
        scale=round(float(said.std() / true.std()), 3),
    )


def lag_ms(said: Sequence[tuple[Curve, Curve]], rate: float, *, reach: int = 6) -> float:
    """Return by how many milliseconds the truth must be delayed to fit the prediction best; negative: it leads.

    The pooled correlation is taken at whole frames up to `reach`, and its peak refined by a parabola.
    """
    shifts = np.arange(-reach, reach + 1)
    values = []
    for shift in shifts:
        low, high = max(0, shift), min(0, shift)
        pairs = [(a[low : len(a) + high], b[max(0, -shift) : len(b) - low]) for a, b in said if len(a) > 3 * reach]
        values.append(correlation(np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])))
    best = int(np.clip(np.argmax(values), 1, len(values) - 2))
    left, middle, right = values[best - 1 : best + 2]
    return float((shifts[best] + 0.5 * (left - right) / (left - 2 * middle + right)) / rate * 1000)
