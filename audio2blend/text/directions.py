"""Directions in a text: `[laughs]` is an event, `(joy)` the emotion from there to the next one or the paragraph's end.

What stands in square brackets is never said. In round ones that holds for directions that are known, so that an aside
(as this one) stays a part of what is said.
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from .passage import Note, Passage, Span
from .script import Problem

_ASIDE: Final = re.compile(r"\[([^\[\]\n]{1,200})\]|\(([^()\n]{1,40})\)")
_PARAGRAPH: Final = re.compile(r"\n\s*\n|\Z")


def taken_out(passage: Passage) -> Passage:
    """Return a passage whose directions are notes; where they stood there are spaces."""
    spans: list[Span] = []
    problems: list[Problem] = []
    paragraphs = [match.start() for match in _PARAGRAPH.finditer(passage.text)]  # where they end
    emotion = -1  # number of the last one

    def note(match: re.Match[str]) -> str:
        nonlocal emotion
        name = " ".join((match[1] or match[2]).casefold().split()).strip(".!")
        kind, value = _known().get(name, ("event", name))
        if name not in _known():
            if match[1] is None or not name:
                return match[0]
            message = f"{match[0]} is no direction that is known; it is kept as an event and not said"
            problems.append(Problem(place=passage.places[match.start()], text=match[0], message=message))
        end = match.start()
        if kind == "emotion":
            end = paragraphs[bisect_left(paragraphs, match.end())]
            if emotion >= 0:
                spans[emotion] = replace(spans[emotion], end=min(spans[emotion].end, match.start()))
            emotion = len(spans)
        spans.append(Span(start=match.start(), end=end, note=kind, value=value, text=match[0]))
        return " " * len(match[0])

    text = _ASIDE.sub(note, passage.text)
    return replace(passage, text=text, spans=(*passage.spans, *spans), problems=(*passage.problems, *problems))


@cache
def _known() -> Mapping[str, tuple[Note, str]]:
    table = tomllib.loads(Path(__file__).with_name("directions.toml").read_text("utf-8"))
    notes: tuple[Note, Note] = ("event", "emotion")
    return {text: (note, name) for note in notes for name, spellings in table[note].items() for text in spellings}
