"""SRT and WebVTT as times of words: a word a cue, WebVTT's times between words, or phrases whose words share a time."""

from collections.abc import Iterator, Sequence
from typing import Final

from ... import subtitles
from ...subtitles import TextCue
from ..alignment import Alignment, Problem
from .format import AlignmentFormat, Entry, Parsed
from .source import FormatError, Source

_GUESSED: Final = 0.5
"""Confidence of words whose times are shares of their cue's."""


def parse(source: Source) -> Parsed:
    """Return the words of the cues; those of one cue without times between them share it by their letters."""
    try:
        cues = subtitles.parse(source.text)
    except subtitles.SubtitleError as error:
        raise FormatError(f"line {error.line}", f"{error.what}; export it again") from None
    out: list[Entry] = []
    guessed: list[Problem] = []
    for cue in _once(cues):
        place = f"line {cue.line}"
        for text, start, end in subtitles.chunks(cue.text, cue.start_s, cue.end_s):
            if not cue.start_s <= start <= end <= cue.end_s + 0.001:
                raise FormatError(
                    place, "the times between the words are not in order, or not within the cue; correct them"
                )
            words = text.split()
            if len(words) > 1 and end > start:
                what = f"the words of '{' '.join(words[:3])} …' share the time of their cue by their letters"
                guessed.append(Problem(start_s=start, end_s=end, text=what))
            out += _shared(words, start, end, cue.voice, place)
    return Parsed(entries=tuple(out), problems=tuple(guessed))


def _once(cues: Sequence[TextCue]) -> Iterator[TextCue]:
    """Yield cues without the lines that are shown a second time, as YouTube has them when it rolls up."""
    rolling = any(cue.marked for cue in cues)
    shown: list[str] = []
    for cue in cues:
        lines = [line for line in cue.text.splitlines() if subtitles.plain(line).strip()]
        texts = [subtitles.plain(line).strip() for line in lines]
        new = [line for line, text in zip(lines, texts, strict=True) if not rolling or text not in shown]
        shown = texts
        if new:
            yield TextCue(start_s=cue.start_s, end_s=cue.end_s, text="\n".join(new), line=cue.line)


def _shared(words: Sequence[str], start_s: float, end_s: float, voice: str, place: str) -> Iterator[Entry]:
    total = sum(map(len, words))
    at = 0
    for word in words:
        times = [start_s + (end_s - start_s) * part / total for part in (at, at + len(word))]
        at += len(word)
        yield Entry(
            text=word,
            start_s=times[0],
            end_s=times[1],
            confidence=1.0 if len(words) == 1 else _GUESSED,
            speaker=voice,
            place=place,
        )


def _words(alignment: Alignment) -> Iterator[tuple[float, float, str]]:
    for word in alignment.words:
        text = " ".join(word.text.split())
        if text and round(word.end_s * 1000) > round(word.start_s * 1000):
            yield word.start_s, word.end_s, text


def render_srt(alignment: Alignment, _name: str) -> str:
    """Return a cue for every word that was found; captions to be read come from `audio2blend.captions`."""
    return subtitles.srt(_words(alignment))


def render_vtt(alignment: Alignment, _name: str) -> str:
    """Return a cue for every word that was found."""
    return subtitles.vtt((start, end, subtitles.escaped(text)) for start, end, text in _words(alignment))


SRT: Final = AlignmentFormat(name="srt", title="SubRip", suffixes=(".srt",), parse=parse, render=render_srt)
VTT: Final = AlignmentFormat(name="vtt", title="WebVTT", suffixes=(".vtt",), parse=parse, render=render_vtt)
