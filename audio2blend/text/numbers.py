"""How numbers are said: by num2words where it knows the language, else as espeak-ng reads the digits."""

from decimal import Decimal
from functools import lru_cache
from importlib.util import find_spec
from itertools import product
from typing import Final

from .language import Language

_MOST_DIGITS: Final = 15
"""A longer number is read digit by digit."""
_MOST: Final = 8
"""Readings of one number."""
_YEARS: Final = (range(1100, 2000), range(2010, 2100))
"""Numbers that may be said in two halves, as "nineteen eighty-four"."""


def cardinal(written: str, language: Language) -> tuple[str, ...]:
    """Return how a number may be said, the likeliest first.

    >>> from audio2blend.text import language
    >>> cardinal("1.234,5", language.find("de"))[0]
    'eintausendzweihundertvierunddreißig Komma fünf'
    """
    digits = "".join(c for c in written if c.isdigit())
    one_by_one = " ".join(_said(int(digit), language) or digit for digit in digits)
    if len(digits) > _MOST_DIGITS:
        return (one_by_one,)
    found = list(language.readings("numbers", written))
    value = _value(written, language)
    found += [_said(value, language) or written]
    if between := language.data["number_and"]:
        found += [one.replace(f" {between} ", " ") for one in found]
    if value == int(value):
        if any(value in years for years in _YEARS):
            found.append(_said(int(value), language, "year"))
        if len(digits) > 4 or (len(digits) > 1 and digits.startswith("0")) or language.by_character:
            found.append(one_by_one)
        if len(digits) > 1 and digits.startswith("0"):
            found.reverse()
    return _unique(found)


def ordinal(written: str, language: Language) -> tuple[str, ...]:
    """Return how a number is said where it counts: "third". Nothing where nobody knows."""
    value = _value(written, language)
    if len(written) > _MOST_DIGITS or value != int(value) or not (said := _said(int(value), language, "ordinal")):
        return ()
    return _unique([said + ending for ending in language.data["ordinal_endings"]])


def digits(written: str, language: Language) -> tuple[str, ...]:
    """Return a number said digit by digit, and how else it may be said: "oh" for 0."""
    choices = [language.readings("numbers", c) or (_said(int(c), language) or c,) for c in written if c.isdigit()]
    return _unique([" ".join(choice) for choice, _ in zip(product(*choices), range(_MOST), strict=False)])


def price(written: str, names: tuple[str, ...], language: Language) -> tuple[str, ...]:
    """Return how a price may be said; a currency has names: one, many, a hundredth, many hundredths."""
    value = _value(written, language)
    whole, part = int(value), round(abs(value - int(value)) * 100)
    one, many, cent, cents = names
    unit = one if whole == 1 else many
    heads = [f"{said} {unit}" for said in cardinal(str(whole), language)[:4]]
    if not part:
        return _unique(heads)
    small = cardinal(str(part), language)[0]
    between = language.data["and"]
    tails = [small, f"{small} {cent if part == 1 else cents}", f"{between} {small} {cent if part == 1 else cents}"]
    return _unique([f"{head} {tail}" for head in heads[:2] for tail in tails])


def date(day: int, month: int, year: str, language: Language) -> tuple[str, ...]:
    """Return how a date may be said; nothing where the language's way is not known."""
    months = language.data["months"]
    if not months:
        return ()
    years = cardinal(year, language)
    names = {
        "day": cardinal(str(day), language)[0],
        "day_ordinal": (ordinal(str(day), language) or cardinal(str(day), language))[0],
        "month": months[month - 1],
        "month_ordinal": (ordinal(str(month), language) or (months[month - 1],))[0],
        "month_number": cardinal(str(month), language)[0],
    }
    forms = language.data["dates"]
    spoken = [form.format(**names, year=year) for year in reversed(years[-2:]) for form in forms]
    return _unique(spoken)


def time(hour: int, minute: int, clock: str, language: Language) -> tuple[str, ...]:
    """Return how a time of day may be said; `clock` is what follows it, such as "P M"."""
    hours = cardinal(str(hour), language)
    minutes = cardinal(str(minute), language)
    forms = [form for form in language.data["times"] if ("{minute}" in form) == bool(minute)]
    spoken = [form.format(hour=said, minute=minutes[0], clock=clock) for form in forms for said in hours[:2]]
    return _unique([" ".join(one.split()) for one in spoken])


def _value(written: str, language: Language) -> Decimal:
    plain = written.replace("−", "-")
    for mark in language.data["thousands"]:
        plain = plain.replace(mark, "")
    return Decimal(plain.replace(language.data["decimal"], "."))


def _unique(readings: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in readings if one))[:_MOST]


@lru_cache(maxsize=4096)
def _said(value: int | Decimal, language: Language, how: str = "cardinal") -> str:
    """Return what num2words calls a number; "" where it cannot."""
    if find_spec("num2words") is None:
        return ""
    from num2words import CONVERTER_CLASSES, num2words

    codes = (language.tag.replace("-", "_"), language.base, {"nb": "no"}.get(language.base, ""))
    code = next((code for code in codes if code in CONVERTER_CLASSES), None)
    if code is None or (language.base == "ja" and how == "year"):  # which it counts by emperors
        return ""
    try:
        return str(num2words(value, lang=code, to=how)).replace(",", "").replace("-", " " if code == "en" else "-")
    except (NotImplementedError, ArithmeticError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return ""  # each language of num2words fails in a way of its own
