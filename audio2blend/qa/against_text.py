"""Measures of an animated line against its text: whether it is spoken, and whether lips close on its p, b and m."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..align.letters import Word, spell
from ..align.reading import Reading, read
from ..clip import FRAME_RATE
from ..posteriors import PhonePosteriors
from .against_sound import FEWEST_PHONES
from .measure import Measure, mean, measured
from .phone_closures import closed_phones
from .sampled import Sampled

_NAMES: Final = ("text_fit", "words_heard", "text_closed")
_FEWEST_LETTERS: Final = 12
_READABLE: Final = 0.85
_CLEAR: Final = 0.5


def against_text(
    text: str, posteriors: PhonePosteriors, take: Sampled, times_s: NDArray[np.float64]
) -> tuple[Reading | None, list[Measure]]:
    """Return the text aligned with its sound, and its measures; None if it cannot be read or is not what is spoken.

    Args:
        text: the words of the line.
        posteriors: phone posteriors of the sound.
        take: the lips.
        times_s: the times of the take's frames, shape (n_frames,).
    """
    words = spell(text)
    try:
        reading = _read(words, posteriors).within(times_s[0], times_s[-1] + 1 / FRAME_RATE)
    except ValueError as error:
        return None, [Measure(name, None, "info", str(error)) for name in _NAMES]
    doubt = _doubt(words, reading)
    few = f"only {_known(words)} letters" if _known(words) < _FEWEST_LETTERS else ""
    fit = measured("text_fit", lambda: reading.fit, unjudged=doubt or few)
    if fit.verdict == "fail":
        return None, [fit, *(Measure(name, None, "info", "the text is not what is said") for name in _NAMES[1:])]
    return reading, [fit, *_words_and_lips(reading, take, times_s[0], doubt)]


def _read(words: Sequence[Word], posteriors: PhonePosteriors) -> Reading:
    if words and not _known(words):
        raise ValueError(_unreadable(words))
    return read(words, posteriors)


def _doubt(words: Sequence[Word], reading: Reading) -> str:
    if reading.readable < _READABLE:
        return _unreadable(words)
    return "the network is not sure enough of this sound" if reading.clarity < _CLEAR else ""


def _words_and_lips(reading: Reading, take: Sampled, first_s: float, doubt: str) -> Iterator[Measure]:
    known = [not word.missing for word in reading.words if word.heard is not None]
    yield measured("words_heard", lambda: mean(known, otherwise="no word can be read"), unjudged=doubt)
    spans = reading.closures_s - first_s
    few = f"only {len(spans)} said" if len(spans) < FEWEST_PHONES else ""
    yield measured(
        "text_closed", lambda: closed_phones(take.opening, spans, frame_rate=FRAME_RATE), unjudged=doubt or few
    )


def _known(words: Sequence[Word]) -> int:
    return sum(bool(letter.phones) for word in words for letter in word.letters)


def _unreadable(words: Sequence[Word]) -> str:
    letter = next(letter.text for word in words for letter in word.letters if not letter.phones)
    return f"cannot read “{letter[:12]}”, only Latin, Cyrillic, Greek, Arabic and Devanagari letters and kana"
