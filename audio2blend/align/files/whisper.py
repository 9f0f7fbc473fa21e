"""The JSON of WhisperX and of other transcribers built on Whisper: words in segments."""

from collections.abc import Iterator
from typing import Any, Final

from .format import AlignmentFormat, Entry, Parsed
from .source import Source


def recognises(source: Source) -> bool:
    """Return whether it has words in segments, or the words alone with their times."""
    data = source.json
    if not isinstance(data, dict):
        return False
    words = data.get("words")
    return any(isinstance(data.get(key), list) for key in ("segments", "word_segments")) or (
        isinstance(words, list) and any(isinstance(word, dict) and "word" in word and "start" in word for word in words)
    )


def parse(source: Source) -> Parsed:
    """Return the words; numbers and the like, which WhisperX does not align, have no time."""
    data = source.json
    language = str(data.get("language") or "")
    return Parsed(
        entries=tuple(_entry(word, place) for place, word in _words(data)),
        aligner="whisperx" if "word_segments" in data else "whisper",
        language=language if len(language) <= 3 else "",  # OpenAI's service says "english"
        duration_s=float(data["duration"]) if "duration" in data else None,
    )


def _words(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, segment in enumerate(data.get("segments") or (), 1):
        for place, word in enumerate(segment.get("words") or (), 1):
            yield f"segment {number}, word {place}", {"speaker": segment.get("speaker", ""), **word}
    if not any(segment.get("words") for segment in data.get("segments") or ()):
        for number, word in enumerate(data.get("word_segments") or data.get("words") or (), 1):
            yield f"word {number}", word


def _entry(word: dict[str, Any], place: str) -> Entry:
    text = str(word["word"]).strip()
    speaker = str(word.get("speaker") or "")
    if word.get("start") is None or word.get("end") is None:
        return Entry(text=text, speaker=speaker, place=place)
    sure = word.get("score", word.get("probability"))
    return Entry(
        text=text,
        start_s=float(word["start"]),
        end_s=float(word["end"]),
        confidence=1.0 if sure is None else float(sure),
        speaker=speaker,
        place=place,
    )


WHISPER: Final = AlignmentFormat(
    name="whisperx", title="WhisperX and Whisper JSON", suffixes=(".json",), parse=parse, recognises=recognises
)
