"""Mean opinion scores, and intervals that know that one person's ratings are alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

RESAMPLES: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanOpinion:
    """A mean opinion score."""

    mean: float
    low: float | None
    """The lower end of the 95 % interval; None of fewer than two raters."""
    high: float | None
    n_raters: int
    n_ratings: int


def mean_opinion(scores: Sequence[Sequence[float]], *, seed: int = 0) -> MeanOpinion | None:
    """Return the mean of all scores, which come as one sequence a rater; None without any.

    The interval is the percentile bootstrap's (B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993,
    chapter 13). Raters are drawn, each with all their scores, since scores of one person depend on each other
    (C. A. Field and A. H. Welsh 2007, "Bootstrapping clustered data", J. R. Stat. Soc. B 69 (3), 369-390).
    Of few raters it is too narrow.
    """
    rated = [np.asarray(one, np.float64) for one in scores if len(one)]
    if not rated:
        return None
    sums, counts = np.array([one.sum() for one in rated]), np.array([len(one) for one in rated])
    low_high = interval(len(rated), lambda drawn: np.array([sums[drawn].sum() / counts[drawn].sum()]), seed=seed)
    return MeanOpinion(
        mean=float(sums.sum() / counts.sum()),
        low=None if low_high is None else float(low_high[0, 0]),
        high=None if low_high is None else float(low_high[1, 0]),
        n_raters=len(rated),
        n_ratings=int(counts.sum()),
    )


def interval(
    n_raters: int,
    statistic: Callable[[NDArray[np.intp]], NDArray[np.float64]],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> NDArray[np.float64] | None:
    """Return the ends, (2, n), of 95 % intervals of a statistic, (n,), of raters drawn with replacement.

    Returns None of fewer than two raters, of whom nothing can be learnt about others.
    """
    if n_raters < 2:
        return None
    rng = np.random.default_rng(seed)
    drawn = [statistic(rng.integers(n_raters, size=n_raters)) for _ in range(resamples)]
    return np.asarray(np.quantile(drawn, (0.025, 0.975), axis=0), np.float64)
