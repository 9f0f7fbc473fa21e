"""The user's own pronunciations: lines of a word, a tab and its phones, in IPA or as CMUdict has them.

```
# our names
Kjersti	ˈçæʂti
GIF	dʒ ɪ f
GIF	ɡ ɪ f
HELLO  HH AH0 L OW1
```
"""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ..errors import InputError
from ..phones import segments
from .readers.decoding import decoded

Lexicon = Mapping[str, tuple[str, ...]]
"""The pronunciations of words in IPA, the likeliest first; the words as `key` has them."""

_ARPABET: Final = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "aʊ", "AX": "ə", "AXR": "ɚ", "AY": "aɪ", "B": "b", "CH": "tʃ",
    "D": "d", "DH": "ð", "DX": "ɾ", "EH": "ɛ", "EL": "l̩", "EM": "m̩", "EN": "n̩", "ER": "ɝ", "EY": "eɪ", "F": "f",
    "G": "ɡ", "HH": "h", "IH": "ɪ", "IX": "ɨ", "IY": "i", "JH": "dʒ", "K": "k", "L": "l", "M": "m", "N": "n",
    "NG": "ŋ", "OW": "oʊ", "OY": "ɔɪ", "P": "p", "Q": "ʔ", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t", "TH": "θ",
    "UH": "ʊ", "UW": "u", "UX": "ʉ", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip
_STRESS: Final = {"0": "", "1": "ˈ", "2": "ˌ"}
_ARPA_PHONE: Final = re.compile(r"([A-Z]{1,3})([012]?)")
_VARIANT: Final = re.compile(r"(.+)\(\d+\)")  # how CMUdict marks a second pronunciation
_MARKS: Final = "ˈˌ.‿|͜͡"


def read(path: str | Path) -> Lexicon:
    """Return the lexicon in a file; lines that begin with # or ;;; are comments.

    Raises InputError, naming the line, for a line without phones or with a phone that is none.
    """
    out: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(decoded(Path(path)).splitlines(), 1):
        if not line.strip() or line.startswith(("#", ";;;")):
            continue
        word, _, phones = line.partition("\t") if "\t" in line else line.partition("  ")
        if not word.strip() or not phones.strip():
            raise InputError(
                f"{path}, line {number}: expected a word, a tab and its phones, found {line.strip()[:60]!r}"
            )
        try:
            said = ipa(phones)
        except ValueError as error:
            raise InputError(f"{path}, line {number}: {error}") from None
        name = key(match[1] if (match := _VARIANT.fullmatch(word.strip())) else word)
        out[name] = tuple(dict.fromkeys((*out.get(name, ()), said)))
    return out


def key(word: str) -> str:
    """Return how a word is looked up: whatever its capitals and apostrophes."""
    return unicodedata.normalize("NFC", word.strip().casefold().replace("’", "'"))


def ipa(phones: str) -> str:
    """Return phones in IPA, which may be given in ARPAbet or with spaces between them.

    Raises ValueError, naming it, for a phone that is none.

    >>> ipa("HH AH0 L OW1"), ipa("h ɛ l oʊ")
    ('hʌlˈoʊ', 'hɛloʊ')
    """
    parts = phones.split()
    arpa = [_ARPA_PHONE.fullmatch(part) for part in parts]
    if all(match and match[1] in _ARPABET for match in arpa):
        return "".join(_STRESS[match[2] or "0"] + _ARPABET[match[1]] for match in arpa if match)
    said = "".join(parts)
    for letter in unicodedata.normalize("NFD", said):
        if letter not in _MARKS and unicodedata.category(letter) not in ("Mn", "Lm", "Sk") and not segments(letter):
            raise ValueError(f"{letter!r} in {phones.strip()[:60]!r} is no phone of the IPA or of ARPAbet")
    if not segments(said):
        raise ValueError(f"{phones.strip()[:60]!r} holds no phone of the IPA or of ARPAbet")
    return said
