"""`words`: a text as words that can be pronounced."""

import unicodedata
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Final

from ..errors import InputError
from . import directions, numbers, ssml
from .language import Language, find
from .lexicon import Lexicon, ipa, key
from .passage import Passage, Span, plain
from .pronounce import pronunciations
from .script import Direction, Kind, Problem, Script
from .tokens import Token, tokens
from .word import Word

MOST_CHARACTERS: Final = 1_000_000
_DIRECTIONS: Final[Mapping[str, Kind]] = {
    "event": "event", "emotion": "emotion", "emphasis": "emphasis", "break": "break", "mark": "mark"
}  # fmt: skip
_TELLING: Final = frozenset({"phoneme", "sub", "say-as", "lang"})
"""Notes on how something is read."""


def words(text: str, language: str, lexicon: Lexicon | None = None) -> Script:
    """Return the words of a text with their pronunciations, its directions, and what could not be read.

    Args:
        text: plain, with directions such as [laughs] and (joy) in it; or SSML, from `<speak>` on.
        language: a BCP 47 tag, such as "de", "en-GB", "pt-BR" or "zh".
        lexicon: pronunciations that take the place of all others, from `lexicon.read`.

    Every letter, digit and symbol is in a word, a direction or a problem. Numbers, dates, prices, measures,
    abbreviations and symbols are words as they are written, pronounced as they are read.

    Raises:
        InputError: for a language that nobody here speaks, malformed SSML or a text of more than a million characters.
        MissingDependencyError: without the extra `text`.

    >>> [(word.text, word.pronunciations[0]) for word in words("Bis 10 Uhr.", "de").words]
    [('Bis', 'bɪs'), ('10', 'tsˈeːn'), ('Uhr', 'ˈuːɐ̯')]
    """
    if len(text) > MOST_CHARACTERS:
        raise InputError(f"the text has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read: split it")
    speaker = find(language)
    passage = ssml.read(text) if ssml.is_ssml(text) else plain(text)
    passage = directions.taken_out(passage)
    problems = list(passage.problems)
    known = lexicon or {}
    read = (_looked_up(token, passage.text, known) for token in _tokens(passage, speaker, problems))
    found = [token for token in read if _noted(token, passage, problems)]
    if found and (unsure := speaker.data.get("unsure")):
        problems.append(_problem(passage, found[0].start, found[0].end, unsure))
    said = list(pronunciations(list(_phrases(found, passage.text))))
    out = []
    for token, how in zip(found, said, strict=True):
        written, place = passage.text[token.start : token.end], passage.places[token.start]
        out.append(Word(text=written, pronunciations=how, place=place))
        if not how:
            message = f"nobody here knows how {written[:40]} is pronounced; it is passed over where sound is aligned"
            problems.append(Problem(place=place, text=written, message=message))
    return Script(
        words=tuple(out),
        directions=tuple(_directions(passage, [token.start for token in found])),
        problems=tuple(sorted(problems, key=lambda problem: problem.place)),
        language=language,
    )


def _looked_up(token: Token, text: str, lexicon: Lexicon) -> Token:
    """Return a token as the lexicon pronounces it, if it is there and the text itself does not say how."""
    own = lexicon.get(key(text[token.start : token.end]))
    return replace(token, ipa=own, problem="") if own and not token.ipa else token


def _noted(token: Token, passage: Passage, problems: list[Problem]) -> bool:
    """Note a token's problem; return whether it is a word."""
    if token.problem:
        place, text = passage.places[token.start], passage.text[token.start : token.end]
        problems.append(Problem(place=place, text=text, message=token.problem))
    return bool(token.spoken or token.ipa)


