"""Mouth shapes as text that other programs read: Rhubarb's, Moho's, Azure's and Amazon Polly's."""

import json
from fractions import Fraction
from typing import Any, Final
from xml.sax.saxutils import escape

from ...intervals import Interval
from ...visemes.sets import viseme_set
from ..alignment import SILENCE, Alignment

MOHO_RATE: Final = Fraction(24)
"""Frames per second of Moho's projects, unless somebody changes it."""
_TICKS_PER_S: Final = 10_000_000


def cues(alignment: Alignment, name: str) -> list[Interval]:
    """Return the shapes of a set, one of `audio2blend.visemes.sets`, from 0 to the end of an alignment."""
    spoken = (phone for phone in alignment.phones if phone.label != SILENCE)
    return viseme_set(name).cues(spoken, alignment.duration_s)


def rhubarb_tsv(alignment: Alignment, _name: str) -> str:
    """Return a line for each shape: its start, a tab and its letter; the last line is the end, at rest."""
    lines = [f"{cue.start_s:.2f}\t{cue.label}\n" for cue in cues(alignment, "rhubarb")]
    return "".join([*lines, f"{alignment.duration_s:.2f}\tX\n"])


def rhubarb_xml(alignment: Alignment, name: str) -> str:
    """Return Rhubarb's XML."""
    lines = [
        f'    <mouthCue start="{cue.start_s:.2f}" end="{cue.end_s:.2f}">{cue.label}</mouthCue>'
        for cue in cues(alignment, "rhubarb")
    ]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            "<rhubarbResult>",
            "  <metadata>",
            f"    <soundFile>{escape(name)}</soundFile>",
            f"    <duration>{alignment.duration_s:.2f}</duration>",
            "  </metadata>",
            "  <mouthCues>",
            *lines,
            "  </mouthCues>",
            "</rhubarbResult>",
            "",
        ]
    )


def rhubarb_json(alignment: Alignment, name: str) -> str:
    """Return Rhubarb's JSON."""
    lines = [
        f'    {{ "start": {cue.start_s:.2f}, "end": {cue.end_s:.2f}, "value": "{cue.label}" }}'
        for cue in cues(alignment, "rhubarb")
    ]
    head = {"soundFile": name, "duration": round(alignment.duration_s, 2)}
    listed = ",\n".join(lines)
    return f'{{\n  "metadata": {json.dumps(head)},\n  "mouthCues": [\n{listed}\n  ]\n}}\n'


def moho(alignment: Alignment, _name: str, *, frame_rate: Fraction = MOHO_RATE) -> str:
    """Return switch data: a frame and a shape a line; frame 1 is at 0 s."""
    lines: dict[int, str] = {}
    for cue in cues(alignment, "preston-blair"):
        lines[1 + round(cue.start_s * frame_rate)] = cue.label
    lines[1 + round(alignment.duration_s * frame_rate)] = "rest"
    return "".join(["MohoSwitch1\n", *(f"{frame} {shape}\n" for frame, shape in lines.items())])


def azure(alignment: Alignment, _name: str) -> str:
    """Return Azure's viseme events, in ticks of 100 ns; the last one is the end, at rest."""
    shapes = [*cues(alignment, "azure"), Interval("0", alignment.duration_s, alignment.duration_s)]
    events = [{"AudioOffset": _ticks(cue.start_s), "VisemeId": int(cue.label)} for cue in shapes]
    return "[\n" + ",\n".join(map(json.dumps, events)) + "\n]\n"


def _ticks(time_s: float) -> int:
    return round(time_s * _TICKS_PER_S)


def polly(alignment: Alignment, _name: str) -> str:
    """Return speech marks, one a line: a sentence of all words, the words by their bytes in it, and the visemes."""
    words = [word for word in alignment.words if word.found and word.text]
    marks: list[dict[str, Any]] = []
    at = 0
    for word in words:
        end = at + len(word.text.encode())
        marks.append({"time": _ms(word.start_s), "type": "word", "start": at, "end": end, "value": word.text})
        at = end + 1
    if words:
        text = " ".join(word.text for word in words)
        sentence = {"type": "sentence", "start": 0, "end": len(text.encode()), "value": text}
        marks.insert(0, {"time": _ms(words[0].start_s), **sentence})
    shapes = [*cues(alignment, "polly"), Interval("sil", alignment.duration_s, alignment.duration_s)]
    marks += [{"time": _ms(cue.start_s), "type": "viseme", "value": cue.label} for cue in shapes]
    order = ("sentence", "word", "viseme")
    marks.sort(key=lambda mark: (mark["time"], order.index(mark["type"])))
    return "".join(json.dumps(mark, ensure_ascii=False) + "\n" for mark in marks)


def _ms(time_s: float) -> int:
    return round(time_s * 1000)
