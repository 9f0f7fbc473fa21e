"""What a phone of any language wants of the mouth, by the features that the IPA gives it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..ipa import Phone

Wants = dict[str, float]


def wants(phone: Phone, table: Mapping[str, Any]) -> Wants:
    """Return what a phone wants, by variable, as the rules of the table say."""
    return _vowel(phone, table) if phone.is_vowel else _consonant(phone, table)


def _vowel(phone: Phone, table: Mapping[str, Any]) -> Wants:
    plain = {name: _at(phone.height, values) for name, values in table["vowels"].items()}
    plain["spread"] *= (1 - min(1.0, phone.rounding)) * max(0.0, 1 - 2 * phone.backness)
    for name, values in table["rounded"].items():
        plain[name] = plain.get(name, 0.0) + phone.rounding * _at(phone.height, values)
    return plain


def _at(height: float, values: Sequence[float]) -> float:
    return float(np.interp(height, np.linspace(0, 1, len(values)), values))


def _consonant(phone: Phone, table: Mapping[str, Any]) -> Wants:
    manners = table["manners"]
    found: Wants = {
        **table["places"][phone.place],
        **manners.get(phone.manner, {}),
        **manners.get(f"{phone.place} {phone.manner}", {}),
    }
    secondary = table["secondary"]
    for share, what in ((phone.rounding, "rounded"), (float(phone.palatalised), "palatalised")):
        for name, more in secondary[what].items():
            found[name] = found.get(name, 0.0) + share * more
    return {name: max(0.0, value) for name, value in found.items()}


def kind(phone: Phone) -> str:
    """Return how firmly a phone holds its targets, as one of the table's kinds."""
    if phone.seals:
        return "bilabial"
    if phone.bites or phone.place == "bilabial":
        return "labiodental"
    if phone.manner == "sibilant":
        return "sibilant" if phone.place in ("alveolar", "dental", "alveolopalatal") else "hushing"
    if phone.manner == "rhotic":
        return "hushing"
    if phone.is_vowel:
        return "vowel"
    return "glide" if phone.rounding >= 0.5 else "tongue"


def part_early_s(phone: Phone) -> float:
    """Return how long before the end of a phone its sealed lips part; NaN where they need not meet.

    A nasal holds them into the next sound, a voiceless plosive a little longer than a voiced one.
    """
    if not phone.seals:
        return np.nan
    return -0.01 if phone.nasal else 0.02 if phone.voiced else 0.01
