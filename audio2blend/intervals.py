"""Stretches of time: labelled ones in seconds, and those of frames in which something holds."""

import json
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Interval(NamedTuple):
    """A label with its start and end in seconds, half-open: a phone, a word, a tier's entry.

    >>> label, start_s, end_s = Interval("m", 0.1, 0.2)
    """

    label: str
    start_s: float
    end_s: float


def filled(intervals: Iterable[Interval], end_s: float, label: str) -> list[Interval]:
    """Return ascending intervals from 0 to `end_s` without gaps: what lies between them gets a label of its own.

    >>> [tuple(one) for one in filled([Interval("m", 0.1, 0.2)], 0.3, "sil")]
    [('sil', 0.0, 0.1), ('m', 0.1, 0.2), ('sil', 0.2, 0.3)]
    """
    out: list[Interval] = []
    at = 0.0
    for interval in intervals:
        if interval.start_s > at:
            out.append(Interval(label, at, interval.start_s))
        out.append(interval)
        at = interval.end_s
    return [*out, Interval(label, at, end_s)] if at < end_s else out


def to_text(intervals: Iterable[Interval]) -> str:
    """Return intervals as a line of text, times to the millisecond, which `from_text` reads.

    >>> from_text(to_text([Interval("m", 0.1, 0.2)]))
    [Interval(label='m', start_s=0.1, end_s=0.2)]
    """
    rows = [[label, round(start, 3), round(end, 3)] for label, start, end in intervals]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> list[Interval]:
    """Return what `to_text` wrote; nothing of other text."""
    try:
        return [Interval(str(label), float(start), float(end)) for label, start, end in json.loads(text)]
    except (ValueError, TypeError, RecursionError):
        return []


def runs(mask: ArrayLike) -> NDArray[np.int64]:
    """Return the stretches of a mask that are true.

    Args:
        mask: shape (n_frames,).

    Returns:
        Shape (n_runs, 2): first frame and the frame after the last.

    Raises:
        ValueError: if the mask has not one dimension.

    >>> runs([True, True, False, True]).tolist()
    [[0, 2], [3, 4]]
    """
    true = np.asarray(mask, bool)
    if true.ndim != 1:
        raise ValueError(f"a mask of shape {true.shape} has no stretches; give (n_frames,)")
    edges = np.flatnonzero(np.diff(true.astype(np.int8), prepend=0, append=0))
    return edges.reshape(-1, 2)
