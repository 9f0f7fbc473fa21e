"""Captions of a film: a track of their own, or in the picture, where they cover no mouth."""

import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from audio2blend import subtitles
from audio2blend.captions.caption import columns
from audio2blend.errors import InputError
from audio2blend.files import local

from .geometry import Box

_LINE: Final = 1.25
"""Height of a line in heights of the letters."""
_COLUMN: Final = 0.55
"""Width of a column, on average at most, in heights of the letters."""
_TAG: Final = re.compile(r"<[^<>]*>|\{\\[^{}]*\}|[\u202a-\u202e\u2066-\u2069]")
_ISO: Final = {
    "ar": "ara", "bg": "bul", "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa",
    "et": "est", "fi": "fin", "fr": "fra", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun", "id": "ind",
    "it": "ita", "ja": "jpn", "ko": "kor", "lt": "lit", "lv": "lav", "nb": "nob", "nl": "nld", "no": "nor",
    "pl": "pol", "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "sr": "srp", "sv": "swe",
    "th": "tha", "tr": "tur", "uk": "ukr", "vi": "vie", "zh": "zho",
}  # fmt: skip

_BIBLIOGRAPHIC: Final = {
    "ces": "cze", "deu": "ger", "ell": "gre", "fra": "fre", "nld": "dut", "ron": "rum", "slk": "slo", "zho": "chi",
}  # fmt: skip


class Cue(NamedTuple):
    """What is shown from when to when."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]


def cues(path: str | Path) -> list[Cue]:
    """Return the captions of an .srt or .vtt file. Raises InputError if there are none or they cannot be read."""
    path = local(path)
    if path.suffix.lower() not in (".srt", ".vtt"):
        raise InputError(f"{path}: captions for a film are an .srt or .vtt file; make one with audio2blend captions")
    try:
        found = subtitles.parse(path.read_text("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: the captions cannot be read: {error.strerror}; check the name") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: the captions are no text in UTF-8; save them as that") from None
    except subtitles.SubtitleError as error:
        raise InputError(f"{path}, line {error.line}: {error.what}; correct it") from None
    if not found:
        raise InputError(f"{path} holds no captions; name another file")
    plain = [(one, html.unescape(_TAG.sub("", one.text)).strip()) for one in found]
    return [Cue(one.start_s, one.end_s, tuple(text.splitlines())) for one, text in plain if text]


def iso_639_2(language: str, *, bibliographic: bool = False) -> str:
    """Return the code of three letters that containers want for a BCP 47 tag; "und" where it is unknown.

    QuickTime wants the bibliographic one where there are two.

    >>> iso_639_2("de-AT"), iso_639_2("de", bibliographic=True), iso_639_2("")
    ('deu', 'ger', 'und')
    """
    first = language.split("-")[0].lower()
    code = first if len(first) == 3 else _ISO.get(first, "und")
    return _BIBLIOGRAPHIC.get(code, code) if bibliographic else code


class Burnt(NamedTuple):
    """How captions stand in the picture."""

    letters: int
    """Height in pixels."""
    at_top: bool
    box: Box
    """What the largest of them covers."""


def place(shown: Sequence[Cue], size: tuple[int, int], safe: Box, mouth: Box | None) -> Burnt:
    """Return how large captions are and where: below, or above where they would cover the mouth; within `safe`."""
    widest = max(20, *(columns(line) for cue in shown for line in cue.lines))
    rows = max(len(cue.lines) for cue in shown)
    letters = max(8, int(min(0.05 * max(size[1], 0.6 * size[0]), safe.width / (_COLUMN * widest))))
    high = rows * letters * _LINE
    below = Box(safe.x, safe.bottom - high, safe.width, high)
    if mouth is None or not below.meets(mouth):
        return Burnt(letters, False, below)
    return Burnt(letters, True, Box(safe.x, safe.y, safe.width, high))


def ass(shown: Sequence[Cue], burnt: Burnt, size: tuple[int, int]) -> str:
    """Return captions as Advanced SubStation text: white with a dark edge, centred in their box."""
    width, height = size
    box = burnt.box
    edge = max(1, burnt.letters // 12)
    margins = f"{round(box.x)},{round(width - box.right)},{round(box.y if burnt.at_top else height - box.bottom)}"
    style = (
        f"Style: Default,Sans,{burnt.letters},&H00FFFFFF,&H00FFFFFF,&H00101010,&H90000000,-1,0,0,0,100,100,0,0,1,"
        f"{edge},{edge / 2:g},{8 if burnt.at_top else 2},{margins},1"
    )
    rows = [
        f"Dialogue: 0,{_clock(cue.start_s)},{_clock(cue.end_s)},Default,,0,0,0,,"
        + "\\N".join(line.replace("\\", "⧵").replace("{", "(").replace("}", ")") for line in cue.lines)
        for cue in shown
    ]
    return (
        f"[Script Info]\nScriptType: v4.00+\nPlayResX: {width}\nPlayResY: {height}\nWrapStyle: 0\n"
        "ScaledBorderAndShadow: yes\n\n[V4+ Styles]\n"
        "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
        "Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
        f"MarginR, MarginV, Encoding\n{style}\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n" + "\n".join(rows) + "\n"
    )


def _clock(at_s: float) -> str:
    hundredths = round(at_s * 100)
    return f"{hundredths // 360_000}:{hundredths // 6000 % 60:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"
