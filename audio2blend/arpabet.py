"""ARPAbet, the phone set of the CMU dictionary and of the aligners built on it, in IPA."""

from collections.abc import Iterable
from typing import Final

ARPABET: Final = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "aʊ", "AY": "aɪ", "B": "b", "CH": "tʃ", "D": "d", "DH": "ð",
    "EH": "ɛ", "ER": "ɝ", "EY": "eɪ", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "i", "JH": "dʒ", "K": "k",
    "L": "l", "M": "m", "N": "n", "NG": "ŋ", "OW": "oʊ", "OY": "ɔɪ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ",
    "T": "t", "TH": "θ", "UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip
"""IPA of each, without stress."""
_UNSTRESSED: Final = {"AH": "ə", "ER": "ɚ"}
_STRESS: Final = {"0": "", "1": "ˈ", "2": "ˌ"}


def to_ipa(label: str) -> str:
    """Return a phone in IPA; what is no ARPAbet comes back as it is. A vowel may end in its stress: 0, 1 or 2.

    >>> to_ipa("AY1"), to_ipa("AH0"), to_ipa("ŋ")
    ('ˈaɪ', 'ə', 'ŋ')
    """
    name, stress = (label[:-1], label[-1]) if label[-1:] in _STRESS else (label, "")
    if name not in ARPABET:
        return label
    if stress == "0":
        return _UNSTRESSED.get(name, ARPABET[name])
    return _STRESS.get(stress, "") + ARPABET[name]


def is_arpabet(labels: Iterable[str]) -> bool:
    """Return whether labels are ARPAbet in capitals or small letters; IPA has some of the same, but not all.

    >>> is_arpabet(["hh", "ah0"]), is_arpabet(["h", "ʌ"])
    (True, False)
    """
    return all(label.upper().rstrip("012") in ARPABET for label in labels)
