"""Fewer keys: lines between them stay near the motion, and lips close as they did."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from audio2blend.channels import ARKIT, MOUTH
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.post.lip_opening import closedness
from usd_export.reduction import clip_of, closures, curves


def said(_sentence: str) -> None:
    """Listen to no notes."""


@st.composite
def clips(draw: st.DrawFn) -> Clip:
    """Weights of any kind: noise, lines, steps, many frames or few."""
    count, width = draw(st.integers(1, 1200)), draw(st.integers(1, 3))
    corners = draw(npst.arrays(np.float32, (draw(st.integers(1, 40)), width), elements=st.floats(0, 1, width=32)))
    at = np.linspace(0, len(corners) - 1, count)
    values = np.stack([np.interp(at, np.arange(len(corners)), column) for column in corners.T], axis=1)
    noise = draw(st.sampled_from([0, 0.001, 0.3]))
    values += noise * np.random.default_rng(draw(st.integers(0, 9))).normal(size=values.shape)
    return Clip(values=values, channels=ARKIT[-width:], frame_rate=Fraction(60))


@given(clip=clips(), error=st.sampled_from([0.0001, 0.002, 0.005]))
def test_no_frame_is_missed_by_more_than_was_allowed(clip: Clip, error: float) -> None:
    found = curves(clip, error, said)
    for curve in found:
        assert curve.frames[[0, -1]].tolist() == [0, len(clip) - 1]
        assert (np.diff(curve.frames) > 0).all()
        assert np.array_equal(curve.values, clip[curve.channel][curve.frames])
    assert np.abs(clip_of(found, clip).values - clip.values).max() <= error + 1e-6


def test_lines_need_only_their_ends_within_each_stretch() -> None:
    clip = Clip(values=np.linspace(0, 1, 500)[:, None], channels=("jawOpen",), frame_rate=Fraction(60))
    assert [curve.frames.tolist() for curve in curves(clip, 0.002, said)] == [[0, 499]]


def test_a_larger_error_saves_more(hello_clip: Clip) -> None:
    counts = [
        sum(len(curve.frames) for curve in curves(hello_clip, error, said)) for error in (0, 0.0005, 0.002, 0.005)
    ]
    assert counts[0] == hello_clip.values.size
    assert counts == sorted(counts, reverse=True)
    assert counts[2] < 0.25 * counts[0]


def test_closures_are_shut_to_the_bit_and_in_time(hello_clip: Clip) -> None:
    held = closures(hello_clip)
    assert held is not None
    assert 0 < held.sum() < len(hello_clip)
    back = clip_of(curves(hello_clip, 0.005, said), hello_clip)
    missed = np.abs(back.select(MOUTH).values - hello_clip.select(MOUTH).values)
    assert missed[held].max() <= 2e-6
    assert missed[~held].max() > 0.001
    assert np.array_equal(closedness(back)[held] >= 1, closedness(hello_clip)[held] >= 1)


def test_closures_are_found_under_a_rigs_own_names(hello_clip: Clip) -> None:
    names = {name: f"Mesh_{name[0].upper()}{name[1:]}" for name in ARKIT}
    other = Clip(
        values=hello_clip.select(ARKIT).values, channels=tuple(names.values()), frame_rate=hello_clip.frame_rate
    )
    found, expected = closures(other), closures(hello_clip)
    assert found is not None
    assert np.array_equal(found, expected)


def test_names_that_nobody_knows_are_told() -> None:
    notes: list[str] = []
    clip = Clip(values=np.zeros((9, 1)), channels=("Xyz",), frame_rate=Fraction(60))
    assert len(curves(clip, 0.002, notes.append)) == 1
    assert "no channel has a name that is known" in notes[0]


def test_the_saving_is_told_in_a_line() -> None:
    notes: list[str] = []
    clip = Clip(values=np.zeros((100, 2)), channels=("jawOpen", "headYaw"), frame_rate=Fraction(60))
    curves(clip, 0.002, notes.append)
    assert notes == ["4 of 200 keys (2%): curves stay within 0.002, lip closures exact"]


@pytest.mark.parametrize("error", [-0.1, 0.0051, float("nan")])
def test_errors_that_would_be_seen_are_refused(error: float) -> None:
    with pytest.raises(InputError, match="must lie between 0 and 0"):
        curves(Clip(values=[[0]], channels=("jawOpen",), frame_rate=Fraction(60)), error, said)
