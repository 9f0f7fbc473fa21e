"""Cues of mouth shapes: Rhubarb's TSV, XML and JSON, and Moho's .dat, which Papagayo and Rhubarb write too."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from ...intervals import Interval
from ..alignment import SILENCE
from . import cue_text
from .format import AlignmentFormat, Parsed
from .mouths import PRESTON_BLAIR, RHUBARB, phones_of
from .source import FormatError, Source
from .tiers import Tier, entries

_ORDER: Final = "begins before the cue before it does; export the file again"


def _parsed(phones: Sequence[Interval], end_s: float) -> Parsed:
    return Parsed(entries=entries([Tier(name="phones", intervals=phones)]), duration_s=end_s)


def _shape(name: str, place: str) -> str:
    """Return the phone that a mouth shape stands for."""
    upper = name.strip().upper()
    if upper not in RHUBARB.keys() | PRESTON_BLAIR.keys():
        raise FormatError(place, f"'{name}' is no mouth of Rhubarb's or Preston Blair's; export the file again")
    return RHUBARB.get(upper) or PRESTON_BLAIR[upper]


def _starts(cues: Iterable[tuple[str, float, str]]) -> list[tuple[float, str]]:
    placed = list(cues)
    for (_, before, _), (place, after, _) in pairwise(placed):
        if not after >= before:
            raise FormatError(place, _ORDER)
    return [(time, label) for _, time, label in placed]


def parse_tsv(source: Source) -> Parsed:
    """Return the phones of lines of time and shape; the last line is the end."""
    cues = []
    for place, line in source.lines:
        parts = line.split()
        try:
            cues.append((place, float(parts[0]), _shape(parts[1], place)))
        except (ValueError, IndexError) as error:
            if isinstance(error, FormatError):
                raise
            raise FormatError(place, "has no time and mouth; export the file again") from None
    starts = _starts(cues)
    return _parsed(phones_of(starts, end_s=starts[-1][0]), starts[-1][0])


def parse_xml(source: Source) -> Parsed:
    """Return the phones of Rhubarb's XML."""
    cues = [
        (f"cue {number}", cue.get("start", ""), cue.get("end", ""), cue.text or "")
        for number, cue in enumerate(source.xml.iter("mouthCue"), 1)
    ]
    if source.xml.tag != "rhubarbResult":
        raise FormatError("", "XML, but not Rhubarb's; name a .TextGrid, .eaf or the like")
    return _of_cues(cues, source.xml.findtext("metadata/duration"))


def recognises_json(source: Source) -> bool:
    """Return whether it has cues."""
    return isinstance(source.json, dict) and isinstance(source.json.get("mouthCues"), list)


def parse_json(source: Source) -> Parsed:
    """Return the phones of Rhubarb's JSON."""
    cues = [
        (f"cue {number}", str(cue["start"]), str(cue["end"]), str(cue["value"]))
        for number, cue in enumerate(source.json["mouthCues"], 1)
    ]
    length = source.json.get("metadata", {}).get("duration")
    return _of_cues(cues, None if length is None else str(length))


def _of_cues(cues: Sequence[tuple[str, str, str, str]], length: str | None) -> Parsed:
    phones = [Interval(_shape(name, place), float(start), float(end)) for place, start, end, name in cues]
    tier = Tier(name="phones", intervals=phones, places=[place for place, *_ in cues])
    ends = [phone.end_s for phone in phones]
    return Parsed(entries=entries([tier]), duration_s=max(ends) if length is None and ends else float(length or 0))


def parse_moho(source: Source) -> Parsed:
    """Return the phones of a switch layer's frames; frame 1 is at 0 s, and the last cue lasts a frame."""
    (_, heading), *lines = source.lines
    if heading.strip() != "MohoSwitch1":
        raise FormatError("line 1", "is not 'MohoSwitch1'; export the file again for Moho")
    cues = []
    for place, line in lines:
        frame, _, name = line.strip().partition(" ")
        if not frame.isascii() or not frame.isdigit() or len(frame) > 12:
            raise FormatError(place, f"'{frame}' is no frame; export the file again")
        cues.append((place, float(max(0, int(frame) - 1) / source.frame_rate), _shape(name, place)))
    starts = _starts(cues)
    end_s = starts[-1][0] + (0.0 if starts[-1][1] == SILENCE else float(1 / source.frame_rate))
    return _parsed(phones_of(starts, end_s=end_s), end_s)


RHUBARB_TSV: Final = AlignmentFormat(
    name="rhubarb", title="Rhubarb cues", suffixes=(".tsv",), written_as=(".rhubarb.tsv", ".tsv"), parse=parse_tsv,
    render=cue_text.rhubarb_tsv,
)  # fmt: skip
RHUBARB_XML: Final = AlignmentFormat(
    name="rhubarb", title="Rhubarb XML", suffixes=(".xml",), written_as=(".rhubarb.xml", ".xml"), parse=parse_xml,
    render=cue_text.rhubarb_xml,
)  # fmt: skip
RHUBARB_JSON: Final = AlignmentFormat(
    name="rhubarb", title="Rhubarb JSON", suffixes=(".json",), written_as=(".rhubarb.json",), parse=parse_json,
    recognises=recognises_json, render=cue_text.rhubarb_json,
)  # fmt: skip
MOHO: Final = AlignmentFormat(
    name="moho", title="Moho or Papagayo switch data", suffixes=(".dat",), written_as=(".moho.dat", ".dat"),
    parse=parse_moho, render=cue_text.moho,
)  # fmt: skip
