"""Pronunciations of tokens: what espeak-ng says of them in their phrase and alone, set right and varied by rules.

Context matters: French liaison, "the" before a vowel, German function words. So espeak-ng is given whole phrases. It
answers in words, but joins some ("have been") and splits others ("23"). Where their number is not what it is alone,
the phones of the phrase are shared among the tokens by the alignment of least cost to those that they have alone.
Both are kept where they differ, the one in the phrase first.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from ..phones import PHONES, segments
from . import espeak, japanese
from .language import Language, decomposed
from .tokens import Token

_ASIDE: Final = re.compile(r"\([a-z0-9-]+\)")  # "(en)" where espeak-ng takes a word for one of another language
_MOST: Final = 8
"""Pronunciations of a word: those that the classes of `phones.py` tell apart."""
_LEAST: Final = 2
"""Phones of a variant: one alone, such as "m" for "dem", is found in the sound where it is not."""
_PHRASE: Final = 24
"""Tokens that are read in one go."""
_VOWELS: Final = frozenset(PHONES[PHONES.index("i") :])

Phrase = Sequence[Token]


def pronunciations(phrases: Sequence[Phrase]) -> Iterator[tuple[str, ...]]:
    """Yield how each token of some phrases may be pronounced in IPA, the likeliest first; nothing where nobody knows.

    Args:
        phrases: tokens that are said without a pause.
    """
    pieces = [piece for phrase in phrases for piece in _pieces(phrase)]
    requests = [(piece[0].language.voice, _written(piece)) for piece in pieces]
    alone = [(token.language.voice, spoken) for piece in pieces for token in piece for spoken in token.spoken]
    said = _said([*requests, *alone])
    for piece, request in zip(pieces, requests, strict=True):
        language = piece[0].language
        own = [_right(said[language.voice, token.spoken[0]], language) if token.spoken else "" for token in piece]
        for token, together in zip(piece, shared(_right(said[request], language), own), strict=True):
            yield _of(token, together, said)


def _said(requests: Sequence[espeak.Request]) -> dict[espeak.Request, str]:
    """Return what each text sounds like in a voice. Kana need no espeak-ng, which reads リョ as two syllables."""
    kana = {(voice, text): japanese.ipa(text) for voice, text in requests if japanese.is_kana(text)}
    return espeak.phones(request for request in requests if request not in kana) | kana


def _of(token: Token, together: str, said: Mapping[espeak.Request, str]) -> tuple[str, ...]:
    """Return the pronunciations of a token that sounds so in its phrase."""
    if token.ipa:
        return token.ipa
    written = token.spoken[0] if token.spoken else ""
    language = token.language
    bases = [together, *(_right(said[language.voice, spoken], language) for spoken in token.spoken)]
    out = [*bases[:2], *language.readings("words", written.casefold()), *bases[2:]]
    out += [variant for base in dict.fromkeys(bases) for variant in _varied(base, language)]
    different: dict[tuple[str, ...], str] = {}
    for one in out:
        sounds = tuple(name for _, name in segments(one))
        if len(sounds) >= min(_LEAST, len(segments(together))) and sounds:
            different.setdefault(sounds, one)
    return tuple(different.values())[:_MOST]


def _pieces(phrase: Phrase) -> Iterator[Phrase]:
    """Yield the parts of a phrase that one voice reads in one go."""
    for _, group in groupby(phrase, _kind):
        tokens = list(group)
        for start in range(0, len(tokens), _PHRASE):
            yield tokens[start : start + _PHRASE]


def _kind(token: Token) -> tuple[str, bool]:
    return token.language.voice, bool(token.spoken) and japanese.is_kana(token.spoken[0])


def _written(piece: Phrase) -> str:
    between = "" if piece[0].language.by_character else " "
    return between.join(token.spoken[0] for token in piece if token.spoken)


def _right(ipa: str, language: Language) -> str:
    """Return what espeak-ng says in IPA proper: without switches of language and hyphens, and set right by rules."""
    words = decomposed(_ASIDE.sub("", ipa)).split()
    return " ".join(_applied(language.rewrite, word).replace("-", "") for word in words)


def _applied(rules: Sequence[tuple[re.Pattern[str], str]], word: str) -> str:
    for pattern, put in rules:
        word = pattern.sub(put, word)
    return word


def _varied(ipa: str, language: Language) -> list[str]:
    """Return what rules make of a pronunciation, each alone and then all of them."""
    out: list[str] = []
    together = ipa
    for rule in language.variants:
        out.append(" ".join(_applied((rule,), word) for word in ipa.split()))
        together = " ".join(_applied((rule,), word) for word in together.split())
    different = [one for one in dict.fromkeys(out) if one != ipa]
    return [*different, together] if len(different) > 1 else different


# Sharing out


def shared(phrase: str, own: Sequence[str]) -> list[str]:
    """Return the part of a phrase's phones that belongs to each token, which alone sounds like `own`.

    >>> shared("aɪ hɐvbɪn ðɛɹ", ["aɪ", "hæv", "biːn", "ðɛɹ"])
    ['aɪ', 'hɐv', 'bɪn', 'ðɛɹ']
    """
    words = phrase.split()
    counts = [len(one.split()) for one in own]
    if len(words) == sum(counts):
        rest = iter(words)
        return [" ".join(next(rest) for _ in range(count)) for count in counts]
    heard = [(label, name, number) for number, word in enumerate(words) for label, name in segments(word)]
    wanted = [(name, number) for number, one in enumerate(own) for _, name in segments(one)]
    if not heard or not wanted:
        return list(own)
    owners = _owners([name for _, name, _ in heard], wanted)
    for at in range(len(heard)):  # what is heard too much belongs to its neighbour in the same word
        if owners[at] is None:
            same = [other for other in (at - 1, at + 1) if 0 <= other < len(heard) and heard[other][2] == heard[at][2]]
            near = [owners[other] for other in [*same, at - 1, min(at + 1, len(heard) - 1)]]
            owners[at] = next((owner for owner in near if owner is not None), owners[at - 1] if at else 0)
    parts = [
        "".join(label for (label, _, _), owner in zip(heard, owners, strict=True) if owner == number)
        for number in range(len(own))
    ]
    return [part or one for part, one in zip(parts, own, strict=True)]


def _owners(heard: Sequence[str], wanted: Sequence[tuple[str, int]]) -> list[int | None]:
    """Return the token that each phone heard belongs to, by the alignment of least cost; None of those too many.

    Source: R. Wagner, M. Fischer, *The string-to-string correction problem*, Journal of the ACM 21(1), 1974.
    """
    rows, columns = len(heard) + 1, len(wanted) + 1
    cost = [[float(i + j) if not i or not j else 0.0 for j in range(columns)] for i in range(rows)]
    for i in range(1, rows):
        for j in range(1, columns):
            cost[i][j] = min(
                cost[i - 1][j - 1] + _apart(heard[i - 1], wanted[j - 1][0]), cost[i - 1][j] + 1, cost[i][j - 1] + 1
            )
    owners: list[int | None] = [None] * len(heard)
    i, j = len(heard), len(wanted)
    while i and j:
        if cost[i][j] == cost[i - 1][j - 1] + _apart(heard[i - 1], wanted[j - 1][0]):
            owners[i - 1] = wanted[j - 1][1]
            i, j = i - 1, j - 1
        elif cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    return owners


def _apart(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return 0.6 if (one in _VOWELS) == (other in _VOWELS) else 1.9
