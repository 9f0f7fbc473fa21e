"""`Transcript`: what is said in a recording, in writing, and where in the sound it is."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio2blend.align.alignment import Alignment, Problem
from audio2blend.audio import Speech
from audio2blend.errors import InputError
from audio2blend.files import digest, local
from audio2blend.posteriors import PhonePosteriors

from .marks import filled

if TYPE_CHECKING:
    from audio2blend.network.transcribe import Transcription
    from audio2blend.network.whisper import Whisper
    from audio2blend.text import Script

# Texts and aligners are imported where one is given: most recordings come without, and they take a tenth of a second.


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The words of a recording, their language, and where their pronunciations are from."""

    words: str = ""
    """The words themselves …"""
    file: Path | None = None
    """… or a file that holds them."""
    language: str = ""
    """A BCP 47 tag; "" for a file that is an alignment already."""
    aligner: str = "builtin"
    """What finds the words in the sound, of those that are installed."""
    whisper: Path | None = None
    """… or the folder of a Whisper model that is to transcribe the recording."""
    lexicon: Path | None = None
    """Pronunciations that take the place of all others."""

    @property
    def text(self) -> str:
        """What is said, as it is written. Raises InputError for a file that cannot be read."""
        from audio2blend.text import read

        return self.words if self.file is None else "\n".join(line.text for line in read(self.file))

    def script(self) -> "Script":
        """Return the words with their pronunciations. Raises InputError for a text or a language that cannot be read,
        and MissingDependencyError without the extra `text`."""
        from audio2blend.text import lexicon, words

        script = words(self.text, self.language, None if self.lexicon is None else lexicon.read(self.lexicon))
        if not script.words:
            raise InputError(f"{self.file or self.words!r}: it contains no words; give those of the recording")
        return script

    @property
    def is_aligned(self) -> bool:
        """Whether the file says when everything is said, so that nothing is left to find."""
        return self.file is not None and is_alignment(self.file)

    def align(self, posteriors: PhonePosteriors, speech: Speech) -> Alignment:
        """Return where the words are in the sound; what could not be read is among the problems."""
        if self.is_aligned:
            from audio2blend.align.files import read as read_alignment

            assert self.file is not None
            return self._completed(read_alignment(self.file, sound_s=speech.duration_s), posteriors, speech)
        if self.whisper is not None:
            from audio2blend.align.transcribed import transcribed

            return transcribed(self.transcription(speech), posteriors, speech, by=self.aligner)
        from audio2blend.align.aligners import aligner

        script = self.script()
        found = aligner(self.aligner)(script, posteriors, speech)
        guessed = tuple(
            Problem(start_s=0.0, end_s=0.0, text=f"“{problem.text}”: {problem.message}") for problem in script.problems
        )
        return replace(found, problems=(*guessed, *found.problems))

    def transcription(self, speech: Speech) -> "Transcription":
        """Return what the Whisper model understands. Raises what `network.transcribe.transcribe` raises."""
        from audio2blend.network.transcribe import transcribe

        assert self.whisper is not None
        return transcribe(_opened(self.whisper), self.whisper, speech, language=self.language)

    def _completed(self, read: Alignment, posteriors: PhonePosteriors, speech: Speech) -> Alignment:
        """Return an alignment as a file has it, with the phones of words that it has none for."""
        from audio2blend.align.completed import completed, lacks_phones
        from audio2blend.text import lexicon

        if not (missing := lacks_phones(read)):
            return read
        if not (language := self.language or read.language):
            first = read.words[missing[0]]
            what = (
                f"{len(missing)} words have no phones, so lips do not go by them; give the language to have them found"
            )
            problem = Problem(start_s=first.start_s, end_s=first.end_s, text=what)
            return replace(read, problems=(*read.problems, problem))
        own = None if self.lexicon is None else lexicon.read(self.lexicon)
        return completed(read, posteriors, speech, language=language, lexicon=own)

    @property
    def content(self) -> dict[str, Any]:
        """All that decides what it says, for keys."""
        from audio2blend.network.whisper import model_file

        files = {"file": self.file, "lexicon": self.lexicon}
        known = {name: None if path is None or not path.is_file() else digest(path) for name, path in files.items()}
        heard_by = digest(model_file(self.whisper)) if self.whisper else None
        own = {"words": self.words, "whisper": heard_by, "language": self.language, "aligner": self.aligner}
        return {**own, **known}


@lru_cache(maxsize=1)
def _opened(folder: Path) -> "Whisper":
    """Return the model in a folder, the same object again for the next recording."""
    from audio2blend.network.whisper import Whisper

    return Whisper.open(folder)


def is_alignment(path: str | Path) -> bool:
    """Return whether a file is an alignment by its suffix; subtitles count as texts, whose times are rough."""
    from audio2blend.align.files import suffixes
    from audio2blend.text.readers import READERS

    suffix = Path(path).suffix.lower()
    return suffix in suffixes() and suffix not in READERS


def transcripts(
    text: str, recordings: Iterable[Path], *, language: str, lexicon: Path | None = None, aligner: str = "builtin"
) -> list[Transcript]:
    """Return the transcript of each recording.

    `text` is words, or the name of a file in which {stem} stands for the recording's name without its suffix and
    {parent} for its folder's. Raises InputError for several recordings that would all have the same words.
    """
    from audio2blend.text.readers import READERS

    recordings = list(recordings)
    is_file = Path(text).suffix.lower() in READERS or is_alignment(text) or os.path.isfile(text)
    if len(recordings) > 1 and not (is_file and "{stem}" in text):
        raise InputError(f"{len(recordings)} recordings cannot all say {text!r}; name a file for each, with {{stem}}")
    shared = Transcript(words=text, language=language, lexicon=lexicon, aligner=aligner)
    if not is_file:
        return [shared for _ in recordings]
    return [replace(shared, words="", file=local(filled(text, recording))) for recording in recordings]
