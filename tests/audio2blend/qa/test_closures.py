"""Whether and when lips close: against a reference frame by frame, and against phones."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from audio2blend.qa import (
    closed_phones,
    closure_precision,
    closure_recall,
    closure_timing_ms,
    explained_closures,
    false_closure,
)

RATE = Fraction(60)
OPENINGS = arrays(float, 40, elements=st.floats(0, 0.3).map(lambda x: round(x, 4)))


@given(OPENINGS, OPENINGS)
def test_recall_false_closure_and_precision_count_frames(said, true):
    hit = sum(a < 0.02 and b < 0.02 for a, b in zip(said, true, strict=True))
    closed, open_ = sum(b < 0.02 for b in true), sum(b > 0.04 for b in true)
    false = sum(a < 0.02 and b > 0.04 for a, b in zip(said, true, strict=True))
    for measure, part, whole in (
        (closure_recall, hit, closed),
        (false_closure, false, open_),
        (closure_precision, hit, hit + false),
    ):
        if whole:
            assert measure(said, true) == pytest.approx(part / whole)
        else:
            with pytest.raises(ValueError, match="never"):
                measure(said, true)


@given(OPENINGS, st.floats(0.005, 0.1), st.floats(0.005, 0.1))
def test_phones_close_more_often_for_a_laxer_threshold(opening, first, second):
    phones = [(0.1, 0.2), (0.3, 0.35), (0.5, 0.6)]
    strict, lax = (closed_phones(opening, phones, frame_rate=RATE, closed=level) for level in sorted((first, second)))
    assert strict <= lax


@given(OPENINGS)
def test_what_may_close_anywhere_always_has_a_cause(opening):
    if (opening < 0.02).any():
        assert explained_closures(opening, [(0, 1)], frame_rate=RATE) == 1
        assert explained_closures(opening, np.zeros((0, 2)), frame_rate=RATE) == 0


def test_a_closure_counts_for_the_phone_it_falls_in():
    opening = np.full(60, 0.1)
    opening[30:33] = 0.0  # 0.5 to 0.55 s
    assert closed_phones(opening, [(0.48, 0.58), (0.2, 0.3)], frame_rate=RATE) == 0.5
    assert explained_closures(opening, [(0.48, 0.58)], frame_rate=RATE) == 1
    assert explained_closures(opening, [(0.2, 0.3)], frame_rate=RATE) == 0
    assert closed_phones(opening, [(0.56, 0.6)], frame_rate=RATE) == 1  # two frames early are allowed,
    assert closed_phones(opening, [(0.58, 0.6)], frame_rate=RATE) == 0  # three are not


@given(st.floats(-60, 60))
def test_timing_is_found_finer_than_a_frame(late_ms):
    times = np.arange(120) / 60
    opening = np.minimum(0.1, np.abs(times - 1.0 - late_ms / 1000))  # a V that touches at one moment
    found = closure_timing_ms(opening, [(0.95, 1.05)], frame_rate=RATE)
    assert found == pytest.approx([late_ms], abs=1e-6)


def test_pauses_have_no_timing():
    assert len(closure_timing_ms(np.zeros(120), [(0.95, 1.05)], frame_rate=RATE)) == 0


def test_the_recall_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="no phones"):
        closed_phones([0.1], np.zeros((0, 2)), frame_rate=RATE)
