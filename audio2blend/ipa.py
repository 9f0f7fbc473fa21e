"""The International Phonetic Alphabet: what a transcription says of tongue, lips and voice, in any language."""

import tomllib
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).with_name("ipa.toml")
_HEIGHTS: Final = ("close", "near-close", "close-mid", "mid", "open-mid", "near-open", "open")
_BACKNESS: Final = ("front", "near-front", "central", "near-back", "back")
_SEALING: Final = frozenset({"plosive", "nasal", "trill", "click", "implosive"})
_TIES: Final = "\u0361\u035c"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A sound of speech by how it is made.

    >>> phone, = phones("ỹː")
    >>> phone.height, phone.rounding, phone.nasal, phone.length
    (0.0, 1.0, True, 1.5)
    """

    letter: str
    """The letter of the IPA that it is written with."""
    manner: str
    """"vowel", "plosive", "nasal", "trill", "tap", "fricative", "sibilant", "lateral", "rhotic", "approximant",
    "click" or "implosive"."""
    place: str = ""
    """Of a consonant: "bilabial", "labiodental", "dental", "alveolar", …; "" of a vowel."""
    voiced: bool = True
    height: float = 0.0
    """Of a vowel, how far the tongue is lowered: 0 close, 1 open."""
    backness: float = 0.0
    """Of a vowel, 0 front, 1 back."""
    rounding: float = 0.0
    """How far the lips are rounded, from 0 to 1."""
    nasal: bool = False
    length: float = 1.0
    """1.5 of a long phone, 0.5 of a short one."""
    syllabic: bool = False
    """Whether it carries a syllable, as vowels do unless they are the weak part of a diphthong."""
    palatalised: bool = False
    stress: int = 0
    """1 for the vowel of a syllable with primary stress, 2 with secondary, 0 if none is written."""
    marked: bool = False
    """Whether marks make it another sound than its bare letter; length, stress and tone do not."""

    @property
    def is_vowel(self) -> bool:
        """Whether it is a vowel, the weak part of a diphthong too."""
        return self.manner == "vowel"

    @property
    def seals(self) -> bool:
        """Whether the lips are shut for it, as for p, b and m."""
        return self.place in ("bilabial", "labial-and-lingual") and self.manner in _SEALING

    @property
    def bites(self) -> bool:
        """Whether the lower lip meets the upper teeth, as for f and v."""
        return self.place == "labiodental"


def phones(ipa: str) -> tuple[Phone, ...]:
    """Return the phones of a transcription; both parts of a diphthong and of an affricate are phones of their own.

    Two consonants that are tied and made at once, as in k͡p, are one, shut lips and all. Stress goes to the vowel of
    its syllable. Tones, borders of syllables and what is no letter of the IPA are left out; `unknown` says which the
    last ones are.

    >>> [phone.letter for phone in phones("ˈdɔɪ̯tʃ")]
    ['d', 'ɔ', 'ɪ', 't', 'ʃ']
    """
    return _parsed(ipa)[0]


def unknown(ipa: str) -> str:
    """Return the characters of a transcription that nobody knows, each once.

    >>> unknown("ˈa§b")
    '§'
    """
    return _parsed(ipa)[1]


def letters() -> frozenset[str]:
    """Return the letters of consonants and vowels."""
    chart = _chart()
    return frozenset(chart["consonants"]) | frozenset(chart["vowels"])


@cache
def _parsed(ipa: str) -> tuple[tuple[Phone, ...], str]:
    chart = _chart()
    out: list[Phone] = []
    strange: dict[str, None] = {}
    stress, tied = 0, False
    for symbol in _written(ipa):
        if symbol in chart["stress"]:
            stress = chart["stress"][symbol]
        elif (phone := _letter(symbol)) is not None:
            if stress and phone.is_vowel:
                phone, stress = replace(phone, stress=stress), 0
            if tied and out and (both := _at_once(out[-1], phone)):
                out[-1] = both
            else:
                out.append(phone)
            tied = False
        elif symbol in _TIES:
            tied = True
        elif symbol in chart["marks"]:
            if out:
                out[-1] = _changed(out[-1], chart["marks"][symbol])
                if stress and out[-1].syllabic:
                    out[-1], stress = replace(out[-1], stress=stress), 0
            elif symbol == "ʰ":
                out.append(_certain("h"))
        elif symbol not in chart["silent"]["signs"] + chart["silent"]["marks"]:
            strange[symbol] = None
    return tuple(out), "".join(strange)


def _written(ipa: str) -> str:
    """Return a transcription in the chart's own letters, marks apart from them."""
    text = unicodedata.normalize("NFD", ipa).replace("c\u0327", "ç")
    others = _chart()["others"]
    return "".join(others.get(symbol, symbol) for symbol in text)


