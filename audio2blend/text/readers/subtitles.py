"""Subtitles in SubRip (.srt) and WebVTT (.vtt): the text of each cue with its times, without its markup."""

from pathlib import Path

from ... import subtitles
from ...errors import InputError
from .decoding import decoded
from .line import Line


def read(path: Path) -> list[Line]:
    """Return the cues of subtitles. Raises InputError, naming the line, for a cue without times."""
    try:
        cues = subtitles.parse(decoded(path))
    except subtitles.SubtitleError as error:
        raise InputError(f"{path}, line {error.line}: {error.what}") from None
    lines = [
        Line(
            text=subtitles.plain(cue.text).strip(),
            place=f"line {cue.line}",
            speaker=cue.voice,
            start_s=cue.start_s,
            end_s=cue.end_s,
        )
        for cue in cues
    ]
    return [line for line in lines if line.text]
