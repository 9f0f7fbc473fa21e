"""The project's own JSON, which keeps everything: confidences, words that were not found, and problems."""

import json
from typing import Any, Final

from ...intervals import Interval
from ..alignment import Alignment, Problem
from .format import AlignmentFormat, Entry, Parsed
from .source import FormatError, Source

_KIND: Final = "audio2blend alignment"
_VERSION: Final = 1


def recognises(source: Source) -> bool:
    """Return whether it says that it is one."""
    return isinstance(source.json, dict) and source.json.get("format") == _KIND


def parse(source: Source) -> Parsed:
    """Return all of it; raises FormatError for a version that is not known yet."""
    data = source.json
    if data["version"] != _VERSION:
        raise FormatError("", f"of version {data['version']}, and this program reads {_VERSION}; update it")
    return Parsed(
        entries=tuple(_entry(word, f"word {number}") for number, word in enumerate(data["words"], 1)),
        duration_s=float(data["duration_s"]),
        aligner=str(data["aligner"]),
        language=str(data["language"]),
        problems=tuple(
            Problem(start_s=float(one["start_s"]), end_s=float(one["end_s"]), text=str(one["text"]))
            for one in data["problems"]
        ),
    )


def _entry(word: dict[str, Any], place: str) -> Entry:
    return Entry(
        text=str(word["text"]),
        start_s=float(word["start_s"]),
        end_s=float(word["end_s"]),
        phones=tuple(Interval(str(label), float(start), float(end)) for label, start, end in word["phones"]),
        confidence=float(word["confidence"]),
        place=place,
    )


def render(alignment: Alignment, _name: str) -> str:
    """Return the file, a word a line, so that people and version control can read it."""
    words = [
        {
            "text": word.text,
            "start_s": word.start_s,
            "end_s": word.end_s,
            "confidence": word.confidence,
            "phones": [list(phone) for phone in word.phones],
        }
        for word in alignment.words
    ]
    problems = [{"start_s": one.start_s, "end_s": one.end_s, "text": one.text} for one in alignment.problems]
    head = {
        "format": _KIND,
        "version": _VERSION,
        "aligner": alignment.aligner,
        "language": alignment.language,
        "duration_s": alignment.duration_s,
    }
    lines = [f"  {_json(key)}: {_json(value)}" for key, value in head.items()]
    lines += [_listed("words", words), _listed("problems", problems)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _listed(name: str, values: list[dict[str, Any]]) -> str:
    inner = ",\n".join(f"    {_json(value)}" for value in values)
    return f'  "{name}": [\n{inner}\n  ]' if values else f'  "{name}": []'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


OWN: Final = AlignmentFormat(
    name="audio2blend", title="audio2blend JSON", suffixes=(".json",), parse=parse, render=render, recognises=recognises
)
