"""Tiers of words and of phones, as TextGrids, ELAN and lists of labels have them, in one."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from ...arpabet import is_arpabet
from ...intervals import Interval
from ...phones import segments
from ..alignment import SILENCE, Alignment
from .format import Entry
from .source import FormatError

WORDS: Final = frozenset({"words", "word", "ort", "ort-mau", "orthography", "wörter", "wort", "mots", "tokens"})
PHONES: Final = frozenset({"phones", "phone", "phonemes", "phoneme", "segments", "mau", "laute", "phons"})
"""What tools call such tiers."""
_SILENT_WORDS: Final = frozenset({"", SILENCE, "sp", "<eps>", "<sil>", "silence", "<p:>", "#", "h#", "pau", "_"})
_SILENT: Final = _SILENT_WORDS | {"spn", "oov", "x", "-"}
"""What tools call silence, and sound without phones."""
_TOUCH_S: Final = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """Labels of one kind, of one speaker."""

    name: str
    intervals: Sequence[Interval]
    speaker: str = ""
    places: Sequence[str] = ()
    """Where each label stands; by default its number in the tier."""

    def place(self, number: int) -> str:
        """Return where a label stands, as messages say it."""
        return self.places[number] if self.places else f"tier '{self.name}', interval {number + 1}"


def entries(tiers: Iterable[Tier]) -> tuple[Entry, ...]:
    """Return the words of tiers with their phones, one speaker after the other.

    A tier is known by its name, which may hold the speaker's: "words", "Anna - words", "words@Anna". If there is one
    tier alone, its labels tell what it holds. Raises FormatError if no tier is known, or labels are out of order.
    """
    named = [_split(tier) for tier in tiers]
    known = [(tier, tier.name.casefold() in WORDS) for tier in named if tier.name.casefold() in WORDS | PHONES]
    if not known and len(named) == 1:
        known = [(named[0], not look_like_phones([interval.label for interval in named[0].intervals]))]
    if not known:
        found = ", ".join(f"'{tier.name}'" for tier in named) or "none"
        raise FormatError("", f"has no tier called words or phones (there are: {found}); rename those that hold them")
    out: list[Entry] = []
    for speaker in dict.fromkeys(tier.speaker for tier, _ in known):
        words, phones = (
            next((tier for tier, is_words in known if tier.speaker == speaker and is_words == wanted), None)
            for wanted in (True, False)
        )
        out += _joined(words, phones, speaker)
    return tuple(out)


def look_like_phones(labels: Iterable[str]) -> bool:
    """Return whether labels are phones rather than words: ARPAbet, or IPA of one sound or two each.

    >>> look_like_phones(["sil", "h", "aɪ"]), look_like_phones(["hi", "there"])
    (True, False)
    """
    spoken = [label for label in labels if label.casefold() not in _SILENT]
    if not spoken:
        return False
    if is_arpabet(spoken):
        return True
    n_sounds = [len(segments(label)) for label in spoken]
    return all(1 <= n <= 2 and n >= len(label) - 3 for n, label in zip(n_sounds, spoken, strict=True)) and (
        sum(n_sounds) <= 1.5 * len(spoken)
    )


def of_alignment(alignment: Alignment) -> list[tuple[str, list[Interval]]]:
    """Return the tiers of an alignment: its words that were found, and its phones, without silence."""
    words = [Interval(word.text, word.start_s, word.end_s) for word in alignment.words if word.found and word.text]
    phones = [phone for word in alignment.words for phone in word.phones if phone.end_s > phone.start_s]
    return [("words", words), *([("phones", phones)] if phones else [])]


def _split(tier: Tier) -> Tier:
    """Return a tier with the speaker taken out of its name."""
    name = tier.name.strip()
    if match := re.fullmatch(r"(.+?)\s*[-_:/]\s*(\w+)", name):
        speaker, kind = match.groups()
        if kind.casefold() in WORDS | PHONES and name.casefold() not in WORDS | PHONES:
            return replace(tier, name=kind, speaker=speaker)
    kind, at, speaker = name.partition("@")
    if at and kind.casefold() in WORDS | PHONES:
        return replace(tier, name=kind, speaker=speaker)
    return replace(tier, name=name)


def _joined(words: Tier | None, phones: Tier | None, speaker: str) -> list[Entry]:
    """Return the words of a speaker with the phones whose middle lies in them; runs of other phones have no word."""
    spoken = _spoken(words, _SILENT_WORDS) if words else []
    within: list[list[Interval]] = [[] for _ in spoken]
    alone: list[tuple[list[Interval], str]] = []
    starts = [interval.start_s for interval, _ in spoken]
    for phone, place in _spoken(phones, _SILENT) if phones else []:
        number = bisect_right(starts, (phone.start_s + phone.end_s) / 2) - 1
        if number >= 0 and (phone.start_s + phone.end_s) / 2 < spoken[number][0].end_s:
            _, start, end = spoken[number][0]
            within[number].append(phone._replace(start_s=max(phone.start_s, start), end_s=min(phone.end_s, end)))
        elif alone and 0 <= phone.start_s - alone[-1][0][-1].end_s <= _TOUCH_S:
            alone[-1][0].append(phone)
        else:
            alone.append(([phone], place))
    out = [
        Entry(text=label, start_s=start, end_s=end, phones=tuple(own), speaker=speaker, place=place)
        for ((label, start, end), place), own in zip(spoken, within, strict=True)
    ]
    out += [
        Entry(text="", start_s=run[0].start_s, end_s=run[-1].end_s, phones=tuple(run), speaker=speaker, place=place)
        for run, place in alone
    ]
    return sorted(out, key=lambda entry: entry.start_s or 0.0)


def _spoken(tier: Tier, silent: frozenset[str]) -> list[tuple[Interval, str]]:
    """Return the labels of a tier but silence, each with its place; raises FormatError if they are out of order."""
    for number, (before, after) in enumerate(pairwise(tier.intervals), 1):
        if after.start_s < before.start_s:
            raise FormatError(
                tier.place(number), f"'{after.label}' begins before '{before.label}' does; put them in order"
            )
    return [
        (interval._replace(label=interval.label.strip()), tier.place(number))
        for number, interval in enumerate(tier.intervals)
        if interval.label.strip().casefold() not in silent
    ]
