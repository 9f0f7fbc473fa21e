"""Phones for words whose times are known: of an aligner that gives none, or corrected by hand."""

from dataclasses import replace

import numpy as np

from ..audio import Speech
from ..audio.activity import envelope_db
from ..intervals import Interval
from ..posteriors import PhonePosteriors
from ..text import words
from ..text.lexicon import Lexicon
from .alignment import AlignedWord, Alignment, Problem
from .builtin import Floats, places
from .evidence import evidence
from .refine import refined, spectral_change
from .search import search


def lacks_phones(alignment: Alignment) -> list[int]:
    """Return the numbers of the words that have a time and a text but no phones."""
    return [n for n, word in enumerate(alignment.words) if word.found and word.text.strip() and not word.phones]


def completed(
    alignment: Alignment,
    posteriors: PhonePosteriors,
    speech: Speech,
    *,
    language: str,
    lexicon: Lexicon | None = None,
) -> Alignment:
    """Return an alignment whose words all have phones: those without get them within their own times.

    Times of words and all other phones stay as they are. `posteriors` are the network's for the speech. Words that
    cannot be pronounced are reported among the problems. Raises InputError for an unknown language and
    MissingDependencyError without the extra `text`.
    """
    missing = lacks_phones(alignment)
    if not missing:
        return alignment
    rate = float(posteriors.frame_rate)
    fits = evidence(posteriors, envelope_db(speech, np.arange(len(posteriors.probabilities)) / rate))
    change = spectral_change(speech)
    found, problems = list(alignment.words), list(alignment.problems)
    for number in missing:
        word = found[number]
        ways = _pronunciations(word.text, language, lexicon)
        found[number] = _said(word, ways, fits, rate, change)
        if not found[number].phones:
            what = f"“{word.text}” cannot be pronounced in {language}; its lips are left to the network"
            problems.append(Problem(start_s=word.start_s, end_s=word.end_s, text=what))
    return replace(alignment, words=tuple(found), problems=tuple(problems), language=alignment.language or language)


def _pronunciations(text: str, language: str, lexicon: Lexicon | None) -> list[str]:
    """Return how an entry of an alignment may be pronounced; it may be several words, such as a number."""
    ways = [""]
    for word in words(text, language, lexicon).words:
        ways = [f"{way}{one}" for way in ways for one in word.pronunciations or ("",)][:8]
    return [way for way in ways if way]


def _said(word: AlignedWord, ways: list[str], fits: Floats, rate: float, change: Floats) -> AlignedWord:
    """Return a word with the phones of the pronunciation that fits best, between its start and its end."""
    first = min(round(word.start_s * rate), len(fits) - 1)
    own = fits[first : max(first + 1, round(word.end_s * rate))]
    best, phones = -np.inf, word.phones
    for way in ways:
        chain = places(0, way)
        if not chain:
            continue
        kinds, skip = np.array([place.kind for place in chain]), np.array([place.skip for place in chain])
        path, score = search(own, kinds, skip, band=len(chain))
        if score > best:
            said, starts = np.unique(path, return_index=True)
            borders = np.clip(refined((first + starts[1:]) / rate, change), word.start_s, word.end_s)
            edges = [word.start_s, *borders.tolist(), word.end_s]
            best, phones = (
                score,
                tuple(
                    Interval(chain[place].label, start, end)
                    for place, start, end in zip(said, edges, edges[1:], strict=False)
                    if end > start
                ),
            )
    return replace(word, phones=phones)
