"""Gentle's JSON: the words of a transcript, each found or not."""

from typing import Any, Final

from ...intervals import Interval
from .format import AlignmentFormat, Entry, Parsed
from .source import Source
from .written import with_punctuation

_UNKNOWN: Final = ("oov", "sil", "spn", "laughter", "noise", "breath", "cough")


def recognises(source: Source) -> bool:
    """Return whether its words are told to be found or not."""
    words = source.json.get("words") if isinstance(source.json, dict) else None
    return isinstance(words, list) and any(isinstance(word, dict) and "case" in word for word in words)


def parse(source: Source) -> Parsed:
    """Return the words as the transcript has them, with its punctuation."""
    data = source.json
    transcript = str(data.get("transcript", ""))
    words = [
        (number, word) for number, word in enumerate(data["words"], 1) if word["case"] != "not-found-in-transcript"
    ]
    spans = [(word.get("startOffset"), word.get("endOffset")) for _, word in words]
    texts = with_punctuation(transcript, spans, [str(word["word"]) for _, word in words])
    return Parsed(
        entries=tuple(_entry(word, text, f"word {number}") for (number, word), text in zip(words, texts, strict=True)),
        language="en",
    )


def _entry(word: dict[str, Any], text: str, place: str) -> Entry:
    if word["case"] != "success":
        return Entry(text=text, place=place)
    start = at = float(word["start"])
    end = float(word["end"])
    phones = []
    for phone in word.get("phones", ()):
        label, until = str(phone["phone"]).split("_")[0], at + float(phone["duration"])
        if label not in _UNKNOWN:
            phones.append(Interval(label, at, min(until, end)))
        at = until
    return Entry(text=text, start_s=start, end_s=end, phones=tuple(phones), place=place)


GENTLE: Final = AlignmentFormat(
    name="gentle", title="Gentle JSON", suffixes=(".json",), parse=parse, recognises=recognises
)
