"""The aligner that comes with the product: words and their phones, found in the network's posteriors."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..audio import Speech
from ..audio.activity import envelope_db
from ..intervals import Interval
from ..phones import PHONES, segments
from ..posteriors import PhonePosteriors
from ..text.word import Word
from .alignment import AlignedWord, Alignment
from .evidence import evidence
from .problems import problems
from .refine import refined, spectral_change
from .search import search

Floats = NDArray[np.floating[Any]]

_SILENCE: Final = 0
_OTHER: Final = len(PHONES)
"""The kinds of place between two words: silence, and speech that is not in the text."""
_OTHER_FITS: Final = 0.9
"""Nats a frame by which speech that is not in the text fits worse than the phone that it resembles most …"""
_OTHER_BEGINS: Final = 20.0
"""… and what it costs to suppose that such speech begins."""
_SKIP_WEAK: Final = 2.0
"""What it costs to leave out a phone that often is not pronounced …"""
_SKIP: Final = 5.0
"""… and any other."""
_WEAK: Final = frozenset({"ə", "h", "ʁ", "ɹ", "r", "j"})
_STATES: Final = 3
"""Frames that a phone lasts at least, 50 ms, as phones of hidden Markov models have three states (L. Rabiner, *A
tutorial on hidden Markov models*, Proceedings of the IEEE 77, 1989) …"""
_SHORT: Final = 1.5
"""… and what it costs to last a frame less. Chosen on synthetic voices; 1.0 and four states are about as good there."""
_LONG: Final = 2000
"""Places of a chain that is found roughly first, and then exactly near there: about a minute and a half."""
_POOLED: Final = 2
"""Frames that are one in the rough search."""
_FAR: Final = 3000
"""Places in view of the rough search: a good minute to either side."""
_NEAR: Final = 1000
_AROUND: Final = 6
"""Frames around a word in which its other pronunciations are tried."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the chain: a phone of a word, or a gap."""

    word: int
    """Number of the word; between words, that of the one before."""
    label: str
    """In IPA; "" between words."""
    kind: int
    """Column of the fits."""
    skip: float = 0.0
    """What it costs to leave it out."""
    enter: float = 0.0
    """What it costs to come to it."""


def align(words: Sequence[Word], posteriors: PhonePosteriors, speech: Speech, *, language: str = "") -> Alignment:
    r"""Return when words and their phones are said, by the most probable way through them.

    Any phone may be left out at a cost, and between words there may be silence or sound that is not in the text. Of
    several pronunciations each word takes the one that fits best. Boundaries lie where two phones are equally
    probable, between frames. The confidence of a word is the share of its phones that are found times

    .. math:: \exp \frac{1}{n} \sum_t \left( F_t(s_t) - \max_k F_t(k) \right)

    over its frames: how much less probable its phones are than whatever fits best.

    Args:
        words: in the order of the text; those without a pronunciation are passed over.
        posteriors: what the network predicts for the speech.
        speech: the recording, whose level tells silence.
        language: of the text, to be kept.

    Source:
        S. Witt, S. Young, *Phone-level pronunciation scoring and assessment for interactive language learning*,
        Speech Communication 30, 2000, for the confidence; `search` for the way.
    """
    rate = float(posteriors.frame_rate)
    level_db = envelope_db(speech, np.arange(len(posteriors.probabilities)) / rate)
    phones = evidence(posteriors, level_db)
    if not len(phones):
        return Alignment(words=(), duration_s=speech.duration_s, aligner="builtin", language=language)
    fits = np.column_stack([phones, phones.max(axis=1) - _OTHER_FITS])
    first = [word.pronunciations[0] if word.pronunciations else "" for word in words]
    chain, spans = _found(first, fits)
    best = [_best(word, spans[own], fits) for word, own in zip(words, _own(chain, len(words)), strict=True)]
    if best != first:
        chain, spans = _found(best, fits)
    times = _times(chain, spans, fits, rate, spectral_change(speech))
    times = np.minimum(times, speech.duration_s)  # the last frame may be longer than the sound
    aligned = _words(words, chain, spans, times, fits - phones.max(axis=1)[:, None])
    return Alignment(
        words=aligned,
        duration_s=speech.duration_s,
        aligner="builtin",
        language=language,
        problems=problems(aligned, posteriors, level_db, speech.duration_s),
    )


def _found(pronunciations: Sequence[str], fits: Floats) -> tuple[list[Place], NDArray[np.int64]]:
    """Return the chain of pronunciations and its frames, first and after the last, shape (n_places, 2)."""
    chain = _between(-1)
    for number, pronunciation in enumerate(pronunciations):
        chain += [*places(number, pronunciation), *_between(number)]
    return chain, _search(chain, fits)[0]


def _between(number: int) -> list[Place]:
    """Return what may stand after a word: silence, speech that is not in the text, and silence again."""
    silence = Place(number, "", _SILENCE)
    return [silence, Place(number, "", _OTHER, enter=_OTHER_BEGINS), silence]


