"""`Transcript`: what is said in a recording, in writing, and where in the sound it is."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from audio2blend.align.alignment import Alignment, Problem
from audio2blend.align.builtin import align
from audio2blend.audio import Speech
from audio2blend.errors import InputError
from audio2blend.files import local
from audio2blend.posteriors import PhonePosteriors
from audio2blend.text import Script, lexicon, read, words
from audio2blend.text.readers import READERS

from .batch.outputs import filled
from .manifest import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The words of a recording, their language, and where their pronunciations are from."""

    words: str = ""
    """The words themselves …"""
    file: Path | None = None
    """… or a file that holds them."""
    language: str
    """A BCP 47 tag."""
    lexicon: Path | None = None
    """Pronunciations that take the place of all others."""

    def script(self) -> Script:
        """Return the words with their pronunciations. Raises InputError for a text or a language that cannot be read,
        and MissingDependencyError without the extra `text`."""
        text = self.words if self.file is None else "\n".join(line.text for line in read(self.file))
        script = words(text, self.language, None if self.lexicon is None else lexicon.read(self.lexicon))
        if not script.words:
            raise InputError(f"{self.file or self.words!r}: it contains no words; give those of the recording")
        return script

    def align(self, posteriors: PhonePosteriors, speech: Speech) -> Alignment:
        """Return where the words are in the sound; what could not be read is among the problems."""
        script = self.script()
        found = align(script.words, posteriors, speech, language=self.language)
        guessed = tuple(
            Problem(start_s=0.0, end_s=0.0, text=f"“{problem.text}”: {problem.message}") for problem in script.problems
        )
        return replace(found, problems=(*guessed, *found.problems))

    @property
    def content(self) -> dict[str, Any]:
        """All that decides what it says, for keys."""
        files = {"file": self.file, "lexicon": self.lexicon}
        known = {name: None if path is None or not path.is_file() else digest(path) for name, path in files.items()}
        return {"words": self.words, "language": self.language, **known}


def transcripts(
    text: str, recordings: Iterable[Path], *, language: str, lexicon: Path | None = None
) -> list[Transcript]:
    """Return the transcript of each recording.

    `text` is words, or the name of a file in which {stem} stands for the recording's name without its suffix and
    {parent} for its folder's. Raises InputError for several recordings that would all have the same words.
    """
    recordings = list(recordings)
    suffix = Path(text).suffix.lower()
    is_file = suffix in READERS or os.path.isfile(text)
    if len(recordings) > 1 and not (is_file and "{stem}" in text):
        raise InputError(f"{len(recordings)} recordings cannot all say {text!r}; name a file for each, with {{stem}}")
    if not is_file:
        return [Transcript(words=text, language=language, lexicon=lexicon) for _ in recordings]
    files = [local(filled(text, recording)) for recording in recordings]
    return [Transcript(file=file, language=language, lexicon=lexicon) for file in files]
