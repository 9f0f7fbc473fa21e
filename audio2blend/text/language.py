"""`Language`: how a text in a language is read: espeak-ng's voice, and the rules of `languages/*.toml`.

A file there is named by a BCP 47 tag; "en-US" adds to "en". What they hold:

| key | what |
|---|---|
| `decimal`, `thousands` | the mark before decimals; the marks between thousands |
| `date` | the order of day, month and year in dates such as 3/4/2024: "dmy", "mdy" or "ymd" |
| `dates`, `months`, `times` | how a date and a time are said, the likeliest first |
| `time_marks`, `clock` | between hours and minutes; what may follow, as a regular expression with a group `clock` |
| `ordinal`, `ordinal_endings` | what makes a number an ordinal, as a regular expression; other endings of ordinals |
| `numbers`, `number_and` | other readings of numbers; a word in them that may be left out |
| `and`, `magnitudes` | between the parts of a price; what may follow its number |
| `inside` | marks that are said inside of an address, such as the dot |
| `abbreviations`, `symbols`, `units`, `currencies` | what they are read as; several readings in a list |
| `words` | more pronunciations of words, such as weak forms |
| `rewrite` | what is wrong in espeak-ng's phones: regular expressions and what replaces them |
| `variants` | likewise, for what people say too |
| `unsure` | why its pronunciations are guesses, where they are |
| `vowel` | what `{V}` stands for in these expressions |
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final

from ..errors import InputError
from ..wording import listed
from . import espeak

_FOLDER: Final = Path(__file__).parent / "languages"
_ALSO: Final = {"en": "en-us", "zh-hk": "yue", "no": "nb", "iw": "he", "in": "id", "fil": "tl", "sh": "sr"}
"""Tags that espeak-ng lacks, or takes for what few people mean."""
_TAG: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_SPACELESS: Final = frozenset({"cmn", "yue", "hak", "zh"})
"""Languages that write no spaces and a word or a part of one with each character."""

Rule = tuple[re.Pattern[str], str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """A language, and how its texts are read."""

    tag: str
    """As it was asked for."""
    base: str
    """The language alone: "en" of "en-US"; "cmn" of "zh"."""
    voice: str
    """What espeak-ng calls it, such as "gmw/en-US"."""
    data: Mapping[str, Any]
    """What the files say."""
    rewrite: tuple[Rule, ...]
    variants: tuple[Rule, ...]

    @property
    def by_character(self) -> bool:
        """Whether each character is a word, as in Chinese."""
        return self.base in _SPACELESS

    def readings(self, table: str, key: str) -> tuple[str, ...]:
        """Return what a key of a table is read as; nothing if it is not there."""
        found = self.data.get(table, {}).get(key, ())
        return (found,) if isinstance(found, str) else tuple(found)


@cache
def find(tag: str) -> Language:
    """Return the language of a BCP 47 tag, such as "de", "en-GB", "pt-BR" or "zh"; "en" is "en-US".

    A region that is not known is left out: "de-AT" is read as "de".

    Raises InputError for a language that espeak-ng does not speak, MissingDependencyError without espeak-ng.
    """
    wanted = tag.strip().replace("_", "-")
    voices = espeak.voices()
    parts = wanted.lower().split("-")
    if _TAG.fullmatch(wanted):
        for count in range(len(parts), 0, -1):
            key = "-".join(parts[:count])
            key = _ALSO.get(key, key)
            if key in voices:
                return _language(wanted, key, voices[key])
    known = [name for name in voices if "-" not in name]
    near = get_close_matches(parts[0], known, n=1)
    guess = f", did you mean {near[0]}?" if near else ""
    raise InputError(f'"{tag}" is no language that can be read{guess}; use one of {listed(known, most=len(known))}')


def _language(tag: str, key: str, voice: str) -> Language:
    name = voice.rpartition("/")[2]  # the name of the voice's file tells cmn of zh, and pt of pt-pt
    base = name.split("-")[0].lower()
    data: dict[str, Any] = {}
    for file in ("und", base, "en-GB" if name == "en" else name):
        for entry, value in _file(file).items():
            if isinstance(value, dict):
                data[entry] = data.get(entry, {}) | value
            elif entry in ("rewrite", "variants"):
                data[entry] = [*data.get(entry, []), *(rule for rule in value if rule not in data.get(entry, []))]
            else:
                data[entry] = value
    vowel = data["vowel"]

    def rules(entry: str) -> tuple[Rule, ...]:
        return tuple(
            (re.compile(decomposed(what).replace("{V}", vowel)), decomposed(put)) for what, put in data.get(entry, [])
        )

    return Language(tag=tag, base=base, voice=voice, data=data, rewrite=rules("rewrite"), variants=rules("variants"))


def decomposed(ipa: str) -> str:
    """Return IPA with each mark a character of its own, but for ç, which is a letter."""
    return unicodedata.normalize("NFD", ipa).replace("c\u0327", "ç")


@cache
def _file(name: str) -> dict[str, Any]:
    path = _FOLDER / f"{name}.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
