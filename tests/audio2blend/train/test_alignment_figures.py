"""What the aligner's figures are computed from: labels as the sound has them, and boundaries that both sides have."""

import pytest

from audio2blend.align import AlignedWord, Alignment
from audio2blend.intervals import Interval
from audio2blend.train.evaluation.on_alignment import emodb_phones, matched


def aligned(*words: tuple[tuple[str, float, float], ...]) -> Alignment:
    parts = [tuple(Interval(*phone) for phone in word) for word in words]
    return Alignment(
        words=tuple(AlignedWord(text="?", start_s=p[0].start_s, end_s=p[-1].end_s, phones=p) for p in parts),
        duration_s=2.0,
        aligner="test",
    )


def test_labels_begin_at_their_time_and_parts_of_a_phone_are_one():
    labels = [
        (0.1, "_t"), (0.2, "!t\t+asp"), (0.25, "tasp"), (0.3, "aI\t+lar\t3"), (0.4, "-lar"), (0.5, "s\t+sth"),
        (0.55, "-sth"), (0.6, "(gef"), (0.7, "m"), (0.9, "."),
    ]  # fmt: skip
    assert [tuple(phone) for phone in emodb_phones(labels)] == [
        ("t", 0.1, 0.3), ("aɪ", 0.3, 0.5), ("s", 0.5, 0.6), ("sil", 0.6, 0.7), ("m", 0.7, 0.9), ("sil", 0.9, 0.9),
    ]  # fmt: skip


def test_boundaries_are_those_of_phones_that_both_have():
    found = aligned((("m", 0.1, 0.2), ("a", 0.2, 0.3), ("p", 0.3, 0.4)), (("o", 0.45, 0.6),))
    labelled = [Interval("m", 0.12, 0.21), Interval("a", 0.21, 0.4), Interval("o", 0.4, 0.55)]
    starts, words = matched(found, labelled)
    assert starts == [pytest.approx(pair) for pair in [(0.1, 0.12), (0.2, 0.21), (0.45, 0.4)]]
    assert words == [pytest.approx(pair) for pair in [(0.1, 0.12), (0.45, 0.4), (0.6, 0.55)]]


def test_a_border_between_two_phones_of_one_class_is_none():
    found = aligned((("a", 0.1, 0.2), ("m", 0.2, 0.3)), (("m", 0.3, 0.4), ("i", 0.4, 0.5)))
    labelled = [Interval("a", 0.1, 0.2), Interval("m", 0.2, 0.4), Interval("i", 0.4, 0.5)]
    assert matched(found, labelled)[1] == [pytest.approx(pair) for pair in [(0.1, 0.1), (0.5, 0.5)]]
