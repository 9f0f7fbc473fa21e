"""How far two clips are apart: known answers."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.qa import lip_vertex_error
from audio2blend.qa.difference import difference
from rigs import builtin
from rigs.measure import face


def clip(values: list[float], **more: object) -> Clip:
    made = Clip(values=np.array(values)[:, None], channels=("jawOpen",), frame_rate=Fraction(60))
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_constant_difference_is_that_everywhere() -> None:
    head = face(builtin())
    apart = difference(clip([0.5] * 30), clip([0.25] * 30), head)
    assert apart.channels == {"jawOpen": 0.25}
    assert apart.lips_mm is not None
    assert np.ptp(apart.lips_mm) == 0
    jaw = head.shapes.index("jawOpen")
    moved = 0.25 * np.linalg.norm(head.lips.deltas[jaw], axis=1)[: len(head.lips.lip_vertices(np.zeros((1, 52)))[0])]
    assert apart.lips_mm[0] == pytest.approx(moved.max(), rel=1e-5)


def test_the_mean_over_time_is_the_lip_vertex_error() -> None:
    head, random = face(builtin()), np.random.default_rng(3)
    one, two = (clip(random.random(40).tolist()) for _ in range(2))
    apart = difference(one, two, head)
    lips = [head.lips.lip_vertices(made.select(head.shapes).values) for made in (one, two)]
    assert apart.lips_mm is not None
    assert apart.lips_mm.mean() == pytest.approx(lip_vertex_error(*lips), rel=1e-5)
    assert apart.channels["jawOpen"] == pytest.approx(np.sqrt(np.mean((one.values - two.values) ** 2)), rel=1e-5)


def test_rates_and_starts_may_differ_and_only_common_time_counts() -> None:
    slow = Clip(values=np.linspace(0, 1, 11)[:, None], channels=("jawOpen",), frame_rate=Fraction(30))
    apart = difference(slow, slow.resampled(Fraction(60)), face(builtin()))
    assert apart.channels["jawOpen"] < 1e-6
    later = difference(clip([1.0] * 60), clip([1.0] * 60, start_s=0.5), face(builtin()))
    assert (later.times_s[0], len(later.times_s)) == (0.5, 30)
    with pytest.raises(InputError, match="share no time"):
        difference(clip([1.0] * 60), clip([1.0] * 60, start_s=1.0), face(builtin()))


def test_a_channel_that_one_lacks_is_at_rest_in_it_and_without_a_mouth_no_lips_are_compared() -> None:
    brow = Clip(values=np.full((30, 1), 0.5), channels=("browInnerUp",), frame_rate=Fraction(60))
    apart = difference(clip([0.25] * 30), brow, face(builtin()))
    assert apart.channels == {"jawOpen": 0.25, "browInnerUp": 0.5}
    assert apart.lips_mm is None
