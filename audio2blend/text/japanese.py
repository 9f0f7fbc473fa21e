"""Japanese words, how they are read and how they sound: the text has no spaces, and espeak-ng knows no Han."""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, Final

from . import extra

_ROWS: Final = {
    "アイウエオ": "a i ɯ e o", "カキクケコ": "ka kʲi kɯ ke ko", "ガギグゲゴ": "ɡa ɡʲi ɡɯ ɡe ɡo",
    "サシスセソ": "sa ɕi sɯ se so", "ザジズゼゾ": "za dʑi zɯ ze zo", "タチツテト": "ta tɕi tsɯ te to",
    "ダヂヅデド": "da dʑi zɯ de do", "ナニヌネノ": "na ɲi nɯ ne no", "ハヒフヘホ": "ha çi ɸɯ he ho",
    "バビブベボ": "ba bʲi bɯ be bo", "パピプペポ": "pa pʲi pɯ pe po", "マミムメモ": "ma mʲi mɯ me mo",
    "ラリルレロ": "ɾa ɾʲi ɾɯ ɾe ɾo",
}  # fmt: skip
_ALONE: Final = {
    "ヤ": "ja", "ユ": "jɯ", "ヨ": "jo", "ワ": "wa", "ヲ": "o", "ヰ": "i", "ヱ": "e", "ヴ": "bɯ", "ヵ": "ka", "ヶ": "ka",
}  # fmt: skip
_SMALL: Final = {"ャ": "a", "ュ": "ɯ", "ョ": "o", "ァ": "a", "ィ": "i", "ゥ": "ɯ", "ェ": "e", "ォ": "o", "ヮ": "a"}
_GLIDES: Final = "ャュョ"
_PALATAL: Final = {"n": "ɲ", "h": "ç"} | {consonant: f"{consonant}ʲ" for consonant in "kɡbpmɾtd"}
_NASAL: Final = {"ɲ": "ɲ"} | dict.fromkeys("pbm", "m") | dict.fromkeys("tdnɾz", "n") | dict.fromkeys("kɡ", "ŋ")
_DIGITS: Final = "〇一二三四五六七八九"


def words(text: str, *, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield the words of a text and their readings in katakana as they are said: ("は", "ワ").

    The reading is "" where nobody knows. A digit `before` it decides how what is counted is read: 3人 is サンニン.

    Source: the dictionary IPADIC, by the library Janome.
    """
    number = _DIGITS[int(before)] if before.isdecimal() else ""
    found = list(_tokenizer().tokenize(number + text))
    if number and found[0].surface != number:  # they are a word of their own, as 一人 is
        found = list(_tokenizer().tokenize(text))
        number = ""
    for token in islice(found, len(number), None):
        yield (
            token.surface,
            token.phonetic if token.phonetic != "*" else token.surface if is_kana(token.surface) else "",
        )


def reading(text: str) -> str:
    """Return a text in katakana, as it is said."""
    return "".join(kana or surface for surface, kana in words(text))


def is_kana(text: str) -> bool:
    """Return whether a text is of kana alone, and spaces."""
    return all("ぁ" <= c <= "ヿ" or c == " " for c in text)


def ipa(kana: str) -> str:
    """Return what kana sound like in IPA.

    Source: H. Okada, *Japanese*, in the Handbook of the International Phonetic Association, 1999.

    >>> ipa("トーキョー ガッコウ シンブン ファン")
    'toːkʲoː ɡakkoɯ ɕimbɯɴ ɸaɴ'
    """
    return " ".join(_word_ipa(word) for word in kana.split())


def _word_ipa(kana: str) -> str:
    kana = "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in kana)
    out = ""  # from the end, since ン and ッ sound like what comes after
    at = len(kana)
    while at:
        at -= 1
        letter = kana[at]
        if letter in _SMALL and at and (head := _table().get(kana[at - 1], "")):
            at -= 1
            out = _contracted(head, letter) + out
        elif letter == "ン":
            out = _NASAL.get(out[:1], "ɴ") + out
        elif letter == "ッ":
            out = (out[:1] or "ʔ") + out
        elif letter == "ー":
            out = "ː" + out
        else:
            out = (_table().get(letter) or _SMALL.get(letter, "")) + out
    return out


def _contracted(head: str, small: str) -> str:
    """Return what a kana and the small one after it sound like: キョ is kʲo, ファ is ɸa, シェ is ɕe."""
    consonant, vowel = head[:-1], _SMALL[small]
    if small in _GLIDES and consonant and not consonant.endswith(("ɕ", "ʑ", "ʲ", "ɲ", "ç")):
        consonant = _PALATAL.get(consonant, consonant + "j")
    if not consonant:  # ウィ, イェ
        consonant = {"ɯ": "w", "i": "j"}.get(head, "")
    return consonant + vowel


@cache
def _table() -> dict[str, str]:
    rows = (zip(row, sounds.split(), strict=True) for row, sounds in _ROWS.items())
    return _ALONE | {kana: said for row in rows for kana, said in row}


@cache
def _tokenizer() -> Any:
    extra.require("janome", "reading Japanese")
    from janome.tokenizer import Tokenizer

    return Tokenizer()
