"""PocketSphinx as an aligner: English alone, with a model of its own, so that it checks ours independently.

D. Huggins-Daines, M. Kumar, A. Chan, A. Black, M. Ravishankar, A. Rudnicky, *PocketSphinx: a free, real-time continuous
speech recognition system for hand-held devices*, ICASSP 2006.
"""

from importlib.util import find_spec
from typing import Any, Final

import numpy as np

from ..arpabet import ARPABET, to_ipa
from ..audio import Speech
from ..errors import InputError, MissingDependencyError
from ..intervals import Interval
from ..phones import segments
from ..posteriors import PhonePosteriors
from ..text import Script
from ..text.word import Word
from .alignment import AlignedWord, Alignment
from .completed import completed

_Span = tuple[int, int, tuple[Interval, ...]]
"""The first frame of a word, the one after its last, and its phones."""
_FRAME_S: Final = 0.01
_SILENCE: Final = "SIL"
_SAME: Final = {"ɔ": "AO", "ɑ": "AA", "a": "AH", "e": "EH", "o": "OW", "y": "UW", "r": "R", "ʁ": "R", "ɕ": "SH"}
"""For classes of ours that ARPAbet writes otherwise."""


def pocketsphinx(script: Script, posteriors: PhonePosteriors, speech: Speech) -> Alignment:
    """Return what PocketSphinx finds with the English model that it brings.

    Where it finds words but not their phones, those are found by ours within the words, from `posteriors`. It follows
    texts of up to a few minutes. Raises MissingDependencyError without the extra `pocketsphinx`, InputError for
    another language and for a text that it cannot follow to its end.
    """
    if find_spec("pocketsphinx") is None:
        raise MissingDependencyError(
            "pocketsphinx is not installed; pip install 'audio2blend[pocketsphinx]', or choose the aligner builtin"
        )
    if script.language.partition("-")[0].lower() != "en":
        raise InputError(f"pocketsphinx aligns English alone, and the text is in {script.language}; use builtin")
    from pocketsphinx import Decoder

    decoder = Decoder(lm=None, loglevel="FATAL")
    names = [_named(decoder, number, word) for number, word in enumerate(script.words)]
    known = [name for name in names if name]
    sound = (np.clip(speech.samples, -1, 1) * 32767).astype("<i2").tobytes()
    decoder.set_align_text(" ".join(known))
    _decode(decoder, sound)
    spans: list[_Span] = [
        (s.start_frame, s.end_frame + 1, ()) for s in decoder.seg() or () if not s.word.startswith("<")
    ]
    if len(spans) != len(known):
        raise InputError("pocketsphinx cannot follow the text to its end; is it that of this line? use builtin")
    spans = _with_phones(decoder, sound) or spans
    found = iter(spans)
    words = [_word(word.text, *next(found)) if name else None for word, name in zip(script.words, names, strict=True)]
    alignment = Alignment(
        words=tuple(_placed(words, script)),
        duration_s=speech.duration_s,
        aligner="pocketsphinx",
        language=script.language,
    )
    return completed(alignment, posteriors, speech, language=script.language)


def _named(decoder: Any, number: int, word: Word) -> str:
    """Return what the decoder calls a word, which is added to its dictionary where it is not there; "" if silent."""
    name = word.text.lower()
    if name.isalpha() and name.isascii() and decoder.lookup_word(name):
        return name
    if not word.pronunciations:
        return ""
    phones = [_arpabet(kind) for _, kind in segments(word.pronunciations[0])]
    name = f"word{number}"
    decoder.add_word(name, " ".join(phones), True)
    return name


def _arpabet(kind: str) -> str:
    """Return the ARPAbet of a class of `PHONES`."""
    by_ipa = {ipa: name for name, ipa in ARPABET.items()}
    return _SAME.get(kind) or by_ipa.get(kind) or {"ə": "AH", "ts": "T S", "ɡ": "G"}.get(kind, "AH")


def _decode(decoder: Any, sound: bytes) -> None:
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()


def _with_phones(decoder: Any, sound: bytes) -> list[_Span]:
    """Return the words with their phones, by a second pass that may fail; then nothing."""
    try:
        decoder.set_alignment()
        _decode(decoder, sound)
        return [
            (
                word.start,
                word.start + word.duration,
                tuple(
                    Interval(to_ipa(phone.name), phone.start * _FRAME_S, (phone.start + phone.duration) * _FRAME_S)
                    for phone in word
                    if phone.name != _SILENCE
                ),
            )
            for word in decoder.get_alignment()
            if not word.name.startswith("<")
        ]
    except RuntimeError:
        return []


def _word(text: str, first: int, end: int, phones: tuple[Interval, ...]) -> AlignedWord:
    return AlignedWord(text=text, start_s=first * _FRAME_S, end_s=end * _FRAME_S, phones=phones)


def _placed(words: list[AlignedWord | None], script: Script) -> list[AlignedWord]:
    """Return the words, with those that are not pronounced where the one before ends."""
    out: list[AlignedWord] = []
    for found, word in zip(words, script.words, strict=True):
        at = out[-1].end_s if out else 0.0
        out.append(found or AlignedWord(text=word.text, start_s=at, end_s=at, confidence=0.0))
    return out
