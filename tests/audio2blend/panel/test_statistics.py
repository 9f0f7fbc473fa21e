"""Preferences and mean opinion scores: what is planted comes back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.panel import mean_opinion, preferences


def answers(strengths: list[float], tie: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return expected wins and ties of n comparisons of each two, by Davidson's formula as he wrote it."""
    worth = np.exp(strengths)
    wins, ties = np.zeros((2, len(worth), len(worth)))
    for i in range(len(worth)):
        for j in range(len(worth)):
            if i != j:
                total = worth[i] + worth[j] + tie * np.sqrt(worth[i] * worth[j])
                wins[i, j] = n * worth[i] / total
                ties[i, j] = n * tie * np.sqrt(worth[i] * worth[j]) / total / 2
    return wins, ties


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1.5, 1.5), min_size=2, max_size=5), st.floats(0.05, 3))
def test_planted_strengths_and_ties_come_back(planted: list[float], tie: float) -> None:
    found = preferences(*answers(planted, tie, 20_000))
    assert found.strengths == pytest.approx(np.array(planted) - np.mean(planted), abs=0.02)
    assert found.tie == pytest.approx(tie, rel=0.02)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=9, max_size=9), st.permutations(range(3)))
def test_the_order_of_what_is_compared_plays_no_part(counts: list[int], order: list[int]) -> None:
    wins, ties = np.triu(np.reshape(counts, (3, 3)), 1), np.tril(np.reshape(counts, (3, 3)), -1)
    plain = preferences(wins, ties).strengths
    there = np.ix_(order, order)
    assert preferences(wins[there], ties[there]).strengths == pytest.approx(plain[list(order)], abs=1e-6)
    assert preferences(wins, ties.T).strengths == pytest.approx(plain, abs=1e-6)


def test_one_that_always_wins_is_finite() -> None:
    strengths = preferences([[0, 40], [0, 0]], np.zeros((2, 2))).strengths
    assert 1 < strengths[0] < 10


def test_the_interval_covers_a_planted_mean_of_raters_who_differ() -> None:
    """Of 200 panels of 20 raters, some 95 %; an interval that took ratings for independent would cover a half."""
    rng = np.random.default_rng(5)
    covered = 0
    for number in range(200):
        scores = 3 + rng.normal(0, 0.8, (20, 1)) + rng.normal(0, 0.4, (20, 15))
        found = mean_opinion(scores.tolist(), seed=number)
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 3 <= found.high
    assert 176 <= covered <= 199


def test_one_rater_has_a_mean_and_no_interval() -> None:
    found = mean_opinion([[2, 4], []])
    assert found is not None
    assert (found.mean, found.low, found.n_raters, found.n_ratings) == (3, None, 1, 2)
    assert mean_opinion([[]]) is None
