"""Making an alignment of what a file says: choosing who speaks, judging the times, naming phones in IPA."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from math import isfinite
from typing import Final

from ...arpabet import is_arpabet, to_ipa
from ...intervals import Interval
from ...phones import segments
from ..alignment import AlignedWord, Alignment, Problem
from .format import Entry, Parsed
from .source import FormatError

_LONGEST_S: Final = 1e6
"""Eleven days: no recording is that long, and a time that large is in another unit."""
_ROUNDED_S: Final = 0.05
"""By how much neighbours may overlap, and words go beyond the sound, where times were rounded to frames."""


def settle(parsed: Parsed, *, name: str, speaker: str | None = None, sound_s: float | None = None) -> Alignment:
    """Return the alignment that a file's entries are.

    Args:
        parsed: what the file says.
        name: of the format.
        speaker: whose words to take; None for everybody's.
        sound_s: length of the recording; None if it is not at hand.

    Raises:
        FormatError: if times are impossible, overlap by more than 50 ms or go beyond the sound, or there is no such
            speaker.
    """
    words = [_timed(entry) for entry in _of_speaker(parsed.entries, speaker)]
    if not any(word.end_s > word.start_s for word in words):
        raise FormatError("", "holds no word and no phone with a time; align the line again")
    places = [entry.place for entry in _of_speaker(parsed.entries, speaker)]
    words, places, untimed = _in_order(words, places, parsed, speaker)
    last = max(range(len(words)), key=lambda number: words[number].end_s)
    end_s = words[last].end_s
    for what, limit in (("the end that the file names", parsed.duration_s), ("the sound", sound_s)):
        if limit is not None and not end_s <= limit + _ROUNDED_S:
            raise FormatError(
                places[last],
                f"{_named(words[last])} ends at {end_s:.2f} s, after {what} ({limit:.2f} s); "
                "is it the alignment of another recording?",
            )
    words, strange = _in_ipa(words)
    return Alignment(
        words=tuple(words),
        duration_s=max(end_s, sound_s or parsed.duration_s or 0.0),
        aligner=parsed.aligner or name,
        language=parsed.language,
        problems=tuple(sorted([*parsed.problems, *untimed, *strange], key=lambda problem: problem.start_s)),
    )


def _of_speaker(entries: Sequence[Entry], speaker: str | None) -> list[Entry]:
    if speaker is None:
        return list(entries)
    chosen = [entry for entry in entries if entry.speaker.casefold() == speaker.casefold()]
    if not chosen:
        names = sorted({entry.speaker for entry in entries} - {""})
        raise FormatError("", f"nobody is called '{speaker}'; there are {', '.join(names) or 'no names of speakers'}")
    return chosen


def _timed(entry: Entry) -> AlignedWord:
    """Return the word of an entry; one without a time has none yet, and lasts from −1 to −1."""
    start, end = entry.start_s, entry.end_s
    if start is None or end is None:
        return AlignedWord(text=entry.text, start_s=-1, end_s=-1, confidence=0.0)
    for interval in (Interval(entry.text, start, end), *entry.phones):
        _check(interval, entry.place)
    for before, after in pairwise(entry.phones):
        if after.start_s < before.end_s - _ROUNDED_S:
            raise FormatError(
                entry.place, f"phone '{after.label}' begins before '{before.label}' ends; correct one of them"
            )
    if not isfinite(entry.confidence):
        raise FormatError(entry.place, f"the confidence of {_named(entry)} is no number; export it again")
    return AlignedWord(
        text=entry.text,
        start_s=float(start),
        end_s=float(end),
        phones=tuple(Interval(phone.label, float(phone.start_s), float(phone.end_s)) for phone in entry.phones),
        confidence=min(1.0, max(0.0, float(entry.confidence))),
    )


def _check(interval: Interval, place: str) -> None:
    """Raise FormatError if an interval cannot be one of a recording."""
    label, start, end = interval
    for time in (start, end):
        if not -_LONGEST_S <= time <= _LONGEST_S:  # also what is no number
            raise FormatError(place, f"{time} s is no time of a recording; is it in another unit?")
    if start < 0:
        raise FormatError(place, f"'{label}' begins at {start} s, before the sound; correct it")
    if end < start:
        raise FormatError(place, f"'{label}' ends at {end} s, before it starts at {start} s; correct one of them")


def _named(word: AlignedWord | Entry) -> str:
    return f"'{word.text}'" if word.text else "the last phone"


def _in_order(
    words: Sequence[AlignedWord], places: Sequence[str], parsed: Parsed, speaker: str | None
) -> tuple[list[AlignedWord], list[str], list[Problem]]:
    """Return words that follow one another, with their places, and a problem for each that has no time.

    Such a word lies where the one before it ends.
    """
    speakers = sorted({entry.speaker for entry in parsed.entries})
    several = speaker is None and len(speakers) > 1
    starts: list[float] = []
    for word in words:
        starts.append(word.start_s if word.start_s >= 0 or not starts else starts[-1])
    order = sorted(range(len(words)), key=lambda n: starts[n]) if several else list(range(len(words)))
    out: list[AlignedWord] = []
    before = -1
    for number in order:
        word = words[number]
        if word.start_s >= 0:
            if before >= 0 and word.start_s < out[before].end_s:
                last = out[before]
                if word.start_s < max(last.end_s - _ROUNDED_S, last.start_s):
                    cure = f"{' and '.join(speakers)} speak at once: name one as the speaker"
                    raise FormatError(
                        places[number],
                        f"{_named(word)} begins at {word.start_s:.3f} s, before {_named(last)} ends at "
                        f"{last.end_s:.3f} s; {cure if several else 'correct one of them'}",
                    )
                border = (word.start_s + last.end_s) / 2
                out[before] = _clipped(last, last.start_s, border)
                word = _clipped(word, border, max(border, word.end_s))
            before = len(out)
        out.append(word)
    untimed = []
    ends = list(accumulate((word.end_s for word in out), max, initial=0.0))
    for number, (word, at) in enumerate(zip(out, ends, strict=False)):
        if word.start_s < 0:
            out[number] = replace(word, start_s=at, end_s=at)
            untimed.append(Problem(start_s=at, end_s=at, text=f"'{word.text}' has no time in the file"))
    return out, [places[number] for number in order], untimed


def _clipped(word: AlignedWord, start_s: float, end_s: float) -> AlignedWord:
    phones = (
        Interval(label, min(max(start, start_s), end_s), min(max(end, start_s), end_s))
        for label, start, end in word.phones
    )
    kept = tuple(phone for phone in phones if phone.end_s > phone.start_s)
    return replace(word, start_s=start_s, end_s=end_s, phones=kept)


def _in_ipa(words: list[AlignedWord]) -> tuple[list[AlignedWord], list[Problem]]:
    """Return words with their phones in IPA, and a problem for each kind of phone that is not known."""
    labels = {phone.label for word in words for phone in word.phones}
    names = {label: to_ipa(label.upper()) for label in labels} if is_arpabet(labels) else {k: k for k in labels}
    out = [
        replace(word, phones=tuple(phone._replace(label=names[phone.label]) for phone in word.phones)) for word in words
    ]
    strange: dict[str, Problem] = {}
    for word in out:
        for phone in word.phones:
            if phone.label not in strange and not segments(phone.label):
                what = f"'{phone.label}' is no phone of the IPA or ARPAbet"
                strange[phone.label] = Problem(start_s=phone.start_s, end_s=phone.end_s, text=what)
    return out, list(strange.values())
