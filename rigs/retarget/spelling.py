"""Reading the names of shapes: one key for every way to spell the same."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from ..words import words

_NAMESPACE: Final = re.compile(r".*(?:[:|/\\]|blend_?shapes?\d*\.)(?=.)", re.DOTALL | re.IGNORECASE)
"""What is no part of a name: paths, namespaces, and the node that holds the shapes in Maya, "EyeLeft_blendShape0."."""
_COPY: Final = re.compile(r"[._ ]\d{3}$")
_SIDES: Final = {"l": "<l>", "left": "<l>", "r": "<r>", "right": "<r>"}
SIDES: Final = ("<l>", "<r>")
"""How the key of a name with a side ends."""
_LONGEST: Final = 12
"""Of a name of more words, the last ones are read and the rest is prefix."""


class Spelling(NamedTuple):
    """One way to read a name."""

    key: str
    """The words in small letters without gaps; a word for left or right stands at the end as "<l>" or "<r>"."""
    prefix: str
    """Words before those that are read, without numbers."""
    suffix: str
    """Words after them, without numbers."""

    @property
    def leaves_side(self) -> bool:
        """Whether a side is left out with the prefix: right only of a mesh that is called so, such as "EyeLeft_"."""
        return not _SIDES.keys().isdisjoint(self.prefix.split())


def key(name: str) -> str:
    """Return the key of a whole name, the side being its last word that can be one.

    >>> key("mouthSmileLeft") == key("L_Mouth-smile") == key("ns:mouth_smile.L.001") == "mouthsmile<l>"
    True
    """
    words = _words(name)
    return next(_keys(words)) if words else name


@lru_cache(maxsize=10_000)
def readings(name: str) -> tuple[Spelling, ...]:
    """Return every way to read a name, the fewest words left out first, and those that leave a side out last.

    A side alone is never left out, nor one at the end.

    >>> [reading.key for reading in readings("Face.jawOpen")]
    ['facejawopen', 'facejaw', 'jawopen', 'face', 'jaw', 'open']
    """
    words = _words(name)
    cut = max(0, len(words) - _LONGEST)
    head, words = words[:cut], words[cut:]
    spans = [
        (start, end)
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
        if _SIDES.keys().isdisjoint(words[end:]) and not (start and _SIDES.keys() >= {*words[:start]})
    ]
    spans.sort(key=lambda span: (not _SIDES.keys().isdisjoint(words[: span[0]]), span[0] - span[1]))
    found = dict.fromkeys(
        Spelling(read, _affix(head + words[:start]), _affix(words[end:]))
        for start, end in spans
        for read in _keys(words[start:end])
    )
    return tuple(found) or (Spelling(name, "", ""),)


def _words(name: str) -> list[str]:
    """Return the words of a name in small letters, without namespaces and Blender's ".001"."""
    plain = unicodedata.normalize("NFKC", name).strip()
    plain = _COPY.sub("", _NAMESPACE.sub("", plain))
    return words(plain)


def _affix(words: list[str]) -> str:
    return " ".join(word for word in words if not word.isdecimal())


def _keys(words: list[str]) -> Iterator[str]:
    """Yield the keys of some words, the likeliest first."""
    if len(words) > 1:
        for at in (len(words) - 1, *range(len(words) - 1)):
            if words[at] in _SIDES:
                yield "".join(words[:at] + words[at + 1 :]) + _SIDES[words[at]]
    whole = "".join(words)
    glued = [  # written in one, as in "eyeblinkleft"
        (rest, side)
        for side in _SIDES
        for word, rest in ((words[-1], whole.removesuffix(side)), (words[0], whole.removeprefix(side)))
        if word not in _SIDES and 2 < len(rest) < len(whole)
    ]
    yield from (rest + _SIDES[side] for rest, side in glued if len(side) > 1)
    yield whole
    yield from (rest + _SIDES[side] for rest, side in glued if len(side) == 1)