def _tokens(passage: Passage, speaker: Language, problems: list[Problem]) -> Iterator[Token]:
    """Yield the tokens of a passage, as its notes want them read."""
    told = [span for span in passage.spans if span.note in _TELLING and span.end > span.start]
    told.sort(key=lambda span: (span.start, -span.end))
    borders = sorted({0, len(passage.text), *(edge for span in told for edge in (span.start, span.end))})
    waiting = deque(told)
    over: list[Span] = []  # those that a place lies in, the innermost first
    done = 0
    for start, end in pairwise(borders):
        over = [span for span in over if span.end > start]
        while waiting and waiting[0].start <= start:
            over.insert(0, waiting.popleft())
        if start < done:
            continue
        language = speaker
        if tag := next((span.value for span in over if span.note == "lang"), ""):
            try:
                language = find(tag)
            except InputError:
                message = f'"{tag[:20]}" is no language that can be read; it is read as {speaker.tag}'
                problems.append(_problem(passage, start, end, message))
        whole = next((span for span in over if span.note != "lang" and span.start == start), None)
        if whole and (token := _told(whole, passage, language, problems)):
            yield token
            done = whole.end
        else:
            yield from tokens(passage.text, language, start, end)


def _told(span: Span, passage: Passage, language: Language, problems: list[Problem]) -> Token | None:
    """Return the token that a note makes of what it covers; None if that is read as usual."""
    text = passage.text[span.start : span.end]
    start = span.start + len(text) - len(text.lstrip())
    token = Token(start=start, end=start + len(text.strip()), spoken=(text.strip(),), language=language)
    if not text.strip():
        return None
    if span.note == "phoneme":
        try:
            return replace(token, ipa=(ipa(span.value),))
        except ValueError as error:
            message = f"<phoneme>: {error}; the word is read as it is written"
            problems.append(_problem(passage, span.start, span.end, message))
            return None
    if span.note == "sub":
        parts = [inner.spoken[0] for inner in tokens(span.value, language) if inner.spoken]
        return replace(token, spoken=(" ".join(parts),)) if parts else None
    spoken = _said_as(span.value, text.strip(), language)
    if spoken is None:
        message = f'<say-as interpret-as="{span.value[:20]}"> is not known; it is read as it is written'
        problems.append(_problem(passage, span.start, span.end, message))
    return replace(token, spoken=spoken) if spoken else None


def _said_as(kind: str, text: str, language: Language) -> tuple[str, ...] | None:
    """Return how a text is said as something; () if as usual, None if nobody knows what that is."""
    if kind in ("cardinal", "number", "date", "time", "currency", "unit", "duration", "address", "name"):
        return ()
    if kind == "ordinal":
        return numbers.ordinal(text, language) if text.isdecimal() else ()
    if kind in ("digits", "telephone"):
        return numbers.digits(text, language)
    if kind in ("characters", "spell-out", "verbatim"):
        spelled = [numbers.digits(c, language)[0] if c.isdecimal() else c.upper() for c in text if c.isalnum()]
        return (", ".join(spelled),) if spelled else ()
    return None


def _problem(passage: Passage, start: int, end: int, message: str) -> Problem:
    return Problem(place=passage.places[start], text=passage.text[start:end], message=message)


def _phrases(found: list[Token], text: str) -> Iterator[list[Token]]:
    """Yield tokens that no punctuation parts."""
    phrase: list[Token] = []
    for token in found:
        if phrase and any(_parts(c) for c in text[phrase[-1].end : token.start]):
            yield phrase
            phrase = []
        phrase.append(token)
    if phrase:
        yield phrase


def _parts(letter: str) -> bool:
    return letter == "\n" or (unicodedata.category(letter)[0] == "P" and letter not in "'’-")


def _directions(passage: Passage, starts: list[int]) -> Iterator[Direction]:
    """Yield the directions in the order of the text, for words that begin at some characters."""
    for span in sorted(passage.spans, key=lambda span: span.start):
        if span.note in _DIRECTIONS:
            first = bisect_left(starts, span.start)
            yield Direction(
                kind=_DIRECTIONS[span.note],
                name=span.value,
                place=passage.places[span.start],
                text=span.text,
                first_word=first,
                end_word=max(first, bisect_left(starts, span.end)),
                duration_s=span.duration_s,
            )
