"""TextGrids of Praat, the Montreal Forced Aligner and WebMAUS: tiers of words and phones."""

from typing import Final

from ..alignment import Alignment
from . import praat
from .format import AlignmentFormat, Parsed
from .source import FormatError, Source
from .tiers import Tier, entries, of_alignment


def parse(source: Source) -> Parsed:
    """Return the words and phones of a TextGrid's tiers."""
    try:
        grid = praat.parse(source.text)
    except ValueError:
        raise FormatError("", "not a whole TextGrid; save it again in Praat or align it again") from None
    tiers = (Tier(name=name, intervals=intervals) for name, intervals in grid.tiers)
    return Parsed(entries=entries(tiers), duration_s=grid.end_s)


def render(alignment: Alignment, _name: str) -> str:
    """Return a TextGrid with a tier of words and one of phones."""
    return praat.render(of_alignment(alignment), alignment.duration_s)


TEXTGRID: Final = AlignmentFormat(
    name="textgrid", title="Praat TextGrid", suffixes=(".textgrid",), parse=parse, render=render
)
