"""Subtitles in SubRip (.srt) and WebVTT (.vtt): the text of each cue with its times, without its markup."""

import html
import re
from pathlib import Path
from typing import Final

from ...errors import InputError
from .decoding import decoded
from .line import Line

_TIME: Final = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
_TIMING: Final = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}")
_VOICE: Final = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>")
_MARKUP: Final = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")


def read(path: Path) -> list[Line]:
    """Return the cues of subtitles. Raises InputError, naming the line, for a cue without times."""
    out: list[Line] = []
    text = decoded(path)
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        block = []
        first = number
        while number < len(lines) and lines[number].strip():
            block.append(lines[number])
            number += 1
        number += 1
        if block and not block[0].startswith(("WEBVTT", "NOTE", "STYLE", "REGION")):
            out += _cue(path, block, first + 1)
    return [line for line in out if line.text]


def _cue(path: Path, block: list[str], first: int) -> list[Line]:
    timing = next((at for at, line in enumerate(block[:2]) if "-->" in line), None)
    match = _TIMING.match(block[timing]) if timing is not None else None
    if timing is None or match is None:
        raise InputError(f"{path}, line {first}: expected a cue with times such as 00:00:01,000 --> 00:00:02,500")
    start_s, end_s = _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
    if end_s < start_s:
        raise InputError(f"{path}, line {first + timing}: the cue ends before it begins")
    said = "\n".join(block[timing + 1 :])
    voices = _VOICE.findall(said)
    return [
        Line(
            text=html.unescape(_MARKUP.sub("", said)).strip(),
            place=f"line {first}",
            speaker=html.unescape(voices[0]).strip() if len(set(voices)) == 1 else "",
            start_s=start_s,
            end_s=end_s,
        )
    ]


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return (int(hours) * 60 + int(minutes)) * 60 + float(f"{int(seconds)}.{fraction}")
