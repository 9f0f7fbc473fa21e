"""Transcribing with a Whisper model that lies in a folder of the user's own: the words, and how sure it was of each.

A. Radford et al., *Robust Speech Recognition via Large-Scale Weak Supervision*, 2022. Sound is decoded 30 s at a time;
the next window begins where the last sentence of one was whole. When each word is said comes from the attention of the
decoder to the sound, as in the authors' own program.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from ..audio import SAMPLE_RATE, Speech
from ..errors import InputError
from .whisper import Floats, Whisper, log_mel

_WINDOW_S: Final = 30.0
_STEP_S: Final = 0.02
"""The time between two time stamps, and between two features of the encoder."""
_BEAMS: Final = 5
_LONGEST: Final = 224
"""Tokens in a window: half of what the decoder has room for, as its authors have it."""
_NO_SPEECH: Final = 0.6
_UNSURE: Final = 0.5
"""The mean confidence below which a window in which nobody may speak counts as silence."""
_PAUSE_S: Final = 0.1
"""A window that is shorter holds no word."""
_JOINED: Final = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
"""Languages that are written without spaces: each token is a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenWord:
    """A word that was transcribed."""

    text: str
    """With its punctuation."""
    start_s: float
    end_s: float
    confidence: float
    """The mean probability of its tokens, from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcription:
    """What was transcribed."""

    words: tuple[SpokenWord, ...]
    language: str
    """As Whisper calls it: "en", "de", "zh"."""

    @property
    def text(self) -> str:
        """All words."""
        return ("" if self.language in _JOINED else " ").join(word.text for word in self.words)


def transcribe(
    whisper: Whisper,
    folder: Path,
    speech: Speech,
    *,
    language: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Transcription:
    """Return what is said, word by word.

    Args:
        whisper: the model, from `Whisper.open`.
        folder: where it lies, with the vocabulary.
        speech: what is said.
        language: a BCP 47 tag; "" to have it detected in the first 30 s.
        progress: called with samples done and samples in all.

    Raises InputError for a folder without a vocabulary, or one that holds the encoder alone, and for a language that
    Whisper does not know.
    """
    return _Decoder(whisper, folder, speech).run(language, progress)


class _Decoder:
    """A recording on its way through the decoder."""

    def __init__(self, whisper: Whisper, folder: Path, speech: Speech) -> None:
        self._model: Any = whisper.model
        self._whisper, self._speech = whisper, speech
        self._folder = folder
        self._tokens = _vocabulary(folder)
        self._numbers = {token: number for number, token in enumerate(self._tokens)}

    @cached_property
    def _first_stamp(self) -> int:
        return self._numbers["<|notimestamps|>"] + 1

    @cached_property
    def _end(self) -> int:
        return self._numbers["<|endoftext|>"]

    def run(self, language: str, progress: Callable[[int, int], None] | None) -> Transcription:
        samples = self._speech.samples
        spoken = language.partition("-")[0].lower() or self._detected()
        if f"<|{spoken}|>" not in self._numbers:
            raise InputError(f"Whisper knows no language '{language}'; leave it out to have it detected")
        start = [self._numbers[name] for name in ("<|startoftranscript|>", f"<|{spoken}|>", "<|transcribe|>")]
        words: list[SpokenWord] = []
        at = 0
        while at < len(samples):
            window = samples[at : at + round(_WINDOW_S * SAMPLE_RATE)]
            if len(window) < _PAUSE_S * SAMPLE_RATE:
                break
            found, seconds = self._window(window, start, spoken)
            offset = at / SAMPLE_RATE
            words += [
                SpokenWord(
                    text=word.text,
                    start_s=max(words[-1].end_s if words else 0.0, offset + word.start_s),
                    end_s=min(offset + word.end_s, self._speech.duration_s),
                    confidence=word.confidence,
                )
                for word in found
            ]
            at += max(round(seconds * SAMPLE_RATE), SAMPLE_RATE)
            if progress is not None:
                progress(min(at, len(samples)), len(samples))
        return Transcription(words=tuple(word for word in words if word.end_s > word.start_s), language=spoken)

    def _detected(self) -> str:
        features = self._features(self._speech.samples[: round(_WINDOW_S * SAMPLE_RATE)])
        ((token, _), *_) = self._model.detect_language(features)[0]
        return str(token).strip("<|>")

    def _features(self, samples: Floats) -> Any:
        sound = np.zeros(round(_WINDOW_S * SAMPLE_RATE), np.float32)
        sound[: len(samples)] = samples
        return self._whisper.encoded(log_mel(sound))

    def _window(self, samples: Floats, start: list[int], language: str) -> tuple[list[SpokenWord], float]:
        """Return the words of up to 30 s, and how many seconds of it they are the whole of."""
        lasts = len(samples) / SAMPLE_RATE
        features = self._features(samples)
        (result,) = self._model.generate(
            features, [start], beam_size=_BEAMS, max_length=2 * _LONGEST, return_no_speech_prob=True
        )
        tokens = [int(number) for number in result.sequences_ids[0]]
        seconds = lasts
        # Two time stamps side by side are the border of two sentences; what comes after the last may be cut off.
        borders = [k for k, pair in enumerate(pairwise(tokens)) if all(map(self._is_stamp, pair))]
        if lasts >= _WINDOW_S and borders:
            seconds = (tokens[borders[-1]] - self._first_stamp) * _STEP_S
            tokens = tokens[: borders[-1]]
        text = [number for number in tokens if number < self._end]
        words = self._timed(features, start, text, seconds, language) if text else []
        if result.no_speech_prob > _NO_SPEECH and np.mean([word.confidence for word in words] or [0]) < _UNSURE:
            return [], lasts
        return words, seconds

    def _is_stamp(self, number: int) -> bool:
        return number >= self._first_stamp

    def _timed(
        self, features: Any, start: Sequence[int], text: list[int], seconds: float, language: str
    ) -> list[SpokenWord]:
        n_frames = min(round(_WINDOW_S * 100), round(seconds * 100))
        (aligned,) = self._model.align(features, start, [text], [n_frames])
        first = np.full(len(text) + 1, np.nan)
        for token, frame in aligned.alignments:
            if np.isnan(first[token]):
                first[token] = frame * _STEP_S
        last = max((frame for _, frame in aligned.alignments), default=0) * _STEP_S
        first[-1] = first[-1] if not np.isnan(first[-1]) else last
        for k in range(len(text) - 1, -1, -1):
            first[k] = first[k + 1] if np.isnan(first[k]) else first[k]
        first = np.minimum(first, seconds)
        sure = np.array(aligned.text_token_probs)
        return [
            SpokenWord(
                text=said.strip(),
                start_s=float(first[begin]),
                end_s=float(first[end]),
                confidence=float(sure[begin:end].mean()),
            )
            for said, begin, end in self._words(text, language)
        ]

    def _words(self, text: Sequence[int], language: str) -> list[tuple[str, int, int]]:
        """Return words with their tokens, first and after the last; punctuation stays with the word before it."""
        out: list[tuple[str, int, int]] = []
        begin = 0
        for end in range(1, len(text) + 1):
            piece = self._decoded(text[begin:end])
            if "�" in piece and end < len(text):  # a letter of several tokens
                continue
            fresh = piece.startswith(" ") or language in _JOINED
            if out and (not fresh or not any(letter.isalnum() for letter in piece)):
                before, first, _ = out[-1]
                out[-1] = (before + piece, first, end)
            else:
                out.append((piece, begin, end))
            begin = end
        return [entry for entry in out if any(letter.isalnum() for letter in entry[0])]

    def _decoded(self, numbers: Sequence[int]) -> str:
        letters = "".join(self._tokens[number] for number in numbers)
        return bytes(_BYTES[letter] for letter in letters if letter in _BYTES).decode("utf-8", "replace")


def _vocabulary(folder: Path) -> list[str]:
    """Return the tokens of a model by number. Raises InputError if the folder has none."""
    path = next((folder / name for name in ("vocabulary.json", "vocabulary.txt") if (folder / name).is_file()), None)
    if path is None:
        raise InputError(f"there is no vocabulary in {folder}; convert the model again with ct2-transformers-converter")
    try:
        text = path.read_text("utf-8")
        tokens = json.loads(text) if path.suffix == ".json" else text.split("\n")
    except ValueError as error:
        raise InputError(f"{path} is damaged ({error}); convert the model again") from None
    if "<|notimestamps|>" not in tokens or "<|endoftext|>" not in tokens:
        raise InputError(f"{path} is no vocabulary of Whisper; convert the model again")
    return [str(token) for token in tokens]


def _letters() -> dict[str, int]:
    """Return the byte that each letter of a vocabulary stands for: GPT-2's table, in which all can be printed."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + k): byte for k, byte in enumerate(others)}


_BYTES: Final = _letters()
