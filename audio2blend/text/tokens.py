"""Cutting a text into what is read as one: words, numbers with what belongs to them, abbreviations, symbols."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Final

from . import japanese, numbers
from .language import Language
from .language import find as find_language
from .writing import reader, script

_APOSTROPHES: Final = "'’ʼ"
_HYPHENS: Final = "-\u2010\u2011\u00ad"
_ADDRESS: Final = re.compile(r"(?<=\w\w)\.(?=[a-z]{2})")
"""The dot of example.com; a space is missing after one that ends a sentence, but not the capital."""
_JOINERS: Final = "\u200c\u200d"
_LONGEST: Final = 80
"""Letters of a word that are read; espeak-ng is not made for more."""
_MOST: Final = 12
"""Ways to say one token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of a text that is read as one."""

    start: int
    end: int
    """Half open, in characters."""
    spoken: tuple[str, ...]
    """In words that can be pronounced, the likeliest first; empty if nothing can be said."""
    language: Language
    """Who reads it."""
    ipa: tuple[str, ...] = ()
    """How it is pronounced, where the text says so."""
    problem: str = ""
    """What is wrong with it, if anything; it is no word if nothing can be said."""


def tokens(text: str, language: Language, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Yield what a part of a text consists of. Spaces and punctuation are passed over."""
    at, end = start, len(text) if end is None else end
    shouted = text[start:end].isupper() and " " in text[start:end].strip()
    while at < end:
        found = _token(text, at, end, language, shouted=shouted)
        if found:
            yield from found
            at = found[-1].end
        else:
            at += 1


def _token(text: str, at: int, end: int, language: Language, *, shouted: bool) -> list[Token]:
    """Return what begins at a place; nothing if it is a space or a mark of punctuation."""
    letter = text[at]
    if letter.isspace():
        return []
    if at == 0 or not text[at - 1].isalnum():
        for abbreviation, spoken in _abbreviations(language):
            if text.startswith(abbreviation, at, end) and not text[at + len(abbreviation) : end][:1].isalnum():
                return [Token(start=at, end=at + len(abbreviation), spoken=spoken, language=language)]
    for pattern, readings in _numbers(language):
        match = pattern.match(text, at, end)
        if match and (spoken := readings(match, language)):
            return [Token(start=at, end=match.end(), spoken=_fit(spoken, language), language=language)]
    category = unicodedata.category(letter)
    if category[0] in "LM":
        return list(_words(text, at, _word_end(text, at, end, language), language, shouted=shouted))
    if _ADDRESS.match(text, at, end) and (spoken := language.readings("inside", letter)):
        return [Token(start=at, end=at + 1, spoken=spoken, language=language)]
    if spoken := language.readings("symbols", letter):
        return [Token(start=at, end=at + 1, spoken=_fit(spoken, language), language=language)]
    if category[0] == "N":
        plain = unicodedata.normalize("NFKC", letter)
        return [Token(start=at, end=at + 1, spoken=(plain,), language=language)]
    if category[0] in "SC" and category != "Cf":
        stop = at + 1
        while stop < end and (_unsaid(text[stop], language) or unicodedata.category(text[stop]) in ("Cf", "Mn", "Me")):
            stop += 1
        return [Token(start=at, end=stop, spoken=(), language=language, problem=_why_unsaid(text[at:stop]))]
    return []


def _unsaid(letter: str, language: Language) -> bool:
    return (
        unicodedata.category(letter)[0] in "SC"
        and not letter.isspace()
        and not language.readings("symbols", letter)
        and not any(letter in key for key in language.data.get("currencies", {}))
    )


def _why_unsaid(text: str) -> str:
    if text.isprintable():
        return f"{text[:20]} is no word and is not said"
    codes = ", ".join(f"U+{ord(c):04X}" for c in text[:4])
    return f"a character that cannot be seen ({codes}) is not said; remove it"


# Letters


def _script(letter: str, language: Language) -> str:
    """Return a letter's script; kana and Han characters are one where Japanese is written."""
    found = script(letter)
    return "KANA" if found == "CJK" and language.base == "ja" else found


def _word_end(text: str, at: int, end: int, language: Language) -> int:
    """Return where a run of letters of one script ends, with the marks that may stand inside of a word."""
    own = _script(text[at], language)
    stop = at + 1
    while stop < end:
        letter = text[stop]
        inside = letter in _APOSTROPHES or letter in _HYPHENS
        if inside and stop + 1 < end and text[stop + 1].isalpha() and _script(text[stop + 1], language) == own:
            stop += 2
        elif letter in _JOINERS or (unicodedata.category(letter)[0] in "LM" and _script(letter, language) in (own, "")):
            stop += 1
        else:
            break
    return stop


def _words(text: str, start: int, end: int, language: Language, *, shouted: bool) -> Iterator[Token]:
    """Yield a run of letters: a word, or several where no spaces are written."""
    own = _script(text[start], language)
    who = reader(own, language.base)
    if who is None:
        problem = f"{text[start:end][:40]} is written in letters that nobody here reads; it is passed over"
        yield Token(start=start, end=end, spoken=(), language=language, problem=problem)
        return
    strange = who != language.base
    speaker = find_language(who) if strange else language
    problem = f"{text[start:end][:40]} is not written in the letters of {language.tag}; it is read as {who}"
    if who == "ja":
        at = start
        for surface, kana in japanese.words(text[start:end], before=text[start - 1 : start]):
            guess = problem if strange else "" if kana else f"nobody knows how {surface} is read; it is passed over"
            yield Token(
                start=at, end=at + len(surface), spoken=(kana,) if kana else (), language=speaker, problem=guess
            )
            at += len(surface)
    elif own == "CJK":
        for at in range(start, end):
            yield Token(start=at, end=at + 1, spoken=(text[at],), language=speaker, problem=problem if strange else "")
    else:
        word = text[start:end]
        if end - start > _LONGEST:
            problem = f"{word[:20]}… has {end - start} letters; it is read as if it ended after {_LONGEST}"
        said = _word(word[:_LONGEST], shouted=shouted)
        guess = problem if strange or end - start > _LONGEST else ""
        yield Token(start=start, end=end, spoken=said, language=speaker, problem=guess)


