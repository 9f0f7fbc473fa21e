"""Clips as cues of mouth shapes: by their phones where they are known, else by what the mouth looks like."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from audio2blend.align.alignment import AlignedWord, Alignment
from audio2blend.align.files import cue_text
from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.visemes.seen import phones_seen
from rigs import Rig

from ..take import name_of

Render = Callable[[Alignment, str], str]


def alignment_of(clip: Clip) -> Alignment:
    """Return the phones of a clip; they begin where it begins."""
    phones = clip.phones or phones_seen(clip)
    words = tuple(
        AlignedWord(text="", start_s=phone.start_s, end_s=phone.end_s, phones=(phone,))
        for phone in phones
        if phone.end_s > phone.start_s
    )
    end_s = clip.start_s + clip.duration_s
    return Alignment(words=words, duration_s=max([end_s, *(word.end_s for word in words)]), aligner="clip")


def _text(render: Render, clip: Clip) -> str:
    return render(alignment_of(clip), name_of(clip))


def _moho(clip: Clip) -> str:
    """Return switch data at the clip's own rate."""
    return cue_text.moho(alignment_of(clip), name_of(clip), frame_rate=clip.frame_rate)


Text = Callable[[Clip], str]


def _write(text: Text, clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Any) -> None:
    """Write a clip; rig, speech and options are not used."""
    path.write_text(text(clip), encoding="utf-8", newline="\n")


def _check(text: Text, path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with a file: that it does not hold the mouths of the clip."""
    if path.read_text(encoding="utf-8") != text(clip):
        yield f"{path.name} has other mouths than the clip"


_rhubarb_tsv, _rhubarb_xml, _rhubarb_json, _azure, _polly = (
    partial(_text, render)
    for render in (cue_text.rhubarb_tsv, cue_text.rhubarb_xml, cue_text.rhubarb_json, cue_text.azure, cue_text.polly)
)
write_rhubarb_tsv, check_rhubarb_tsv = partial(_write, _rhubarb_tsv), partial(_check, _rhubarb_tsv)
write_rhubarb_xml, check_rhubarb_xml = partial(_write, _rhubarb_xml), partial(_check, _rhubarb_xml)
write_rhubarb_json, check_rhubarb_json = partial(_write, _rhubarb_json), partial(_check, _rhubarb_json)
write_moho, check_moho = partial(_write, _moho), partial(_check, _moho)
write_azure, check_azure = partial(_write, _azure), partial(_check, _azure)
write_polly, check_polly = partial(_write, _polly), partial(_check, _polly)
