"""Labels a line: HTK's and Festival's .lab, NIST's .ctm, and Audacity's .txt."""

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from ...intervals import Interval
from ..alignment import SILENCE, Alignment
from .format import AlignmentFormat, Entry, Parsed
from .source import FormatError, Source
from .tiers import Tier, entries

_HTK_S: Final = 1e-7
"""HTK counts in 100 ns."""
_NO_PHONES: Final = "spn"
"""MFA's label of a word that it knows no phones of."""
_HTK_FROM: Final = 20_000
"""Whole numbers that reach this are HTK's: as seconds they would be five hours."""
_CTM_NAME: Final = re.compile(r"\s+")


def _number(text: str, place: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise FormatError(place, f"'{text}' is no time; export the file again") from None


def parse_lab(source: Source) -> Parsed:
    """Return the words or phones of lines of start, end and label, or, below a "#", of end, number and label.

    In HTK's own files a phone may be followed by the word that begins with it.
    """
    lines = [(place, line) for place, line in source.lines if not line.lstrip().startswith('"*') and line.strip()]
    heading = next((number for number, (_, line) in enumerate(lines) if line.strip() == "#"), None)
    if heading is not None:
        return Parsed(entries=entries([_tier(list(_festival(lines[heading + 1 :])))]))
    rows = [(place, _fields(line, place)) for place, line in lines if line.strip() not in (".", "#!MLF!#")]
    for place, row in rows:
        if len(row) < 2:
            raise FormatError(place, "has no start, end and label; export the file again")
    whole = all(re.fullmatch(r"\d+", time) for _, row in rows for time in row[:2])
    unit = _HTK_S if whole and any(len(row[1]) > 15 or int(row[1]) >= _HTK_FROM for _, row in rows) else 1.0
    found = [
        (Interval(" ".join(row[2:3]), _number(row[0], place) * unit, _number(row[1], place) * unit), place)
        for place, row in rows
    ]
    names = [next((name for name in row[3:] if not re.fullmatch(r"-?[\d.]+(e[-+]?\d+)?", name)), "") for _, row in rows]
    if not any(names):
        return Parsed(entries=entries([_tier(found)]), duration_s=max((end for (_, _, end), _ in found), default=None))
    words = [*_words([interval for interval, _ in found], names)]
    places = [place for _, place in found]
    phones = Tier(name="phones", intervals=[interval for interval, _ in found], places=places)
    return Parsed(
        entries=entries([Tier(name="words", intervals=words), phones]), duration_s=found[-1][0].end_s if found else None
    )


def _fields(line: str, place: str) -> list[str]:
    if '"' not in line:
        return line.split()
    try:
        return shlex.split(line)
    except ValueError:
        raise FormatError(place, "a quote is not closed; close it") from None


def _words(phones: Sequence[Interval], names: Sequence[str]) -> Iterator[Interval]:
    """Yield words: each begins with the phone that names it and ends before silence or the next one."""
    name, start, end = "", 0.0, 0.0
    for phone, begun in zip(phones, names, strict=True):
        silent = phone.label.casefold() in (SILENCE, "sp", "pau", "")
        if name and (begun or silent):
            yield Interval(name, start, end)
            name = ""
        if begun and not silent:
            name, start = begun, phone.start_s
        end = phone.end_s
    if name:
        yield Interval(name, start, end)


def _festival(lines: Sequence[tuple[str, str]]) -> Iterator[tuple[Interval, str]]:
    at = 0.0
    for place, line in lines:
        end, *rest = line.split(maxsplit=2)
        until = _number(end, place)
        yield Interval(rest[-1] if rest else "", at, until), place
        at = until


def _tier(found: Sequence[tuple[Interval, str]]) -> Tier:
    return Tier(name="", intervals=[interval for interval, _ in found], places=[place for _, place in found])


def render_lab(alignment: Alignment, _name: str) -> str:
    """Return HTK's labels in 100 ns: phones with silences, the first of a word followed by the word.

    A word without phones is "spn", or the label itself if no word has any.
    """
    rows: list[tuple[float, float, str, str]] = []
    at = 0.0
    bare = not any(word.phones for word in alignment.words)
    for word in alignment.words:
        text = _one(word.text)
        whole = (Interval(text if bare else _NO_PHONES, word.start_s, word.end_s),) if word.found else ()
        for number, (label, start, end) in enumerate(word.phones or whole):
            if round(start / _HTK_S) > round(at / _HTK_S):
                rows.append((at, start, SILENCE, ""))
            rows.append((start, end, label, "" if number or bare else text))
            at = end
    if round(alignment.duration_s / _HTK_S) > round(at / _HTK_S):
        rows.append((at, alignment.duration_s, SILENCE, ""))
    lines = (f"{round(s / _HTK_S)} {round(e / _HTK_S)} {label} {word}".rstrip() for s, e, label, word in rows)
    return "".join(f"{line}\n" for line in lines)


def parse_ctm(source: Source) -> Parsed:
    """Return the words of lines of recording, channel, start, duration, word and confidence."""
    rows = [(place, line.split()) for place, line in source.lines if not line.startswith(";;")]
    for place, row in rows:
        if len(row) < 5:
            raise FormatError(place, "has no recording, channel, start, duration and word; export the file again")
    recordings = {tuple(row[:2]) for _, row in rows}
    several = len({name for name, _ in recordings}) > 1
    out = []
    for name, channel in sorted(recordings):
        for place, row in rows:
            if row[:2] == [name, channel] and "*" not in row[2:4]:
                start = _number(row[2], place)
                out.append(
                    Entry(
                        text=row[4],
                        start_s=start,
                        end_s=start + _number(row[3], place),
                        confidence=_number(row[5], place) if len(row) > 5 else 1.0,
                        speaker=name if several else channel,
                        place=place,
                    )
                )
    return Parsed(entries=tuple(out))


def render_ctm(alignment: Alignment, name: str) -> str:
    """Return the words that were found, with their confidences; spaces in them become underscores."""
    line = _one(name) or "line"
    return "".join(
        f"{line} 1 {word.start_s:.4f} {word.end_s - word.start_s:.4f} {_one(word.text)} {word.confidence:.4f}\n"
        for word in alignment.words
        if word.found and word.text.strip()
    )


def parse_audacity(source: Source) -> Parsed:
    """Return the words or phones of lines of start, end and label with tabs between them."""
    found = []
    for place, line in source.lines:
        if line.startswith("\\"):  # the frequencies of a spectral selection
            continue
        start, *rest = line.split("\t", 2)
        if not rest:
            raise FormatError(place, "has no start, end and label with tabs between; export the labels again")
        interval = Interval((rest[1] if len(rest) > 1 else "").strip(), _number(start, place), _number(rest[0], place))
        found.append((interval, place))
    return Parsed(entries=entries([_tier(found)]))


def _one(text: str) -> str:
    """Return a text without spaces, since those stand between the columns."""
    return _CTM_NAME.sub("_", text.strip()).replace('"', "”")


LAB: Final = AlignmentFormat(
    name="lab", title="HTK or Festival labels", suffixes=(".lab",), parse=parse_lab, render=render_lab
)
CTM: Final = AlignmentFormat(name="ctm", title="NIST .ctm", suffixes=(".ctm",), parse=parse_ctm, render=render_ctm)
AUDACITY: Final = AlignmentFormat(name="audacity", title="Audacity labels", suffixes=(".txt",), parse=parse_audacity)
