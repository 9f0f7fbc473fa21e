"""Phone recognition: sequences and their edit distance."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np


def said(frames: Sequence[str | None], *, silence: str = "sil", at_least: int = 1) -> list[str]:
    """Collapse frames to their sequence of phones, without silence and unknown frames (None).

    Runs shorter than `at_least` frames are dropped.

    >>> said(["sil", "a", "a", None, "b", "b", "sil", "b"], at_least=2)
    ['a', 'b']
    """
    known = (name for name in frames if name is not None)
    stretches = ((name, len(list(run))) for name, run in groupby(known))
    long = (name for name, length in stretches if length >= at_least)
    return [name for name, _ in groupby(long) if name != silence]


def edit_distance(first: Sequence[str], second: Sequence[str]) -> int:
    """Return the edit distance: the fewest insertions, deletions and substitutions between two sequences.

    Source: V. I. Levenshtein, *Binary codes capable of correcting deletions, insertions, and reversals*, 1966.

    >>> edit_distance(["p", "a", "t"], ["b", "a"])
    2
    """
    codes = {name: code for code, name in enumerate({*first, *second})}
    target = np.array([codes[name] for name in second], int)
    steps = np.arange(len(target) + 1)
    row = steps.copy()
    for name in first:
        best = np.concatenate([[row[0] + 1], np.minimum(row[1:] + 1, row[:-1] + (target != codes[name]))])
        row = np.minimum.accumulate(best - steps) + steps  # insertions propagate along the row
    return int(row[-1])
