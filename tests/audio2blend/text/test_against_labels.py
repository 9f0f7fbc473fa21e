"""Pronunciations against the phones that a speech synthesiser was given for the same texts."""

import json
from itertools import islice
from pathlib import Path

import pytest

from audio2blend.phones import segments
from audio2blend.text import words

LABELS = {"en-us": "en-US", "en-gb": "en-GB", "es": "es", "fr-fr": "fr", "it": "it"}


def differences(ours: list[str], theirs: list[str]) -> int:
    """Return the edit distance of two sequences of classes."""
    row = list(range(len(theirs) + 1))
    for count, one in enumerate(ours, 1):
        before, row = row, [count]
        for at, other in enumerate(theirs):
            row.append(min(before[at] + (one != other), before[at + 1] + 1, row[-1] + 1))
    return row[-1]


@pytest.mark.parametrize(("label", "language"), LABELS.items())
def test_the_first_ones_are_those_of_the_synthesiser(label: str, language: str, corpora: Path) -> None:
    with (corpora / "kokoro" / "labels.jsonl").open(encoding="utf-8") as file:
        rows = list(islice((row for row in map(json.loads, file) if row["lang"] == label), 10))
    wrong = total = 0
    for row in rows:
        theirs = [name for symbol, *_ in row["phones"] for _, name in segments(WRITTEN.get(symbol, symbol))]
        ours = [name for word in words(row["text"], language).words for _, name in segments(word.pronunciations[0])]
        wrong += differences(ours, theirs)
        total += len(theirs)
    assert total > 300
    assert wrong / total < 0.04


WRITTEN = {"A": "eɪ", "I": "aɪ", "W": "aʊ", "O": "oʊ", "Y": "ɔɪ", "Q": "əʊ", "ʤ": "dʒ", "ʧ": "tʃ", "ᵊ": "ə", "T": "ɾ"}
"""The synthesiser's letters for what are two phones here, or a variant of one."""
