"""Strengths from paired comparisons in which "no difference" is an answer."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

_SPREAD: Final = 3.0
"""Standard deviation of the prior on each log strength: odds of 20 to 1 are usual, and one that always wins stays
finite. Some dozens of comparisons outweigh it."""
_STEPS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Preferences:
    """Strengths of what was compared."""

    strengths: NDArray[np.float64]
    """Shape (n,): natural logarithms, of mean 0. A difference of 0.7 is odds of 2 to 1 where a side was chosen."""
    tie: float
    """Davidson's ν: two of equal strength are called alike with probability ν / (2 + ν)."""


def preferences(wins: ArrayLike, ties: ArrayLike) -> Preferences:
    """Return the strengths that explain who was preferred to whom.

    `wins[i, j]` counts how often i was preferred to j; `ties[i, j]` and `ties[j, i]` add up to how often neither was.
    Both have the shape (n, n); which one was shown on which side plays no part.

    The model is R. R. Davidson's (1970), "On extending the Bradley-Terry model to accommodate ties in paired
    comparison experiments", J. Am. Stat. Assoc. 65 (329), 317-328:

    .. math:: P(i > j) = π_i / (π_i + π_j + ν \\sqrt{π_i π_j})

    It is fitted in log π and log ν, where the likelihood is concave, by Newton's method with step halving, and with a
    weak normal prior (standard deviation 3), since the likelihood alone has no maximum where one always wins.

    >>> preferences([[0, 20], [10, 0]], [[0, 0], [0, 0]]).strengths.round(1).tolist()
    [0.3, -0.3]
    """
    won, tied = np.asarray(wins, np.float64), np.asarray(ties, np.float64)
    n = len(won)
    first, second = np.triu_indices(n, 1)
    counts = np.stack([won[first, second], won[second, first], (tied + tied.T)[first, second]], axis=1)
    features = np.zeros((len(first), 3, n + 1))
    rows = np.arange(len(first))
    features[rows, 0, first] = features[rows, 1, second] = 1
    features[rows, 2, first] = features[rows, 2, second] = 0.5
    features[:, 2, n] = 1

    def loss(at: NDArray[np.float64]) -> float:
        logits = features @ at
        spread = np.logaddexp.reduce(logits, axis=1, keepdims=True)
        return float(0.5 * (at @ at) / _SPREAD**2 - (counts * (logits - spread)).sum())

    found = np.zeros(n + 1)
    for _ in range(_STEPS):
        logits = features @ found
        chances = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
        totals = counts.sum(axis=1)
        expected = totals[:, None] * chances
        gradient = found / _SPREAD**2 - np.einsum("pk,pkf->f", counts - expected, features)
        mean = np.einsum("pk,pkf->pf", chances, features)
        hessian = np.eye(n + 1) / _SPREAD**2 + np.einsum("pk,pkf,pkg->fg", expected, features, features)
        hessian -= np.einsum("p,pf,pg->fg", totals, mean, mean)
        step = np.linalg.solve(hessian, gradient)
        before = loss(found)
        while loss(found - step) > before and np.abs(step).max() > 1e-10:
            step /= 2
        found -= step
        if np.abs(step).max() < 1e-9:
            break
    return Preferences(strengths=found[:n] - found[:n].mean(), tie=float(np.exp(found[n])))
