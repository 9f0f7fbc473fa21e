"""Forced alignment of GRID's sentences: start and end of every phone."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..align.search import NEVER, search
from ..intervals import Interval
from ..posteriors import PhonePosteriors

GRID_WORDS: Final[dict[str, str]] = {
    "a": "e ɪ", "b": "b i", "c": "s i", "d": "d i", "e": "i", "f": "ɛ f", "g": "d ʒ i", "h": "e ɪ t ʃ", "i": "a ɪ",
    "j": "d ʒ e ɪ", "k": "k e ɪ", "l": "ɛ l", "m": "ɛ m", "n": "ɛ n", "o": "ə ʊ", "p": "p i", "q": "k j u", "r": "ɑ",
    "s": "ɛ s", "t": "t i", "u": "j u", "v": "v i", "x": "ɛ k s", "y": "w a ɪ", "z": "z ɛ d",
    "again": "ə ɡ ɛ n", "at": "æ t", "bin": "b ɪ n", "blue": "b l u", "by": "b a ɪ", "eight": "e ɪ t",
    "five": "f a ɪ v", "four": "f ɔ", "green": "ɡ ɹ i n", "in": "ɪ n", "lay": "l e ɪ", "nine": "n a ɪ n",
    "now": "n a ʊ", "one": "w ɑ n", "place": "p l e ɪ s", "please": "p l i z", "red": "ɹ ɛ d", "set": "s ɛ t",
    "seven": "s ɛ v ə n", "six": "s ɪ k s", "soon": "s u n", "three": "θ ɹ i", "two": "t u", "white": "w a ɪ t",
    "with": "w ɪ ð", "zero": "z ɪ ɹ ə ʊ",
}  # fmt: skip
"""GRID's vocabulary in British pronunciation: phones in IPA, separated by spaces."""

_WORDS_OFF_S: Final = 0.05
"""Tolerance of the corpus's word times in seconds."""
_NEVER: Final = -50.0
"""Log-likelihood of a phone outside the time of its word."""


def in_words(words: Sequence[tuple[str, float, float]], heard: PhonePosteriors) -> list[Interval]:
    """Return the phones of a GRID sentence at their most probable times.

    `words` are word, start and end in seconds. The first phone starts and the last one ends at the corpus's word times,
    since posteriors are least certain there; in between, a phone may lie up to `_WORDS_OFF_S` outside its word.
    """
    rate = float(heard.frame_rate)
    first, last = round(words[0][1] * rate), round(words[-1][2] * rate)
    times = np.arange(first, last) / rate
    likelihood = _log(heard)[first:last]
    names: list[str] = []
    columns = []
    for word, start, end in words:
        outside = (times < start - _WORDS_OFF_S) | (times > end + _WORDS_OFF_S)
        for name in GRID_WORDS[word].split():
            names.append(name)
            columns.append(np.where(outside, _NEVER, likelihood[:, heard.phones.index(name)]))
    places, _ = search(np.stack(columns, axis=1), np.arange(len(names)), np.full(len(names), NEVER))
    borders = np.searchsorted(places, range(1, len(names)))
    edges = [words[0][1], *((first + borders) / rate).tolist(), words[-1][2]]
    phones = zip(names, pairwise(edges), strict=True)
    return [Interval(name, start, end) for name, (start, end) in phones if end > start]


def _log(heard: PhonePosteriors) -> NDArray[np.float64]:
    return np.asarray(np.log(heard.probabilities.astype(float) + 1e-3))
