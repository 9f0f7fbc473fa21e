"""The search for the most probable way, against trying all ways."""

from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.align.search import NEVER, search


def score(path: np.ndarray, fits: np.ndarray, skip: np.ndarray, enter: np.ndarray) -> float:
    """What a way through the chain is worth; all that it does not touch is left out."""
    visited = np.unique(path)
    left_out = np.setdiff1d(np.arange(len(skip)), visited)
    return float(fits[np.arange(len(path)), path].sum() - skip[left_out].sum() - enter[visited].sum())


@given(
    n_frames=st.integers(1, 6), n_places=st.integers(1, 5), seed=st.integers(0, 2**32 - 1), free=st.booleans()
)  # fmt: skip
@settings(deadline=None)
def test_no_way_is_better(n_frames, n_places, seed, free):
    random = np.random.default_rng(seed)
    fits = random.normal(size=(n_frames, n_places))
    skip, enter = random.uniform(0, 2, n_places), random.uniform(0, 0 if free else 2, n_places)
    path, found = search(fits, np.arange(n_places), skip, enter=enter)
    ways = map(np.array, combinations_with_replacement(range(n_places), n_frames))
    assert found == pytest.approx(max(score(way, fits, skip, enter) for way in ways))
    assert score(path, fits, skip, enter) == pytest.approx(found)


@given(seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=20)
def test_a_long_chain_seen_in_parts_gives_the_way_of_the_whole(seed):
    random = np.random.default_rng(seed)
    spoken = np.repeat(np.arange(300), random.integers(1, 30, 300))  # some 4500 frames: more than one settled block
    kinds = random.integers(0, 20, 300)
    fits = np.where(np.arange(20) == kinds[spoken][:, None], 0.0, -4.0) + random.normal(0, 1, (len(spoken), 20))
    whole, best = search(fits, kinds, np.full(300, 3.0))
    part, found = search(fits, kinds, np.full(300, 3.0), band=64)
    guided, _ = search(fits, kinds, np.full(300, 3.0), band=64, guide=spoken)
    assert found == pytest.approx(best)
    assert (part == whole).all()
    assert (guided == whole).all()


def test_a_place_that_must_be_passed_through_is():
    fits = np.array([[0.0, -9.0, -9.0], [0.0, -9.0, -9.0], [-9.0, -9.0, 0.0]])
    assert search(fits, np.arange(3), np.full(3, 1.0))[0].tolist() == [0, 0, 2]
    assert search(fits, np.arange(3), np.full(3, NEVER))[0].tolist() == [0, 1, 2]