def places(number: int, pronunciation: str) -> list[Place]:
    """Return the chain of a word's phones, in IPA; `number` is the word's."""
    return [
        Place(number, label, PHONES.index(name), _SKIP_WEAK if name in _WEAK else _SKIP)
        for label, name in segments(pronunciation)
    ]


def _search(chain: Sequence[Place], fits: Floats) -> tuple[NDArray[np.int64], float]:
    """Return the frames of each place, first and after the last, shape (n_places, 2), and the score of the way."""
    kinds = np.array([place.kind for place in chain])
    skip, enter = np.array([place.skip for place in chain]), np.array([place.enter for place in chain])
    owner = np.repeat(np.arange(len(chain)), [_STATES if place.label else 1 for place in chain])
    begins = np.diff(owner, prepend=-1) > 0
    guide = None
    if len(chain) > _LONG:
        coarse = np.add.reduceat(fits, range(0, len(fits), _POOLED), axis=0)
        # Phones shorter than what is pooled are passed over, which is no sign that they are not said.
        rough = search(coarse, kinds, skip / _POOLED, enter=enter, band=_FAR)[0]
        guide = np.repeat(np.flatnonzero(begins)[rough], _POOLED)
    path, score = search(
        fits,
        kinds[owner],
        np.where(begins, skip[owner], _SHORT),
        enter=np.where(begins, enter[owner], 0.0),
        band=_NEAR if guide is not None else len(owner),
        guide=guide,
    )
    path = owner[path]
    return np.stack([np.searchsorted(path, range(len(chain)), side) for side in ("left", "right")], axis=1), score


def _own(chain: Sequence[Place], n_words: int) -> list[list[int]]:
    """Return the numbers of each word's places."""
    out: list[list[int]] = [[] for _ in range(n_words)]
    for number, place in enumerate(chain):
        if place.label:
            out[place.word].append(number)
    return out


def _best(word: Word, spans: NDArray[np.int64], fits: Floats) -> str:
    """Return the pronunciation that fits best around the frames where the phones of the first one were found."""
    if len(word.pronunciations) < 2 or spans[0, 0] == spans[-1, 1]:
        return word.pronunciations[0] if word.pronunciations else ""
    around = fits[max(0, spans[0, 0] - _AROUND) : spans[-1, 1] + _AROUND]
    scores = [_search([*_between(-1), *places(0, one), *_between(0)], around)[1] for one in word.pronunciations]
    return word.pronunciations[int(np.argmax(scores))]


def _times(
    chain: Sequence[Place], spans: NDArray[np.int64], fits: Floats, rate: float, change: Floats
) -> NDArray[np.float64]:
    """Return the start and end in seconds of each place, shape (n_places, 2); equal where it is left out."""
    times = spans / rate
    visited = np.flatnonzero(spans[:, 1] > spans[:, 0]).tolist()
    borders = []
    for before, after in pairwise(visited):
        frame = int(spans[after, 0])
        one, other = fits[frame - 1 : frame + 1, [chain[before].kind, chain[after].kind]].T
        lead, lag = one - other
        share = lead / (lead - lag) if lead > 0 > lag else 0.5
        borders.append((frame - 1 + float(np.clip(share, 0.2, 0.8))) / rate)
    times[visited[:-1], 1] = times[visited[1:], 0] = refined(np.array(borders), change)
    _share_evenly(chain, times, visited)
    return times


def _share_evenly(chain: Sequence[Place], times: NDArray[np.float64], visited: Sequence[int]) -> None:
    """Let neighbours of one class, as in "am Mittwoch", take equal parts of their time: nobody hears the border."""
    at = 0
    while at < len(visited):
        end = at + 1
        while end < len(visited) and chain[visited[end]].kind == chain[visited[at]].kind:
            end += 1
        edges = np.linspace(times[visited[at], 0], times[visited[end - 1], 1], end - at + 1)
        if end - at > 1:
            times[visited[at:end], 0], times[visited[at:end], 1] = edges[:-1], edges[1:]
        at = end


def _words(
    words: Sequence[Word], chain: Sequence[Place], spans: NDArray[np.int64], times: Floats, regret: Floats
) -> tuple[AlignedWord, ...]:
    """Return the words with their times; `regret` is how much worse each kind fits than the best one, ≤ 0."""
    out: list[AlignedWord] = []
    for word, own in zip(words, _own(chain, len(words)), strict=True):
        said = [number for number in own if spans[number, 1] > spans[number, 0]]
        if not said:
            at = out[-1].end_s if out else 0.0
            out.append(AlignedWord(text=word.text, start_s=at, end_s=at, confidence=0.0))
            continue
        losses = np.concatenate([regret[spans[number, 0] : spans[number, 1], chain[number].kind] for number in said])
        phones = tuple(Interval(chain[n].label, float(times[n, 0]), float(times[n, 1])) for n in said)
        confidence = float(np.exp(losses.mean())) * len(said) / len(own)
        out.append(
            AlignedWord(
                text=word.text, start_s=phones[0].start_s, end_s=phones[-1].end_s, phones=phones, confidence=confidence
            )
        )
    return tuple(out)
