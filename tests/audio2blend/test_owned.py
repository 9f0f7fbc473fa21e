"""Data owns its arrays: the caller's stay the caller's, and nobody writes to ours."""

import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from audio2blend.clip import Clip
from audio2blend.posteriors import PhonePosteriors
from rigs import Joint
from tests.support.small_rig import patch

RATE = Fraction(60)
MESH = patch().mesh
assert MESH is not None

Keeper = Callable[[NDArray[Any]], NDArray[Any]]


def by_clip(values: NDArray[Any]) -> NDArray[Any]:
    return Clip(values=values, channels=("x",), frame_rate=RATE).values


def by_phones(values: NDArray[Any]) -> NDArray[Any]:
    return PhonePosteriors(probabilities=values, phones=("p",), frame_rate=RATE).probabilities


def by_joint(weights: NDArray[Any]) -> NDArray[Any]:
    return Joint(name="jaw", parent=None, position=(0, 0, 0), weights=weights).weights


def by_mesh(vertices: NDArray[Any]) -> NDArray[Any]:
    return replace(MESH, vertices=vertices).vertices


KEPT: dict[str, tuple[NDArray[Any], Keeper]] = {
    "a clip": (np.zeros((2, 1), np.float32), by_clip),
    "a clip of a view": (np.zeros((2, 2), np.float32)[:, :1], by_clip),
    "phones": (np.zeros((2, 1), np.float32), by_phones),
    "a joint": (np.zeros(2, np.float32), by_joint),
    "a mesh": (np.array(MESH.vertices), by_mesh),
}


@pytest.mark.parametrize("what", KEPT)
def test_arrays_are_copied_and_frozen(what: str) -> None:
    mine, kept_by = KEPT[what]
    before = mine.copy()
    kept = kept_by(mine)
    mine += 1
    np.testing.assert_array_equal(kept, before)
    with pytest.raises(ValueError, match="read-only"):
        kept += 1


def test_what_is_frozen_is_not_copied_again() -> None:
    clip = Clip(values=np.zeros((2, 1)), channels=("x",), frame_rate=RATE)
    assert replace(clip, start_s=1.0).values is clip.values


def test_metadata_are_read_only_and_travel() -> None:
    mine = {"source": "line.wav"}
    clip = Clip(values=np.zeros((1, 1)), channels=("x",), frame_rate=RATE, metadata=mine)
    mine["source"] = "other.wav"
    with pytest.raises(TypeError, match="read-only"):
        clip.metadata["source"] = "other.wav"  # type: ignore[index]
    with pytest.raises(TypeError, match="read-only"):
        clip.metadata.update(mine)  # type: ignore[attr-defined]
    assert clip.metadata == pickle.loads(pickle.dumps(clip)).metadata == {"source": "line.wav"}
    assert json.dumps(clip.metadata) == '{"source": "line.wav"}'