def _word(word: str, *, shouted: bool) -> tuple[str, ...]:
    """Return how a word may be written for espeak-ng; capitals may be an abbreviation, but not where all are."""
    plain = unicodedata.normalize("NFKC", word)
    for mark in _APOSTROPHES:
        plain = plain.replace(mark, "'")
    plain = plain.replace("\u00ad", "")
    if len(plain) == 1 and not plain.isascii():
        return (plain.lower(),)  # espeak-ng calls À by its name
    if not plain.isupper() or len(plain) == 1:
        return (plain,)
    spelled = (", ".join(plain),) if len(plain) <= 4 and plain.isalpha() else ()
    return (plain.lower(), plain) if shouted else (plain, *spelled, plain.lower())


# Numbers


@cache
def _abbreviations(language: Language) -> list[tuple[str, tuple[str, ...]]]:
    """Return abbreviations, the longest first, and their readings."""
    table = language.data.get("abbreviations", {})
    return [(key, language.readings("abbreviations", key)) for key in sorted(table, key=len, reverse=True)]


Reading = Callable[[re.Match[str], Language], tuple[str, ...]]


@cache
def _numbers(language: Language) -> list[tuple[re.Pattern[str], Reading]]:
    """Return what numbers look like together with what belongs to them, and how each is read."""
    data = language.data
    thousands, decimal = re.escape(data["thousands"]), re.escape(data["decimal"])
    # A dot or comma that no digit follows ends the sentence.
    number = rf"(?:\d{{1,3}}(?:[{thousands}]\d{{3}}){{1,20}}(?!\d)|\d{{1,60}})(?:{decimal}\d{{1,60}})?"
    signed = rf"(?<![\w\d])[-−]?{number}|{number}"
    two = r"\d{1,2}"
    units = _either(data.get("units", {}))
    money = _either(data.get("currencies", {}))
    many = _either(data["magnitudes"])
    before = rf"(?P<unit>{money})\s?(?P<n>{number})(?:\s(?P<many>{many})\b)?"
    after = rf"(?P<n2>{number})\s?(?P<unit2>{money})(?!\w)"
    return [
        (re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?!\d)"), _date),
        (re.compile(rf"(?P<a>{two})(?P<mark>[./])\s?(?P<b>{two})(?P=mark)\s?(?P<y>\d{{4}}|{two})(?!\d|[./]\d)"), _date),
        (re.compile(rf"(?P<h>\d{{1,2}})\s?[{data['time_marks']}]\s?(?P<m>\d\d)(?!\d)(?:{data['clock']})?"), _time),
        (re.compile(f"{before}|{after}"), _price),
        (re.compile(rf"(?P<n>{signed})\s?(?P<unit>{units})(?!\w)"), _measure),
        (re.compile(rf"(?P<n>\d{{1,60}}){data['ordinal']}"), _ordinal),
        (re.compile(signed), _number),
    ]


def _either(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or "(?!)"


def _date(match: re.Match[str], language: Language) -> tuple[str, ...]:
    found = match.groupdict()
    orders = ["ymd"] if "m" in found else [language.data["date"], "dmy", "mdy"]
    for order in orders:
        parts = {"d": found.get("d"), "m": found.get("m")}
        if "a" in found:
            first, second = ("m", "d") if order == "mdy" else ("d", "m")
            parts = {first: found["a"], second: found["b"]}
        day, month = int(parts["d"] or 0), int(parts["m"] or 0)
        if 1 <= day <= 31 and 1 <= month <= 12:
            return numbers.date(day, month, found["y"], language)
    return ()


def _time(match: re.Match[str], language: Language) -> tuple[str, ...]:
    hour, minute = int(match["h"]), int(match["m"])
    clock = (match["clock"] or "").strip().replace(".", "").lower()
    said = (*language.readings("units", clock), clock)[0]
    return numbers.time(hour, minute, said, language) if hour <= 24 and minute < 60 else ()


def _price(match: re.Match[str], language: Language) -> tuple[str, ...]:
    names = language.readings("currencies", match["unit"] or match["unit2"])
    one, more, cent, cents = names
    if many := match["many"]:
        return tuple(f"{said} {many} {more}" for said in numbers.cardinal(match["n"], language)[:4])
    return numbers.price(match["n"] or match["n2"], (one, more, cent, cents), language)


def _measure(match: re.Match[str], language: Language) -> tuple[str, ...]:
    heads = numbers.cardinal(match["n"], language)[:4]
    return tuple(f"{head} {unit}" for head, unit in product(heads, language.readings("units", match["unit"])))


def _ordinal(match: re.Match[str], language: Language) -> tuple[str, ...]:
    readings = numbers.ordinal(match["n"], language)
    return (*readings, *numbers.cardinal(match["n"], language)) if readings else ()


def _number(match: re.Match[str], language: Language) -> tuple[str, ...]:
    return numbers.cardinal(match[0], language)


def _fit(spoken: tuple[str, ...], language: Language) -> tuple[str, ...]:
    """Return readings that espeak-ng can say."""
    if language.base == "ja":
        spoken = tuple(japanese.reading(one) for one in spoken)
    return tuple(dict.fromkeys(spoken))[:_MOST]
