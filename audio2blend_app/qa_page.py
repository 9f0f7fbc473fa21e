"""The page of `qa`: that of `view`, with what was measured as lanes and tables."""

from collections.abc import Mapping
from pathlib import Path

from audio2blend.align.alignment import AlignedWord
from audio2blend.align.free import free_phones
from audio2blend.audio import Speech
from audio2blend.clip import FRAME_RATE, Clip
from audio2blend.lips import CLOSED
from audio2blend.qa.difference import difference
from audio2blend.qa.judge import Judgement
from audio2blend.qa.report import headline, tables
from audio2blend.qa.sampled import MeasuredFace
from usd_export.viewer import Lane, Page, write

from .character import Character
from .page import difference_lane, difference_text, noted, seen


def write_page(
    found: Judgement,
    clips: Mapping[str, Clip],
    speech: Speech,
    who: Character,
    measured_on: MeasuredFace,
    path: Path,
) -> None:
    """Write a page about a clip and, where there is one, its reference, by what they are called."""
    shown = list(clips.values())
    on_page = seen(who, shown)
    text, verdict = headline(found)
    apart = None if len(shown) < 2 else difference(shown[0], shown[1], measured_on, found.times_s)
    lanes = [_lane(found, "opening", "Lip opening"), _lane(found, "width", "Lip width")]
    if apart is not None and (lane := difference_lane(apart)) is not None:
        lanes.append(lane)
    facts = {"curves": next(iter(clips)), "character": Path(who.path).name}
    if speech.source is not None:
        facts["sound"] = speech.source.name
    page = Page(
        title=f"{text}: {next(iter(clips))}",
        verdict=verdict,
        clips=clips,
        facts=facts | {"length": f"{len(found.times_s) / float(FRAME_RATE):.2f} s"},
        character=on_page.character,
        focus=on_page.focus,
        speech=speech,
        words=tuple(_words(found)),
        phones=tuple(free_phones(found.posteriors)),
        lanes=tuple(lanes),
        closings=tuple((one.start_s, one.end_s, one.label, one.closed) for one in found.closings()),
        difference="" if apart is None else difference_text(apart),
        differences=None if apart is None else apart.channels,
        notes=tuple(noted(who, on_page)),
        report=tables(found),
    )
    write(page, path)


def _lane(found: Judgement, name: str, label: str) -> Lane:
    """Return a measured curve of the clip and, where there is one, of the reference."""
    about = {
        "opening": "the visible gap of the inner lips over the distance of the outer eye corners",
        "width": "the distance of the mouth corners over that of the outer eye corners",
    }
    curves = [found.clip] + ([found.reference] if found.reference is not None else [])
    return Lane(
        label=label,
        about=about[name],
        curves=tuple(getattr(curve, name) for curve in curves),
        start_s=float(found.times_s[0]),
        frame_rate=float(FRAME_RATE),
        low=0.0 if name == "opening" else None,
        closed=CLOSED if name == "opening" else None,
        zones=name == "opening",
    )


def _words(found: Judgement) -> list[AlignedWord]:
    """Return the words of the text; those that are missing last 0 s."""
    return [
        AlignedWord(
            text=word.text,
            start_s=word.start_s,
            end_s=word.start_s if word.missing else word.end_s,
            confidence=1.0 if word.heard is None else word.heard,
        )
        for word in (found.reading.words if found.reading else ())
    ]
