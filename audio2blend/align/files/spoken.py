"""What speech services tell beside the sound that they make: Azure, Amazon Polly and ElevenLabs."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Any, Final

from ...intervals import Interval
from . import cue_text
from .format import AlignmentFormat, Entry, Parsed
from .mouths import AZURE_VISEMES, POLLY_VISEMES, phones_of
from .source import FormatError, Source
from .tiers import Tier, entries
from .written import with_punctuation

_TICK_S: Final = 1e-7
_UNKNOWN_S: Final = 0.08
"""How long a letter takes, for the last word of speech marks without visemes."""


def _key(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event with its names in small letters without underscores: each of Azure's libraries has its own."""
    return {name.replace("_", "").casefold(): value for name, value in event.items()}


def _events(data: Any) -> list[dict[str, Any]]:
    """Return Azure's events of a list, or of an object with lists of them."""
    if isinstance(data, dict):
        if isinstance(best := data.get("NBest"), list) and best:
            return _events(best[0].get("Words"))
        lists = [value for value in data.values() if isinstance(value, list)]
        return [event for events in lists for event in _events(events)] if lists else _events([data])
    return [_key(event) for event in data if isinstance(event, dict)] if isinstance(data, list) else []


def _is_azure(event: dict[str, Any]) -> bool:
    return ("audiooffset" in event and ("text" in event or "visemeid" in event)) or {"word", "offset"} <= event.keys()


def recognises_azure(source: Source) -> bool:
    """Return whether it holds Azure's events."""
    return any(_is_azure(event) for event in _events(source.json))


def parse_azure(source: Source) -> Parsed:
    """Return the words of word boundaries, and the phones that visemes stand for; ticks of 100 ns or milliseconds."""
    events = [event for event in _events(source.json) if _is_azure(event)]
    visemes = [(float(e["audiooffset"]), e["visemeid"]) for e in events if "visemeid" in e]
    words = [e for e in events if "visemeid" not in e]
    durations = [float(e["duration"]) for e in words if e.get("duration")]
    durations += [after - before for (before, _), (after, _) in pairwise(visemes)]
    unit = 1e-3 if durations and median(durations) < 10_000 else _TICK_S
    spoken: list[Interval] = []
    for event in words:
        text = str(event.get("text", event.get("word")))
        start = float(event.get("audiooffset", event.get("offset", 0))) * unit
        kind = str(event.get("boundarytype", "")).casefold()
        if "punctuation" in kind:
            if spoken:
                spoken[-1] = spoken[-1]._replace(label=spoken[-1].label + text)
        elif "sentence" not in kind:
            spoken.append(Interval(text, start, start + float(event.get("duration") or 0) * unit))
    spoken = [
        one if one.end_s > one.start_s or after is None else one._replace(end_s=after.start_s)
        for one, after in zip(spoken, [*spoken[1:], None], strict=False)
    ]
    try:
        timed = [(time * unit, AZURE_VISEMES[int(number)]) for time, number in visemes]
    except IndexError:
        raise FormatError("", "has a viseme above 21, which Azure does not know; export it again") from None
    phones = phones_of(timed, end_s=max((one.end_s for one in spoken), default=0.0))
    return Parsed(entries=_with_words(spoken, phones, "event"))


def _with_words(words: Sequence[Interval], phones: Sequence[Interval], kind: str) -> tuple[Entry, ...]:
    places = [f"{kind} {number}" for number in range(1, len(words) + 1)]
    tiers = [Tier(name="words", intervals=words, places=places)] if words else []
    return entries([*tiers, *([Tier(name="phones", intervals=phones)] if phones else [])])


def _marks(source: Source) -> list[dict[str, Any]]:
    data = source.json
    marks = data if isinstance(data, list) else [data]
    return [mark for mark in marks if isinstance(mark, dict)]


def recognises_polly(source: Source) -> bool:
    """Return whether it holds speech marks."""
    return any({"time", "type", "value"} <= mark.keys() for mark in _marks(source))


