"""What a person agreed to, in the fields of ISO/IEC TS 27560:2023 that are no personal data."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final, Self

from ...errors import InputError
from .. import use
from ..use import ANY, Use

GIVEN_BY: Final = ("person", "guardian", "rights-holder")
"""Who says yes: the person, the guardian of a minor, or whoever holds the rights of somebody who died."""
METHODS: Final = ("signed", "spoken", "form", "contract")
"""How it was said: a signed paper, a recorded statement, a form on a screen, or as part of a contract."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_LISTS: Final = {
    "purposes": use.purposes,
    "media": use.media,
    "territories": use.territories,
    "languages": use.languages,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What somebody agreed to. Raises InputError for values that make no consent."""

    purposes: tuple[str, ...]
    media: tuple[str, ...] = ("voice",)
    territories: tuple[str, ...] = (use.WORLDWIDE,)
    languages: tuple[str, ...] = (ANY,)
    """BCP 47 tags."""
    since: date
    """The first day."""
    until: date | None = None
    """The last day; None for until it is withdrawn."""
    exclusive: bool = False
    """Whether nobody else may use it so."""
    sublicensing: bool = False
    """Whether it may be passed on to others."""
    training: bool = False
    """Whether models may be trained on it."""
    given_by: str = "person"
    minor: bool = False
    deceased: bool = False
    method: str = "signed"
    evidence: str
    """SHA-256 of the signed paper or of the spoken statement, in hexadecimal."""
    notice: str = ""
    """SHA-256 of the text that the person was shown; "" where it is part of the evidence."""
    controller: str = ""
    """Who asks for it and answers for it: a company."""

    def __post_init__(self) -> None:
        """Check the values and bring the words into one form."""
        for name, known in _LISTS.items():
            object.__setattr__(self, name, known(getattr(self, name)))
        if self.until is not None and self.until < self.since:
            raise InputError(f"it ends on {self.until}, before it begins on {self.since}; correct one of the days")
        for name, values in (("given_by", GIVEN_BY), ("method", METHODS)):
            if getattr(self, name) not in values:
                raise InputError(f"{name} is {getattr(self, name)!r}; there are {', '.join(values)}")
        if self.minor and self.given_by != "guardian":
            raise InputError("a minor's consent is given by a guardian; have it given by one and say so")
        if self.deceased and self.given_by != "rights-holder":
            raise InputError("for somebody who died the holder of the rights consents; ask for that and say so")
        for name in ("evidence", "notice"):
            value = getattr(self, name)
            if not isinstance(value, str) or not (_DIGEST.fullmatch(value) or (name == "notice" and not value)):
                raise InputError(f"{name} is {value!r}, no SHA-256 in hexadecimal; give the 64 digits of the file's")

    def lack(self, wanted: Use, today: date) -> str:
        """Return what of a use is not agreed to, as a clause; "" if all of it is."""
        if today < self.since:
            return f"begins on {self.since}"
        if self.until is not None and today > self.until:
            return f"expired on {self.until}"
        if wanted.purpose not in self.purposes and ANY not in self.purposes:
            return _not("the purpose", [wanted.purpose])
        if missing := use.within(wanted.territories, self.territories):
            return _not("the territory", missing)
        if missing := use.spoken(wanted.languages, self.languages):
            return _not("the language", missing)
        if missing := [one for one in wanted.media if one not in self.media]:
            return _not("the use of", missing)
        return ""

    def as_json(self) -> dict[str, Any]:
        """Return the values as JSON has them."""
        found = {name: getattr(self, name) for name in _TYPES}
        return {
            name: list(value) if isinstance(value, tuple) else value.isoformat() if isinstance(value, date) else value
            for name, value in found.items()
        }

    def canonical(self) -> str:
        """Return the one text that these values have: JSON with sorted keys and no space."""
        return canonical(self.as_json())

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Return the terms that `as_json` made `values` of. Raises InputError for what is none, hostile values too."""
        if unknown := sorted({*values} - {*_TYPES}):
            raise InputError(f"{unknown[0]!r} is no part of a consent; there are {', '.join(_TYPES)}")
        if missing := sorted({"purposes", "since", "evidence"} - {*values}):
            raise InputError(f"{missing[0]} is missing; a consent must say it")
        found: dict[str, Any] = {}
        for name, value in values.items():
            if name in _LISTS:
                found[name] = tuple(value) if isinstance(value, list) else value
            elif name in ("since", "until"):
                found[name] = None if value is None and name == "until" else day(value)
            elif not isinstance(value, _TYPES[name]):
                raise InputError(f"{name} is {value!r}; write {'true or false' if _TYPES[name] is bool else 'a text'}")
            else:
                found[name] = value
        return cls(**found)


_TYPES: Final[Mapping[str, type]] = {one.name: bool if one.type is bool else str for one in fields(Terms)}
"""What JSON has for each field that is no list and no day."""


def day(text: object) -> date:
    """Return the day that a text names, such as "2026-12-31". Raises InputError for one that names none."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise InputError(f"{str(text)[:40]!r} is no day; write it as 2026-12-31") from None


def canonical(value: object) -> str:
    """Return JSON in ASCII with sorted keys, no space and no line break: the same text for the same values.

    >>> canonical({"b": 1, "a": ["x"]})
    '{"a":["x"],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _not(what: str, names: list[str]) -> str:
    return f"does not cover {what} {', '.join(names)}"
