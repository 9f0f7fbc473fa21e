"""Captions as files: SRT, WebVTT and TTML (IMSC 1.1 text)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from .. import subtitles
from ..errors import InputError
from ..files import draft, local
from .caption import Caption, right_to_left

_EMBEDDED, _TO_HERE = "\u202b", "\u202c"
"""Between these, text runs from right to left, also in players that suppose that all text runs to the right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    language: str
    each_word: bool


def suffixes() -> tuple[str, ...]:
    """Return the suffixes of files that captions are written to."""
    return tuple(_WRITERS)


def check(path: str | Path) -> Path:
    """Return a path that captions can be written to; raises InputError for another suffix."""
    path = local(path)
    if path.suffix.lower() not in _WRITERS:
        raise InputError(f"{path}: captions are no '{path.suffix}' file; name one that ends in {', '.join(_WRITERS)}")
    return path


def write(captions: Sequence[Caption], path: str | Path, *, language: str = "", each_word: bool = False) -> Path:
    """Write captions in the format that the suffix names, and return the path.

    Args:
        captions: in order.
        path: .srt, .vtt or .ttml.
        language: a BCP 47 tag; TTML says it.
        each_word: also write when each word begins, for karaoke and highlights; WebVTT alone has a place for it.

    Raises InputError if the suffix is another, or the file cannot be written.
    """
    path = check(path)
    text = _WRITERS[path.suffix.lower()](captions, _Style(language=language, each_word=each_word))
    with draft(path) as target:
        target.write_text(text, encoding="utf-8", newline="\n")
    return path


def _sided(text: str) -> str:
    """Return a text whose lines begin at the right if it is Arabic, Hebrew or the like, whatever word comes first."""
    if not right_to_left(text):
        return text
    return "\n".join(f"{_EMBEDDED}{line}{_TO_HERE}" for line in text.split("\n"))


def _srt(captions: Sequence[Caption], _style: _Style) -> str:
    # An arrow in a text would be taken for a time.
    return subtitles.srt((one.start_s, one.end_s, _sided(one.text.replace("-->", "→"))) for one in captions)


def _vtt(captions: Sequence[Caption], style: _Style) -> str:
    return subtitles.vtt(
        (one.start_s, one.end_s, _sided(_marked(one) if style.each_word else subtitles.escaped(one.text)))
        for one in captions
    )


def _marked(caption: Caption) -> str:
    """Return the text with the time at which each word begins before it, where that is later than the one before."""
    at = round(caption.start_s * 1000)
    out = []
    for line in caption.lines:
        shown = ""
        for before, word in pairwise((None, *line)):
            assert word is not None
            shown += " " if before is not None and word.space else ""
            begins = round(word.start_s * 1000)
            if at < begins < round(caption.end_s * 1000):
                shown += f"<{subtitles.clock(word.start_s)}>"
                at = begins
            shown += subtitles.escaped(word.text)
        out.append(shown)
    return "\n".join(out)


def _ttml(captions: Sequence[Caption], style: _Style) -> str:
    text = "\n".join(one.text for one in captions)
    side = ' tts:direction="rtl" tts:unicodeBidi="embed"' if right_to_left(text) else ""
    rows = (
        f'      <p xml:id="c{number}" begin="{subtitles.clock(one.start_s)}" end="{subtitles.clock(one.end_s)}">'
        f"{'<br/>'.join(subtitles.escaped(line) for line in one.text.split(chr(10)))}</p>\n"
        for number, one in enumerate(captions, 1)
    )
    return _HEAD.format(language=subtitles.escaped(style.language).replace('"', ""), side=side) + "".join(rows) + _TAIL


_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling"
    xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xml:lang="{language}" xml:space="preserve"
    ttp:timeBase="media" ttp:cellResolution="32 15" ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/text">
  <head>
    <styling>
      <style xml:id="text" tts:fontFamily="proportionalSansSerif" tts:fontSize="100%" tts:lineHeight="125%"
        tts:textAlign="center" tts:color="white" tts:backgroundColor="black"{side}/>
    </styling>
    <layout>
      <region xml:id="bottom" tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="after"/>
    </layout>
  </head>
  <body style="text" region="bottom">
    <div>
"""
_TAIL: Final = """    </div>
  </body>
</tt>
"""
_WRITERS: Final[Mapping[str, Callable[[Sequence[Caption], _Style], str]]] = {
    ".srt": _srt, ".vtt": _vtt, ".ttml": _ttml,
}  # fmt: skip
