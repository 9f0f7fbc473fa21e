"""Making a take again by words that were corrected; the rest of it is kept to the last bit."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from audio2blend.align import AlignedWord, Alignment
from audio2blend.align.completed import completed
from audio2blend.align.files import read
from audio2blend.errors import InputError
from audio2blend.hybrid import Mode
from audio2blend.prediction import Prediction

from . import _files, _words


def run(
    *,
    speech: str,
    part: Sequence[float] = (),
    without_text: str,
    alignment: str,
    words: Sequence[Sequence[Any]],
    language: str,
    mode: Mode = "hybrid",
    output: str,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Write the prediction by other words and their alignment, and return what `_words.written` returns.

    Args:
        speech: a sound or video file.
        part: where in the recording to begin and to end, in seconds; nothing is all of it.
        without_text: the prediction that does not go by words, a file of `animate`.
        alignment: the words as they were, a file of `animate`.
        words: as they are to be, as [number, text, start, end]: the number of the word that stays as it was, or −1
            for one that was corrected or is new.
        language: a BCP 47 tag, by which corrected words are pronounced.
        mode: what moves the mouth.
        output: the .npz file to write.
        progress: not called: this is quick.

    Raises:
        InputError: for what cannot be read, written or pronounced, and words that overlap.
    """
    recording = _files.recording(speech, part)
    prediction, before = Prediction.read(Path(without_text)), read(Path(alignment))
    after = replace(before, words=tuple(_word(before, *word) for word in words))
    _check(after)
    after = completed(after, prediction.posteriors, recording, language=language or before.language)
    return _words.written(prediction, after, recording, mode=mode, output=Path(output))


def _word(before: Alignment, number: int, text: str, start_s: float, end_s: float) -> AlignedWord:
    if 0 <= number < len(before.words):
        return before.words[number]
    return AlignedWord(text=text, start_s=start_s, end_s=end_s)


def _check(alignment: Alignment) -> None:
    """Raise InputError for words that last no time, overlap, or lie outside of the sound."""
    until, last = 0.0, ""
    for word in alignment.words:
        where = f"the word “{word.text}” at {word.start_s:.2f} s"
        if word.end_s < word.start_s:
            raise InputError(f"{where} ends before it starts; correct its times")
        if word.start_s < until - 1e-4:
            raise InputError(f"{where} starts before “{last}” ends; correct one of the two")
        if word.end_s > alignment.duration_s + 0.05:
            raise InputError(f"{where} ends after the sound ({alignment.duration_s:.2f} s); correct its times")
        until, last = word.end_s, word.text
