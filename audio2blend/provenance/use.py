"""What a person's voice or face is used for, where, and in which languages: the words that consent is written in."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Self

from ..errors import InputError

ANY: Final = "any"
"""Every purpose, or every language."""
WORLDWIDE: Final = "worldwide"
"""Every territory."""
_WORDS: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
PURPOSES: Final[Mapping[str, str]] = _WORDS["purposes"]
"""What something is made for, and what that means; a studio's own begin with `x-`."""
MEDIA: Final[Mapping[str, str]] = _WORDS["media"]
"""What of a person is used, and what that means."""
_TERRITORIES: Final = {name: frozenset(codes.split()) for name, codes in _WORDS["territories"].items()}
COUNTRIES: Final = _TERRITORIES.pop("countries")
"""ISO 3166-1 alpha-2."""
GROUPS: Final = _TERRITORIES
"""Names of several territories at once."""
_OWN: Final = re.compile(r"x-[a-z0-9-]{1,40}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")
"""A BCP 47 tag in small letters, as far as its form goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What something is made for; what is not said counts as all there is, which only the widest consent covers.

    Raises InputError for a word that is none.
    """

    purpose: str = ANY
    territories: tuple[str, ...] = (WORLDWIDE,)
    languages: tuple[str, ...] = (ANY,)
    """BCP 47 tags."""
    media: tuple[str, ...] = ("voice",)

    def __post_init__(self) -> None:
        """Bring the words into one form."""
        (purpose,) = purposes([self.purpose])
        for name, value in (
            ("purpose", purpose),
            ("territories", territories(self.territories)),
            ("languages", languages(self.languages)),
            ("media", media(self.media)),
        ):
            object.__setattr__(self, name, value)

    def __str__(self) -> str:
        return f"{self.purpose}, {' '.join(self.territories)}, {' '.join(self.languages)}, {' '.join(self.media)}"

    def narrowed(self, **values: Any) -> Self:
        """Return it with those values that are not empty in place of its own."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return type(self)(**own | {name: value for name, value in values.items() if value})


def purposes(words: Iterable[str]) -> tuple[str, ...]:
    """Return purposes in one form and order. Raises InputError for one that is not known."""
    return _known("purpose", words, str.lower, PURPOSES, _OWN)


def media(words: Iterable[str]) -> tuple[str, ...]:
    """Return media in one form and order. Raises InputError for one that is not known."""
    return _known("medium", words, str.lower, MEDIA)


def territories(words: Iterable[str]) -> tuple[str, ...]:
    """Return territories in one form and order.

    Raises InputError for what is no alpha-2 code of ISO 3166-1, EU, EEA or worldwide.
    """
    out = []
    for word in _words("territory", words):
        code = word.lower() if word.lower() == WORLDWIDE else word.upper()
        if code not in COUNTRIES and code not in GROUPS and code != WORLDWIDE:
            raise InputError(f"'{word}' is no territory; write two letters such as DE, or EU, EEA, {WORLDWIDE}")
        out.append(code)
    return tuple(sorted({*out}))


def languages(words: Iterable[str]) -> tuple[str, ...]:
    """Return languages in one form and order. Raises InputError for what is no BCP 47 tag by its form."""
    out = {word.lower() for word in _words("language", words)}
    if unknown := next((word for word in sorted(out) if not _LANGUAGE.fullmatch(word)), None):
        raise InputError(f"'{unknown}' is no language; write a tag such as de or en-GB, or {ANY}")
    return tuple(sorted(out))


def within(wanted: Iterable[str], given: Iterable[str]) -> list[str]:
    """Return which territories are not among others."""
    there = {*given}
    for group, members in GROUPS.items():
        if group in there:
            there |= members
    if WORLDWIDE in there:
        return []
    return [code for code in wanted if code not in there and not (GROUPS.get(code, frozenset(" ")) <= there)]


def spoken(wanted: Iterable[str], given: Iterable[str]) -> list[str]:
    """Return which languages are not among others; "de" among them stands for "de-at" as well, not the other way."""
    there = {*given}
    if ANY in there:
        return []
    return [tag for tag in wanted if not any(f"{tag}-".startswith(f"{known}-") for known in there)]


def _known(
    noun: str, words: Iterable[str], form: Any, known: Mapping[str, str], own: re.Pattern[str] | None = None
) -> tuple[str, ...]:
    out = {form(word) for word in _words(noun, words)}
    for word in sorted(out):
        if word not in known and not (own and own.fullmatch(word)):
            more = ", or one of your own such as x-theme-park" if own else ""
            raise InputError(f"'{word}' is no {noun}; there are {', '.join(known)}{more}")
    return tuple(sorted(out))


def _words(noun: str, words: Iterable[str]) -> list[str]:
    """Return words without the space around them. Raises InputError if there are none."""
    if isinstance(words, (str, Mapping)) or not all(isinstance(word, str) for word in words):
        raise InputError(f"{words!r} is no list of words; write each {noun} as a text of its own")
    out = [word.strip() for word in words]
    if not any(out):
        raise InputError(f"no {noun} is named; name one or more")
    return out
