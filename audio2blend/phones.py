"""One small set of phone classes for all languages, chosen by how phones sound and by what they do to the mouth."""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .intervals import Interval

_SYMBOLS: Final = {
    "sil": ".,!?;:—…", "p": "pƥ", "b": "bβɓʙʘ", "m": "mɱ", "f": "fɸ", "v": "vʋⱱ", "θ": "θ", "ð": "ð",
    "t": "tʈʔǀǃ", "d": "dɖɾɗᶑɽɺ", "ts": "ʦꭧ", "n": "nɲɳ", "ŋ": "ŋɴ", "s": "sʂɬ", "z": "zʣʐɮ", "ɕ": "ɕʨç", "ʃ": "ʃɧ",
    "ʒ": "ʒʑʥʝɟʄ", "k": "kcqʡǂǁ", "ɡ": "ɡgɣɠɢʛ", "h": "hxħɦʜʕʢ", "ɹ": "ɹɻ", "r": "r", "ʁ": "ʁʀχ", "l": "lʎɫɭʟ",
    "w": "wɥʍɰ", "j": "j", "i": "i", "y": "yøʏ", "ɪ": "ɪᵻɨ", "e": "e", "ɛ": "ɛ", "æ": "æ", "ə": "əɜɚɐœɘɵɞɝ", "a": "aɶ",
    "ɑ": "ɑʌ", "ɔ": "ɔɒ", "o": "oɤ", "u": "uɯʉ", "ʊ": "ʊ",
}  # fmt: skip

PHONES: Final[tuple[str, ...]] = tuple(_SYMBOLS)
"""The classes, named by an IPA symbol each; class 0 is silence."""

BILABIALS: Final = ("p", "b", "m")
"""The phones that lips are shut on."""
LABIODENTALS: Final = ("f", "v")
"""The phones on which the lower lip meets the upper teeth."""
_CLASS_OF: Final = {symbol: index for index, symbols in enumerate(_SYMBOLS.values()) for symbol in symbols}


def class_of(letter: str) -> str:
    """Return the class that a letter of the IPA belongs to; a class belongs to itself.

    >>> class_of("ø"), class_of("ts")
    ('y', 'ts')
    """
    return letter if letter in PHONES else PHONES[_CLASS_OF[letter]]


def merged(phones: Iterable[Sequence[object]]) -> list[Interval]:
    """Return one entry a phone class: stress marks join the vowel after them, other marks the phone before.

    A space between words is kept as " ": it is a pause in some places and nothing in others.

    >>> merged([("ˈ", 0.0, 0.1), ("ɔ", 0.1, 0.2), ("ː", 0.2, 0.3), (" ", 0.3, 0.4)])
    [Interval(label='ɔ', start_s=0.0, end_s=0.3), Interval(label=' ', start_s=0.3, end_s=0.4)]
    """
    out: list[Interval] = []
    pending: float | None = None
    for entry in phones:
        symbol, start, end = str(entry[0]), float(str(entry[1])), float(str(entry[2]))
        if symbol in "ˈˌ":
            pending = start
        elif symbol == " ":
            out.append(Interval(" ", start, end))
        elif symbol in _CLASS_OF:
            out.append(Interval(PHONES[_CLASS_OF[symbol]], start if pending is None else pending, end))
            pending = None
        elif out:
            out[-1] = out[-1]._replace(end_s=end)
    return out


def segments(ipa: str) -> list[tuple[str, str]]:
    """Return the phones of a word in IPA, each with its class: marks of stress and length stay with their phone.

    Both parts of a diphthong or an affricate are phones of their own. Letters that are none of the IPA's are left out.

    >>> segments("ˈdɔɪ̯tʃ")
    [('ˈd', 'd'), ('ɔ', 'ɔ'), ('ɪ̯', 'ɪ'), ('t', 't'), ('ʃ', 'ʃ')]
    """
    out: list[tuple[str, str]] = []
    stress = ""
    for symbol in unicodedata.normalize("NFD", ipa).replace("c\u0327", "ç"):
        if symbol in "ˈˌ":
            stress = symbol
        elif _CLASS_OF.get(symbol):
            out.append((stress + symbol, PHONES[_CLASS_OF[symbol]]))
            stress = ""
        elif out and unicodedata.category(symbol) in ("Lm", "Mn", "Sk"):
            out[-1] = (out[-1][0] + symbol, out[-1][1])
    return out


def classes(
    phones: Iterable[tuple[str, float, float]], times_s: NDArray[np.float64], *, pause_s: float = 0.1
) -> NDArray[np.int64]:
    """Return the class at each time, shape (n_times,): 0 outside of phones, −1 in a space too short to be a pause."""
    out = np.zeros(len(times_s), np.int64)
    for symbol, start, end in phones:
        inside = (times_s >= start) & (times_s < end)
        if symbol == " ":
            out[inside] = 0 if end - start >= pause_s else -1
        else:
            out[inside] = PHONES.index(symbol)
    return out


def timed(found: NDArray[np.integer[Any]], frame_rate: float) -> list[Interval]:
    """Return the phones whose classes, shape (n_frames,), are known from frame to frame: what `classes` undoes.

    Frames of class −1 have no phone: the phones around share them in halves. Silence is listed as "sil".

    >>> [tuple(phone) for phone in timed(np.array([0, 1, 1, -1, -1, 3]), 10)]
    [('sil', 0.0, 0.1), ('p', 0.1, 0.4), ('m', 0.4, 0.6)]
    """
    known = np.flatnonzero(found >= 0)
    if not len(known):
        return []
    filled = found[known]
    edges = np.flatnonzero(np.diff(filled)) + 1
    borders = [0, *((known[edges] + known[edges - 1] + 1) // 2).tolist(), len(found)]
    names = [PHONES[number] for number in filled[[0, *edges.tolist()]]]
    return [
        Interval(name, float(start / frame_rate), float(end / frame_rate))
        for name, (start, end) in zip(names, pairwise(borders), strict=True)
    ]
