"""SRT and WebVTT as they are written: cues of text with their times."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_TIME: Final = r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,6})"
_TIMING: Final = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s+(.*))?$")
_NO_CUES: Final = ("WEBVTT", "NOTE", "STYLE", "REGION")
_MARK: Final = re.compile(rf"<{_TIME}>")
_VOICE: Final = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>|</?>|<\d[\d:.]*>|\{\\[^{}]*\}")
_DIRECTION: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


class SubtitleError(ValueError):
    """What is wrong with a cue, and in which line."""

    def __init__(self, line: int, what: str) -> None:
        """Say in which line, counted from 1, and what."""
        super().__init__(line, what)
        self.line, self.what = line, what


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCue:
    """A stretch of time and what is shown in it."""

    start_s: float
    end_s: float
    text: str
    """With its lines and its tags."""
    line: int
    """Of the file, where it begins; counted from 1."""

    @property
    def voice(self) -> str:
        """Who speaks, as WebVTT tells; "" if nobody says, or several do."""
        voices = {html.unescape(name).strip() for name in _VOICE.findall(self.text)}
        return voices.pop() if len(voices) == 1 else ""

    @property
    def marked(self) -> bool:
        """Whether times stand between its words."""
        return bool(_MARK.search(self.text))


def parse(text: str) -> list[TextCue]:
    """Return the cues of an SRT or WebVTT file in its order; raises SubtitleError for one without times."""
    out = []
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        first = number
        while number < len(lines) and not _parts(lines, number):
            number += 1
        block = lines[first:number]
        number += 1
        if any(line.strip() for line in block) and not block[0].startswith(_NO_CUES):
            out.append(_cue(block, first + 1))
    return out


def _parts(lines: list[str], number: int) -> bool:
    """Return whether a line ends a cue: an empty one, or one of spaces if a cue follows; YouTube's cues have such."""
    following = lines[number + 1 : number + 3]
    return not lines[number] or (lines[number].isspace() and any("-->" in line for line in following))


def _cue(block: list[str], first: int) -> TextCue:
    timing = next((number for number, line in enumerate(block[:2]) if "-->" in line), None)
    match = _TIMING.match(block[timing]) if timing is not None else None
    if timing is None or match is None:
        raise SubtitleError(first, "expected a cue with times such as 00:00:01,000 --> 00:00:02,500")
    start, end = seconds(match.groups()[:4]), seconds(match.groups()[4:8])
    if end < start:
        raise SubtitleError(first + timing, "the cue ends before it begins")
    return TextCue(start_s=start, end_s=end, text="\n".join(block[timing + 1 :]), line=first)


def seconds(parts: tuple[str | None, ...]) -> float:
    """Return the seconds that hours, minutes, seconds and their fraction make."""
    hours, minutes, whole, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(whole) + int(fraction) / float(f"1e{len(fraction)}")


def plain(text: str) -> str:
    """Return a cue's text without tags and what sets its direction, with its entities resolved.

    >>> plain("<v Ann><i>Me &amp; you</i>")
    'Me & you'
    """
    return _DIRECTION.sub("", html.unescape(_TAG.sub("", text)))


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