@cache
def _chart() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def _letter(symbol: str) -> Phone | None:
    chart = _chart()
    if symbol in chart["vowels"]:
        height, backness, lips = chart["vowels"][symbol].split()
        return Phone(
            letter=symbol,
            manner="vowel",
            height=_HEIGHTS.index(height) / (len(_HEIGHTS) - 1),
            backness=_BACKNESS.index(backness) / (len(_BACKNESS) - 1),
            rounding=float(lips == "rounded"),
            syllabic=True,
        )
    if symbol in chart["consonants"]:
        voicing, place, manner = chart["consonants"][symbol].split()
        rounded = float(place.startswith("labio") and place != "labiodental")
        voiced = voicing == "voiced"
        return Phone(
            letter=symbol, manner=manner, place=place, voiced=voiced, nasal=manner == "nasal", rounding=rounded
        )
    return None


def _certain(letter: str) -> Phone:
    phone = _letter(letter)
    assert phone is not None
    return phone


def _at_once(first: Phone, second: Phone) -> Phone | None:
    """Return what two tied plosives or nasals in different places are together, as k and p; None for an affricate."""
    if first.manner not in _SEALING or second.manner != first.manner or first.place == second.place:
        return None
    if not (first.seals or second.seals):
        return None
    return replace(first, place="labial-and-lingual", marked=True)


def _changed(phone: Phone, what: str) -> Phone:
    """Return a phone with a mark."""
    step = 1 / (len(_HEIGHTS) - 1)
    changes: dict[str, dict[str, Any]] = {
        "long": {"length": 1.5},
        "half-long": {"length": 1.25},
        "short": {"length": 0.5},
        "syllabic": {"syllabic": True},
        "non-syllabic": {"syllabic": False},
        "nasal": {"nasal": True},
        "voiceless": {"voiced": False},
        "voiced": {"voiced": True},
        "labialised": {"rounding": max(phone.rounding, 0.6), "marked": True},
        "compressed": {"rounding": max(phone.rounding, 0.3), "marked": True},
        "palatalised": {"palatalised": True, "marked": True},
        "rhotic": {"rounding": max(phone.rounding, 0.3), "marked": True},
        "more rounded": {"rounding": min(1.0, phone.rounding + 0.3), "marked": True},
        "less rounded": {"rounding": max(0.0, phone.rounding - 0.3), "marked": True},
        "raised": {"height": max(0.0, phone.height - step / 2), "marked": True},
        "lowered": {"height": min(1.0, phone.height + step / 2), "marked": True},
        "fronted": {"backness": max(0.0, phone.backness - 0.2), "marked": True},
        "backed": {"backness": min(1.0, phone.backness + 0.2), "marked": True},
        "centralised": {"backness": (phone.backness + 0.5) / 2, "marked": True},
        "linguolabial": {"place": "linguolabial", "marked": True},
        "dental": {"place": "dental", "marked": True} if phone.place == "alveolar" else {},
    }
    if what in ("raised", "lowered", "fronted", "backed", "centralised") and not phone.is_vowel:
        return phone
    return replace(phone, **changes.get(what, {}))
