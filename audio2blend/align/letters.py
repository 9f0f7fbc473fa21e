"""What letters may sound like: enough to find a text in its sound and to know where lips have to close.

There is a table a script, none a language: a letter allows every phone that it stands for in the common languages of
its script, and the network's ears choose. That is no pronunciation, but it takes none to see a p.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from ..phones import BILABIALS

BILABIAL: Final = frozenset(BILABIALS)
"""The phones that lips close on."""

_VOWEL: Final = "i y ɪ e ɛ æ ə a ɑ ɔ o u ʊ j w"
_R: Final = "ɹ r ʁ d ə"
_LATIN: Final = dict.fromkeys("aeiouyæœøı", _VOWEL) | {
    "b": "b p", "c": "k s ts ʃ θ ɕ t", "d": "d t ð ʒ", "f": "f v", "g": "ɡ ʒ h d j ŋ ʁ", "gh": "f ɡ w h", "h": "h",
    "j": "ʒ d h j ʁ", "k": "k ɡ", "l": "l j ʊ w", "m": "m", "n": "n ŋ m", "p": "p", "ph": "f p", "q": "k", "r": _R,
    "s": "s z ʃ ʒ", "t": "t d θ ð ts ʃ s", "v": "v f b w", "w": "w v", "x": "k s ɡ z ʃ", "z": "z s ts θ",
    "ð": "ð", "þ": "θ", "ł": "w l", "đ": "d ʒ",
}  # fmt: skip
_CYRILLIC: Final = dict.fromkeys("аеиоуыэюяіє", _VOWEL) | {
    "б": "b p", "в": "v f w", "г": "ɡ k h v", "ґ": "ɡ", "д": "d t", "ж": "ʒ ʃ", "з": "z s ʒ", "к": "k ɡ", "л": "l w",
    "м": "m", "н": "n ŋ", "п": "p b", "р": _R, "с": "s z ʃ", "т": "t d ts", "ф": "f v", "х": "h k", "ц": "ts s t",
    "ч": "ʃ ɕ t", "ш": "ʃ ɕ", "щ": "ʃ ɕ", "ђ": "ʒ d", "ј": "j i", "љ": "l j", "њ": "n j", "ћ": "ʃ ɕ t", "џ": "ʒ d",
    "ь": "", "ъ": "",
}  # fmt: skip
_GREEK: Final = dict.fromkeys("αεηιουω", _VOWEL) | dict.fromkeys(("αυ", "ευ"), f"{_VOWEL} v f") | {
    "β": "v b", "γ": "ɡ j h ŋ", "δ": "ð d", "ζ": "z s", "θ": "θ t", "κ": "k ɡ", "λ": "l", "μ": "m", "μπ": "b p m",
    "ν": "n ŋ m", "ντ": "d n t", "ξ": "k s", "π": "p b", "ρ": _R, "σ": "s z", "τ": "t d ts", "φ": "f",
    "χ": "h k ɕ", "ψ": "p s",
}  # fmt: skip
_ARABIC: Final = dict.fromkeys("اىةءعيی", f"{_VOWEL} h") | {
    "ب": "b p", "پ": "p", "ت": "t d", "ث": "θ t s", "ج": "ʒ d ɡ", "چ": "ʃ t", "ح": "h", "خ": "h k ʁ", "د": "d t",
    "ذ": "ð d z", "ر": _R, "ز": "z", "ژ": "ʒ z", "س": "s", "ش": "ʃ", "ص": "s", "ض": "d ð", "ط": "t d", "ظ": "ð z d",
    "غ": "ɡ ʁ h", "ف": "f v", "ق": "k ɡ", "ك": "k", "ک": "k", "گ": "ɡ", "ل": "l", "م": "m", "ن": "n ŋ m", "ه": "h",
    "و": f"{_VOWEL} v",
}  # fmt: skip
_DEVANAGARI: Final = dict.fromkeys("अआइईउऊऋएऐओऔ", _VOWEL) | {
    "क": "k", "ख": "k h", "ग": "ɡ", "घ": "ɡ h", "ङ": "ŋ n", "च": "ʃ ɕ t k", "छ": "ʃ ɕ t k", "ज": "ʒ d z", "झ": "ʒ d z",
    "ञ": "n j", "ट": "t d", "ठ": "t d", "ड": "d ɹ r", "ढ": "d ɹ r", "ण": "n", "त": "t d", "थ": "t θ", "द": "d t",
    "ध": "d t", "न": "n ŋ m", "प": "p b", "फ": "p f", "ब": "b p", "भ": "b p", "म": "m", "य": "j i e ʒ", "र": _R,
    "ल": "l", "ळ": "l", "व": "v w", "श": "ʃ s ɕ", "ष": "ʃ s ɕ", "स": "s z", "ह": "h",
}  # fmt: skip
_KANA: Final = {
    "カキクケコ": "k", "ガギグゲゴ": "ɡ ŋ", "サシスセソ": "s ʃ ɕ", "ザジズゼゾ": "z ʒ ts d", "タチツテト": "t ʃ ɕ ts",
    "ダヂヅデド": "d z ʒ", "ナニヌネノ": "n", "ハヒフヘホ": "h f ɕ w", "バビブベボ": "b", "パピプペポ": "p",
    "マミムメモ": "m", "ラリルレロ": "ɹ r l d", "ワヲ": "w", "ヴ": "v b", "アイウエオヤユヨァィゥェォャュョ": "",
}  # fmt: skip
_KANA_ALONE: Final = {"ン": "n ŋ m", "ー": "", "ッ": ""}


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, or letters that are read as one."""

    text: str
    phones: frozenset[str]
    """What it may sound like; empty if that cannot be known, as of a digit."""
    often_silent: bool = False
    """True of h, and of vowels that a script does not write."""
    surely_said: bool = False
    """Whether no language is silent on it here, before a vowel, r or l; one may be on the last of "lamb" and "trop"."""

    @property
    def closes(self) -> bool:
        """Whether lips close on it wherever it is said."""
        return bool(self.phones) and self.phones <= BILABIAL


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is written, and what its letters may sound like."""

    text: str
    letters: tuple[Letter, ...]


def _kana() -> Iterator[tuple[str, tuple[Letter, ...]]]:
    for row, consonant in _KANA.items():
        for kana in row:
            heads = [Letter(kana, frozenset(consonant.split()))] if consonant else []
            yield kana, (*heads, Letter("", frozenset(_VOWEL.split())))


def _table() -> dict[str, tuple[Letter, ...]]:
    """Return what every letter, or letters read as one, is read as."""
    unwritten = Letter("", frozenset(_VOWEL.split()), often_silent=True)
    out: dict[str, tuple[Letter, ...]] = dict(_kana())
    for script in (_LATIN, _CYRILLIC, _GREEK, _ARABIC, _DEVANAGARI, _KANA_ALONE):
        for text, phones in script.items():
            letter = Letter(text, frozenset(phones.split()), often_silent=phones == "h")
            vowel_follows = script in (_ARABIC, _DEVANAGARI) and "a" not in letter.phones
            out[text] = (letter, unwritten) if vowel_follows else (letter,) if phones else ()
    return out


_READ_AS: Final = _table()
_APOSTROPHES: Final = "'’\u02bc"
_KANA_MARKS: Final = "\u3099\u309a"


def spell(text: str) -> tuple[Word, ...]:
    """Return the words of a text and what their letters may sound like.

    Latin, Cyrillic, Greek, Arabic and Devanagari letters and kana are read. Han characters, digits and all others
    can be anything: a letter without phones. Letters that sound alike and stand together, such as "pp", are one.

    >>> [word.text for word in spell("Hello, Bob!")]
    ['Hello', 'Bob']
    >>> [(letter.text, letter.closes, letter.surely_said) for letter in spell("bomb")[0].letters]
    [('b', True, True), ('o', False, False), ('m', True, False), ('b', True, False)]
    >>> [len(letter.phones) for letter in spell("7")[0].letters]
    [0]
    """
    spaced = "".join(c if c in _APOSTROPHES or unicodedata.category(c)[0] in "LMN" else " " for c in text)
    words = [Word(word.strip(_APOSTROPHES), tuple(_letters(_plain(word)))) for word in spaced.split()]
    return tuple(word for word in words if word.letters)


def _plain(word: str) -> str:
    """Return a word in small letters without accents and vowel signs, its kana as katakana."""
    parts = unicodedata.normalize("NFKD", word.casefold())
    kept = "".join(c for c in parts if c in _KANA_MARKS or not unicodedata.category(c).startswith("M"))
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in unicodedata.normalize("NFC", kept))


def _letters(word: str) -> Iterator[Letter]:
    letters = _joined(_looked_up(word))
    for number, letter in enumerate(letters):
        after = letters[number + 1].phones if number + 1 < len(letters) else frozenset()
        before = letters[number - 1].phones if number else frozenset()
        mb = before == {"m"} and "b" in letter.phones  # "plumber"
        yield replace(letter, surely_said=bool(after & {"a", "l", "ɹ"}) and not mb)


def _looked_up(word: str) -> Iterator[Letter]:
    at = 0
    while at < len(word):
        text = word[at : at + 2] if word[at : at + 2] in _READ_AS else word[at]
        at += len(text)
        if text.isalnum():
            yield from _READ_AS.get(text, (Letter(text, frozenset()),))


def _joined(letters: Iterable[Letter]) -> list[Letter]:
    """Return letters with those joined that stand together and sound alike."""
    out: list[Letter] = []
    for letter in letters:
        if out and out[-1].phones == letter.phones:
            out[-1] = replace(out[-1], text=out[-1].text + letter.text)
        else:
            out.append(letter)
    return out
