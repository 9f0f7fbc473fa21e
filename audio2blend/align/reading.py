"""Finding a text in its sound: when each of its letters is said, and whether the text is what is said at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..posteriors import PhonePosteriors
from .letters import Letter, Word
from .search import search

Floats = NDArray[np.float64]

_UNHEARD: Final = 0.01
"""How probable it is at least that a phone is said which the network does not detect."""
_UNREAD: Final = 0.3
"""How well a letter that cannot be read fits any sound."""
_BETWEEN: Final = 0.1
"""How well sound that the text does not tell of fits between two words; silence fits entirely."""
_SKIP_CONSONANT, _SKIP_VOWEL, _SKIP_OFTEN_SILENT = 3.0, 1.5, 0.5
"""What it costs to leave a letter out: minus the logarithm of how probable that is."""
_HEARD: Final = 0.5
"""A letter counts as detected if this probable in one of its frames."""
WORD_HEARD: Final = 0.5
"""A word counts as detected if so many of its letters are."""
_AROUND_S: Final = 0.1
"""Where a letter that is not detected has to be: so far around the place where it is missing."""
_LARGEST: Final = 10**8
"""Letters times frames that are searched at most: some five minutes of speech, 200 MB."""


@dataclass(frozen=True, slots=True)
class Closure:
    """A p, b or m of the text."""

    letter: str
    start_s: float
    end_s: float
    """When it is said; where it is not detected, a fifth of a second around the place where it is missing."""
    heard: bool


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word of the text in the sound."""

    text: str
    start_s: float
    end_s: float
    """Equal to the start if nothing of it is detected."""
    heard: float | None
    """Share of its letters that are; None if it has none that can be read."""
    closures: tuple[Closure, ...]
    """Its p, b and m, but for those that often are silent, such as the last of "lamb", and are not detected."""

    @property
    def missing(self) -> bool:
        """Whether too little of it is detected for it to be said."""
        return self.heard is not None and self.heard < WORD_HEARD

    @property
    def closures_s(self) -> Floats:
        """Start and end of each in seconds, shape (n, 2)."""
        return np.array([(closure.start_s, closure.end_s) for closure in self.closures], float).reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text in its sound."""

    words: tuple[SpokenWord, ...]
    fit: float
    """How much better the text fits than it does out of order: 0 no better, 1 perfectly."""
    readable: float
    """Share of the time of all letters that is taken by those that can be read."""
    clarity: float
    """How probable the network holds the likeliest phone to be, on average over what is not silence."""

    @property
    def closures_s(self) -> Floats:
        """Start and end in seconds of every p, b and m, shape (n, 2)."""
        return np.concatenate([word.closures_s for word in self.words])

    def within(self, start_s: float, end_s: float) -> "Reading":
        """Return it without the p, b and m that are not said between two times."""
        words = tuple(
            replace(word, closures=tuple(c for c in word.closures if start_s <= c.start_s and c.end_s <= end_s))
            for word in self.words
        )
        return replace(self, words=words)


def read(words: Sequence[Word], heard: PhonePosteriors) -> Reading:
    r"""Return when the words are said, by the most probable way through their letters.

    .. math:: \max_{s_1 \le \dots \le s_T} \sum_t \log P_t(s_t) - \sum_{i \text{ left out}} c_i, \qquad
              \mathrm{fit} = 1 - \frac{\max \text{ of the text}}{\max \text{ of the text out of order}}

    :math:`s_t` is the letter said in frame t, or a gap between words, and :math:`P_t` how probable the network holds
    one of its phones to be. Any letter can be left out at a cost :math:`c_i`, since some are silent and some texts
    are wrong. Out of order, a text has the same letters and fits as well as a wrong one does; the mean of two orders
    is taken: backwards, and with the first third last. Frames of letters that cannot be read do not count.

    Args:
        words: what `spell` returns, at least one.
        heard: phone posteriors of the sound.

    Returns:
        The words with their times. Those of a wrong text mean nothing.

    Raises:
        ValueError: if there are no words or no frames, or more of both than can be searched.

    Source:
        A. J. Viterbi, *Error bounds for convolutional codes and an asymptotically optimum decoding algorithm*, IEEE
        Transactions on Information Theory 13(2), 1967; the fit is ours.

    >>> from fractions import Fraction
    >>> from audio2blend.align.letters import spell
    >>> said = np.eye(3)[[0, 1, 1, 2, 2, 0]]
    >>> heard = PhonePosteriors(probabilities=said, phones=("sil", "m", "a"), frame_rate=Fraction(10))
    >>> reading = read(spell("Ma!"), heard)
    >>> [(word.text, word.start_s, word.end_s, word.heard) for word in reading.words]
    [('Ma', 0.1, 0.5, 1.0)]
    """
    chain, firsts = _chain(words)
    n_frames = len(heard.probabilities)
    if not words or not n_frames:
        raise ValueError("there is nothing to read" if not words else "there are no frames")
    if len(chain) * n_frames > _LARGEST:
        raise ValueError("the text is too long to be found in its sound; judge it in pieces of some minutes")
    path, score = _search(chain, heard)
    third = len(chain) // 3
    disorder = float(np.mean([_search(order, heard)[1] for order in (chain[::-1], chain[third:] + chain[:third])]))
    spans = np.stack([np.searchsorted(path, range(len(chain)), side) for side in ("left", "right")], axis=1)
    spoken = heard.probability(["sil"]) < _HEARD
    letters = np.array([letter is not None for letter in chain])
    return Reading(
        words=tuple(
            _spoken(word, spans[first : first + len(word.letters)], heard)
            for word, first in zip(words, firsts, strict=True)
        ),
        fit=float(np.clip(1 - score / disorder, 0, 1)) if disorder else 0.0,
        readable=1 - float(_unread(chain)[path].sum() / max(1, letters[path].sum())),
        clarity=float(heard.probabilities[spoken].max(axis=1).mean()) if spoken.any() else 0.0,
    )


def _chain(words: Sequence[Word]) -> tuple[list[Letter | None], list[int]]:
    """Return all letters in a row, None for the gap before and after each word, and where each word begins."""
    chain: list[Letter | None] = [None]
    firsts = []
    for word in words:
        firsts.append(len(chain))
        chain += [*word.letters, None]
    return chain, firsts


def _search(chain: Sequence[Letter | None], heard: PhonePosteriors) -> tuple[NDArray[np.int64], float]:
    """Return the most probable place in the chain of each frame, and the logarithm of how probable that is.

    It is the mean over the frames, but for those of letters that cannot be read.
    """
    kinds = {None if letter is None else letter.phones: letter for letter in chain}
    fits = np.log(np.stack([_fit(letter, heard) for letter in kinds.values()], axis=1))
    rows = list(kinds)
    kind = np.array([rows.index(None if letter is None else letter.phones) for letter in chain])
    path, score = search(fits, kind, np.array([_cost(letter) for letter in chain]), band=len(chain))
    n_unread = int(_unread(chain)[path].sum())
    return path, (score - n_unread * np.log(_UNREAD)) / max(1, len(path) - n_unread)


def _unread(chain: Sequence[Letter | None]) -> NDArray[np.bool_]:
    """Return which places in the chain are letters that cannot be read."""
    return np.array([letter is not None and not letter.phones for letter in chain])


def _fit(letter: Letter | None, heard: PhonePosteriors) -> Floats:
    """Return how probable it is in each frame that a letter, or a gap, is said."""
    if letter is None:
        return np.maximum(heard.probability(["sil"]), _BETWEEN)
    if not letter.phones:
        return np.full(len(heard.probabilities), _UNREAD)
    return _UNHEARD + (1 - _UNHEARD) * heard.probability(sorted(letter.phones))


def _cost(letter: Letter | None) -> float:
    if letter is None:
        return 0.0
    if letter.often_silent:
        return _SKIP_OFTEN_SILENT
    return _SKIP_VOWEL if not letter.phones or "a" in letter.phones else _SKIP_CONSONANT


def _spoken(word: Word, spans: NDArray[np.int64], heard: PhonePosteriors) -> SpokenWord:
    """Return a word whose letters take the frames [first, last) of `spans`, shape (n_letters, 2)."""
    rate = float(heard.frame_rate)
    shares, closures = [], []
    for letter, (first, last) in zip(word.letters, spans.tolist(), strict=True):
        if letter.phones and not letter.often_silent:
            shares.append(bool((_fit(letter, heard)[first:last] >= _HEARD).any()))
        if letter.closes and (first < last or letter.surely_said):
            reach = 0.0 if first < last else _AROUND_S
            start, end = max(0.0, first / rate - reach), last / rate + reach
            closures.append(Closure(letter.text, start, end, heard=first < last))
    return SpokenWord(
        text=word.text,
        start_s=int(spans[0, 0]) / rate,
        end_s=int(spans[-1, 1]) / rate,
        heard=float(np.mean(shares)) if shares else None,
        closures=tuple(closures),
    )
