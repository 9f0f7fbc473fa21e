"""Named sets of mouth shapes, as other programs have them: which shape a phone has, and what a shape looks like."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from ..clip import FRAME_RATE
from ..errors import InputError
from ..intervals import Interval, filled
from ..ipa import Phone
from ..ipa import phones as phones_of
from .articulate import articulate

SILENCE: Final = "sil"
_SHORTEST_S: Final = 0.04
"""Shapes that are shown for less are left out, but those that shut the lips or bite them."""
_TRACT: Final = (
    "bilabial", "labial-and-lingual", "labiodental", "linguolabial", "dental", "alveolar", "postalveolar", "retroflex",
    "alveolopalatal", "palatal", "labiopalatal", "velar", "labiovelar", "uvular", "pharyngeal", "glottal",
)  # fmt: skip
"""Places of consonants, from the lips inwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisemeSet:
    """The mouth shapes of a program."""

    name: str
    title: str
    source: str
    silence: str
    """The shape of a mouth at rest."""
    phones: Mapping[str, tuple[str, ...]]
    """By shape, the phones in IPA that it is for; the first one stands for it."""

    def phone_of(self, shape: str) -> str:
        """Return the phone that stands for a shape; "sil" for the mouth at rest. Raises KeyError if there is none."""
        return SILENCE if shape == self.silence else self.phones[shape][0]

    def shapes(self, phone: str) -> tuple[str, ...]:
        """Return the shapes of a phone of any language: one, or one for each part of a diphthong or affricate.

        >>> viseme_set("azure").shapes("aɪ"), viseme_set("azure").shapes("pf"), viseme_set("rhubarb").shapes("ø")
        (('11',), ('21', '18'), ('E',))
        """
        return (self.silence,) if phone == SILENCE else _shapes(self.name, phone)

    def cues(self, phones: Iterable[Interval], end_s: float, *, shortest_s: float = _SHORTEST_S) -> list[Interval]:
        """Return the shapes of phones in ascending order, without gaps from 0 to `end_s`, all in seconds.

        Neighbours of one shape are one. What is shorter than `shortest_s` goes to the shape before it, unless it shuts
        the lips or bites them.
        """
        out: list[Interval] = []
        for phone in filled(phones, end_s, SILENCE):
            shapes = self.shapes(phone.label) or (self.silence,)
            step = (phone.end_s - phone.start_s) / len(shapes)
            for number, shape in enumerate(shapes):
                start = phone.start_s + number * step
                end = phone.end_s if number + 1 == len(shapes) else start + step
                short = end - start < shortest_s and out and not self._must_show(shape)
                if out and (short or out[-1].label == shape):
                    out[-1] = out[-1]._replace(end_s=end)
                elif end > start:
                    out.append(Interval(shape, start, end))
        return out

    def poses(self) -> dict[str, dict[str, float]]:
        """Return what each shape looks like, as ARKit weights without those that are 0."""
        return {
            shape: {} if shape == self.silence else _held(self.phones[shape][0])
            for shape in dict.fromkeys((self.silence, *self.phones))
        }

    def _must_show(self, shape: str) -> bool:
        parts = () if shape == self.silence else phones_of(self.phones[shape][0])
        return any(part.seals or part.bites for part in parts)


@cache
def viseme_sets() -> Mapping[str, VisemeSet]:
    """Return all sets by name."""
    content = tomllib.loads(Path(__file__).with_name("sets.toml").read_text("utf-8"))
    return {
        name: VisemeSet(
            name=name,
            title=entry["title"],
            source=entry["source"],
            silence=entry["silence"],
            phones={shape: tuple(phones.split()) for shape, phones in entry["visemes"].items()},
        )
        for name, entry in content.items()
    }


def viseme_set(name: str) -> VisemeSet:
    """Return a set by its name. Raises InputError if there is none."""
    if name not in viseme_sets():
        raise InputError(f"there are no visemes called '{name}'; there are {', '.join(viseme_sets())}")
    return viseme_sets()[name]


@cache
def _shapes(name: str, label: str) -> tuple[str, ...]:
    own = viseme_set(name)
    parts = phones_of(label)
    letters = _letters(parts)
    for shape, phones in own.phones.items():
        if any(_letters(phones_of(phone)) == letters for phone in phones):
            return (shape,)
    shapes = [_nearest(own, part) for part in parts]
    return tuple(shape for before, shape in pairwise([None, *shapes]) if shape != before and shape is not None)


def _letters(parts: Iterable[Phone]) -> tuple[str, ...]:
    return tuple(part.letter + "*" * part.marked for part in parts)


def _nearest(own: VisemeSet, phone: Phone) -> str:
    """Return the shape of the phone that is most like another."""
    return min(_singles(own), key=lambda one: unlike(phone, one[1]))[0]


def _singles(own: VisemeSet) -> Iterator[tuple[str, Phone]]:
    for shape, phones in own.phones.items():
        for written in phones:
            if len(parts := phones_of(written)) == 1:
                yield shape, parts[0]


def unlike(one: Phone, other: Phone) -> float:
    """Return how much two phones differ to the eye; 0 for one and the same.

    Whether lips are shut or bitten counts most, then vowel or consonant, rounding, and last the place of the tongue.
    """
    seen = (
        10.0 * (one.seals != other.seals) + 8.0 * (one.bites != other.bites) + 3.0 * abs(one.rounding - other.rounding)
    )
    if one.is_vowel != other.is_vowel:
        return seen + 20.0
    if one.is_vowel:
        return seen + 3.0 * abs(one.height - other.height) + 1.5 * abs(one.backness - other.backness)
    sibilants = 1.5 * ((one.manner == "sibilant") != (other.manner == "sibilant"))
    manner = 0.4 * (one.manner != other.manner) + 0.2 * (one.voiced != other.voiced)
    return seen + sibilants + manner + 0.5 * abs(_TRACT.index(one.place) - _TRACT.index(other.place))


@cache
def _held(phone: str) -> dict[str, float]:
    """Return the ARKit weights in the middle of a phone that is held."""
    clip = articulate([(phone, 0.3, 0.7)], duration_s=1.0)
    middle = clip[round(0.5 * float(FRAME_RATE))].tolist()
    return {name: round(weight, 3) for name, weight in zip(clip.channels, middle, strict=True) if weight > 5e-4}
