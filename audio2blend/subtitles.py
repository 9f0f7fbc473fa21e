"""SRT and WebVTT as they are written: cues of text with their times."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_TIME: Final = r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,6})"
_TIMING: Final = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s+(.*))?$")
_MARK: Final = re.compile(rf"<{_TIME}>")
_VOICE: Final = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
_TAG: Final = re.compile(r"</?[^<>]*>|\{\\[^}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCue:
    """A stretch of time and what is shown in it."""

    start_s: float
    end_s: float
    text: str
    """With its lines and its tags."""
    line: int
    """Of the file, where its times stand; counted from 1."""

    @property
    def voice(self) -> str:
        """Who speaks, as WebVTT tells; "" if nobody says."""
        match = _VOICE.search(self.text)
        return html.unescape(match[1]).strip() if match else ""

    @property
    def marked(self) -> bool:
        """Whether times stand between its words."""
        return bool(_MARK.search(self.text))


def parse(text: str) -> list[TextCue]:
    """Return the cues of an SRT or WebVTT file in its order; raises ValueError, its argument a line, for a bad time."""
    out = []
    for block in re.split(r"\n[^\S\n]*\n", "\n".join(text.splitlines()) + "\n\n"):
        # Lines are counted in what comes before.
        lines = block.split("\n")
        number = next((n for n, line in enumerate(lines) if "-->" in line), None)
        if number is None or lines[0].startswith("NOTE"):
            continue
        out.append((block, lines, number))
    return _timed(text, out)


def _timed(text: str, blocks: Iterable[tuple[str, list[str], int]]) -> list[TextCue]:
    whole = "\n".join(text.splitlines())
    at = 0
    cues = []
    for block, lines, number in blocks:
        at = whole.index(block.rstrip("\n"), at)
        line = whole.count("\n", 0, at) + number + 1
        at += 1
        match = _TIMING.match(lines[number])
        if not match:
            raise ValueError(line)
        start, end = seconds(match.groups()[:4]), seconds(match.groups()[4:8])
        cues.append(TextCue(start_s=start, end_s=end, text="\n".join(lines[number + 1 :]).strip("\n"), line=line))
    return cues


def seconds(parts: tuple[str | None, ...]) -> float:
    """Return the seconds that hours, minutes, seconds and their fraction make."""
    hours, minutes, whole, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(whole) + int(fraction) / float(f"1e{len(fraction)}")


def plain(text: str) -> str:
    """Return a cue's text without tags, with its entities resolved.

    >>> plain("<v Ann><i>Me &amp; you</i>")
    'Me & you'
    """
    return html.unescape(_TAG.sub("", text))


def chunks(text: str, start_s: float, end_s: float) -> list[tuple[str, float, float]]:
    """Return the stretches of a cue's text between the times that stand in it.

    >>> chunks("Hi <00:00:01.500>there", 1.0, 2.0)
    [('Hi', 1.0, 1.5), ('there', 1.5, 2.0)]
    """
    pieces = _MARK.split(text)
    starts = [start_s, *(seconds(tuple(pieces[n : n + 4])) for n in range(1, len(pieces), 5))]
    texts = [plain(piece).strip() for piece in pieces[::5]]
    return [(piece, start, end) for piece, start, end in zip(texts, starts, [*starts[1:], end_s], strict=True) if piece]


def clock(time_s: float, comma: str = ".") -> str:
    """Return a time as hours, minutes, seconds and milliseconds.

    >>> clock(3661.5), clock(0.25, ",")
    ('01:01:01.500', '00:00:00,250')
    """
    whole, milliseconds = divmod(round(time_s * 1000), 1000)
    minutes, seconds = divmod(whole, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{comma}{milliseconds:03}"


def srt(cues: Iterable[tuple[float, float, str]]) -> str:
    """Return an SRT file of cues of start, end and text."""
    blocks = (
        f"{number}\n{clock(start, ',')} --> {clock(end, ',')}\n{text}\n"
        for number, (start, end, text) in enumerate(cues, 1)
    )
    return "\n".join(blocks)


def vtt(cues: Iterable[tuple[float, float, str]]) -> str:
    """Return a WebVTT file of cues of start, end and text, whose entities and tags are in place."""
    blocks = (f"{clock(start)} --> {clock(end)}\n{text}\n" for start, end, text in cues)
    return "WEBVTT\n\n" + "\n".join(blocks)


def escaped(text: str) -> str:
    """Return a text as WebVTT and XML write it."""
    return html.escape(text, quote=False)
