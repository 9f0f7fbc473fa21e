"""The aligner that comes with the product: words and their phones, found in the network's posteriors."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..audio import Speech
from ..intervals import Interval
from ..phones import PHONES, segments
from ..posteriors import PhonePosteriors
from ..text.word import Word
from .alignment import AlignedWord, Alignment
from .evidence import evidence
from .problems import problems
from .refine import refined, spectral_change
from .search import search

Floats = NDArray[np.float64]

_GAP: Final = len(PHONES)
"""The kind of place between two words: silence, or sound that is not in the text."""
_UNTOLD: Final = 2.5
"""Nats by which sound that is not in the text fits worse than the phone that it resembles most."""
_SKIP_WEAK: Final = 2.0
"""What it costs to leave out a phone that often is not pronounced …"""
_SKIP: Final = 5.0
"""… and any other."""
_WEAK: Final = frozenset({"ə", "h", "ʁ", "ɹ", "r", "j"})
_AROUND: Final = 6
"""Frames around a word in which its other pronunciations are tried."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the chain: a phone of a word, or a gap."""

    word: int
    """Number of the word; of a gap, that of the word before it."""
    label: str
    """In IPA; "" for a gap."""
    kind: int
    """Column of the fits."""
    cost: float
    """Of leaving it out."""


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
    phones = evidence(posteriors, speech)
    if not len(phones):
        return Alignment(words=(), duration_s=speech.duration_s, aligner="builtin", language=language)
    gaps = np.maximum(phones[:, 0], phones.max(axis=1) - _UNTOLD)
    fits = np.column_stack([phones, gaps])
    first = [word.pronunciations[0] if word.pronunciations else "" for word in words]
    chain, spans = _found(first, fits)
    best = [_best(word, *_frames(chain, spans, number), fits) for number, word in enumerate(words)]
    if best != first:
        chain, spans = _found(best, fits)
    times = _times(chain, spans, fits, float(posteriors.frame_rate), spectral_change(speech))
    aligned = _words(words, chain, spans, times, fits - phones.max(axis=1)[:, None])
    return Alignment(
        words=aligned,
        duration_s=speech.duration_s,
        aligner="builtin",
        language=language,
        problems=problems(aligned, speech, posteriors),
    )


def _found(pronunciations: Sequence[str], fits: Floats) -> tuple[list[_Place], NDArray[np.int64]]:
    """Return the chain of pronunciations and its frames, first and after the last, shape (n_places, 2)."""
    chain = [_Place(-1, "", _GAP, 0.0)]
    for number, pronunciation in enumerate(pronunciations):
        chain += [*_places(number, pronunciation), _Place(number, "", _GAP, 0.0)]
    return chain, _search(chain, fits)[0]


def _places(number: int, pronunciation: str) -> list[_Place]:
    return [
        _Place(number, label, PHONES.index(name), _SKIP_WEAK if name in _WEAK else _SKIP)
        for label, name in segments(pronunciation)
    ]


def _search(chain: Sequence[_Place], fits: Floats) -> tuple[NDArray[np.int64], float]:
    kinds, costs = np.array([place.kind for place in chain]), np.array([place.cost for place in chain])
    path, score = search(fits, kinds, costs)
    return np.stack([np.searchsorted(path, range(len(chain)), side) for side in ("left", "right")], axis=1), score


def _frames(chain: Sequence[_Place], spans: NDArray[np.int64], number: int) -> tuple[int, int]:
    """Return the frames in which a word is said, first and after the last."""
    own = [span for place, span in zip(chain, spans.tolist(), strict=True) if place.word == number and place.label]
    return (own[0][0], own[-1][1]) if own else (0, 0)


def _best(word: Word, start: int, end: int, fits: Floats) -> str:
    """Return the pronunciation that fits best around the frames where another one was found."""
    if len(word.pronunciations) < 2 or start == end:
        return word.pronunciations[0] if word.pronunciations else ""
    around = fits[max(0, start - _AROUND) : end + _AROUND]
    gap = _Place(-1, "", _GAP, 0.0)
    scores = [_search([gap, *_places(0, one), gap], around)[1] for one in word.pronunciations]
    return word.pronunciations[int(np.argmax(scores))]


def _times(
    chain: Sequence[_Place], spans: NDArray[np.int64], fits: Floats, rate: float, change: Floats
) -> NDArray[np.float64]:
    """Return the start and end in seconds of each place, shape (n_places, 2); equal where it is left out."""
    times = spans / rate
    visited = np.flatnonzero(spans[:, 1] > spans[:, 0]).tolist()
    borders = []
    for before, after in pairwise(visited):
        frame = int(spans[after, 0])
        one, other = fits[frame - 1 : frame + 1, [chain[before].kind, chain[after].kind]].T
        lead, lag = one - other
        borders.append((frame - 1 + (lead / (lead - lag) if lead > 0 > lag else 0.5)) / rate)
    # Phones of a single frame must not change places.
    sharp = np.maximum.accumulate(refined(np.array(borders), change)) if borders else np.zeros(0)
    times[visited[:-1], 1] = times[visited[1:], 0] = sharp
    _share_evenly(chain, times, visited)
    return times


def _share_evenly(chain: Sequence[_Place], times: NDArray[np.float64], visited: Sequence[int]) -> None:
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
    words: Sequence[Word], chain: Sequence[_Place], spans: NDArray[np.int64], times: Floats, regret: Floats
) -> tuple[AlignedWord, ...]:
    """Return the words with their times; `regret` is how much worse each kind fits than the best one, ≤ 0."""
    places: list[list[int]] = [[] for _ in words]
    for number, place in enumerate(chain):
        if place.label:
            places[place.word].append(number)
    out: list[AlignedWord] = []
    for word, own in zip(words, places, strict=True):
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