def parse_polly(source: Source) -> Parsed:
    """Return the words of speech marks with the punctuation of their sentences, and the phones of their visemes.

    A mark has no end: a word ends where the next silent viseme or word begins.
    """
    marks = [mark for mark in _marks(source) if "type" in mark]
    visemes = [(float(m["time"]) / 1000, str(m["value"])) for m in marks if m["type"] == "viseme"]
    words = [m for m in marks if m["type"] == "word"]
    silent = [time for time, name in visemes if name == "sil"]
    starts = [float(mark["time"]) / 1000 for mark in words]
    texts = _of_sentences([mark for mark in marks if mark["type"] == "sentence"], words)
    spoken = []
    for number, (start, text) in enumerate(zip(starts, texts, strict=True)):
        next_silent = next((time for time in silent if time > start), None)
        ends = [time for time in (next_silent, *starts[number + 1 : number + 2]) if time is not None]
        spoken.append(Interval(text, start, min(ends) if ends else start + _UNKNOWN_S * len(text)))
    timed = [(time, POLLY_VISEMES.get(name, name)) for time, name in visemes]
    phones = phones_of(timed, end_s=max((one.end_s for one in spoken), default=0.0))
    return Parsed(entries=_with_words(spoken, phones, "word"), aligner="polly")


def _of_sentences(sentences: Iterable[dict[str, Any]], words: Sequence[dict[str, Any]]) -> list[str]:
    """Return the words as their sentences have them; Polly counts in bytes of UTF-8."""
    written = b""
    for sentence in sentences:
        start = int(sentence["start"])
        if start > 1_000_000:
            raise FormatError("", f"a sentence that begins at byte {start} is in no text; export it again")
        written = written[:start].ljust(start) + str(sentence["value"]).encode()
    spans = [
        (
            len(written[: int(mark["start"])].decode(errors="ignore")),
            len(written[: int(mark["end"])].decode(errors="ignore")),
        )
        for mark in words
    ]
    texts = [str(mark["value"]) for mark in words]
    text = written.decode(errors="ignore")
    known = [span if text[slice(*span)] == word else (None, None) for span, word in zip(spans, texts, strict=True)]
    return with_punctuation(text, known, texts)


def _characters(data: Any) -> tuple[list[Any], list[Any], list[Any]] | None:
    """Return ElevenLabs' characters with their starts and ends in seconds, in any of the ways it tells them."""
    if not isinstance(data, dict):
        return None
    for inner in (data.get("alignment"), data.get("normalized_alignment"), data.get("normalizedAlignment")):
        if found := _characters(inner):
            return found
    if "character_start_times_seconds" in data:
        return data["characters"], data["character_start_times_seconds"], data["character_end_times_seconds"]
    if "charStartTimesMs" in data:
        starts = [float(time) / 1000 for time in data["charStartTimesMs"]]
        lasts = zip(starts, data.get("charDurationsMs") or data["charsDurationsMs"], strict=True)
        return data["chars"], starts, [start + float(last) / 1000 for start, last in lasts]
    characters = data.get("characters")
    if isinstance(characters, list) and all(isinstance(one, dict) and "start" in one for one in characters):
        texts, starts, ends = ([one[key] for one in characters] for key in ("text", "start", "end"))
        return texts, starts, ends
    return None


def recognises_elevenlabs(source: Source) -> bool:
    """Return whether it times characters."""
    return _characters(source.json) is not None


def parse_elevenlabs(source: Source) -> Parsed:
    """Return the words: characters between spaces."""
    found = _characters(source.json)
    assert found is not None
    out: list[Entry] = []
    open_word = False
    for number, (text, start, end) in enumerate(zip(*found, strict=True), 1):
        if not str(text).strip():
            open_word = False
        elif open_word:
            out[-1] = replace(out[-1], text=out[-1].text + str(text), end_s=float(end))
        else:
            out.append(Entry(text=str(text), start_s=float(start), end_s=float(end), place=f"character {number}"))
            open_word = True
    return Parsed(entries=tuple(out), aligner="elevenlabs")


AZURE: Final = AlignmentFormat(
    name="azure", title="Azure speech events", suffixes=(".json",), written_as=(".azure-visemes.json",),
    parse=parse_azure, recognises=recognises_azure, render=cue_text.azure,
)  # fmt: skip
POLLY: Final = AlignmentFormat(
    name="polly", title="Amazon Polly speech marks", suffixes=(".json", ".jsonl", ".marks"),
    written_as=(".polly.json", ".marks"), parse=parse_polly, recognises=recognises_polly, render=cue_text.polly,
)  # fmt: skip
ELEVENLABS: Final = AlignmentFormat(
    name="elevenlabs", title="ElevenLabs alignment", suffixes=(".json",), parse=parse_elevenlabs,
    recognises=recognises_elevenlabs,
)  # fmt: skip
