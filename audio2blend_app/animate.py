"""Animating recordings: sound in, files out."""

from dataclasses import dataclass, field
from pathlib import Path

from .batch import BatchReport, Line, Progress, Settings, animate_all, expand, targets
from .character import BUILTIN, Character
from .transcript import Transcript, transcripts


@dataclass(frozen=True, slots=True, kw_only=True)
class AnimateRequest:
    """What is to be animated, how, and into which files."""

    recordings: tuple[str, ...]
    """Paths; wildcards are expanded."""
    outputs: tuple[str, ...]
    """Paths; {stem} stands for a recording's name without its suffix, {parent} for its folder's and {character} for
    the rig's."""
    settings: Settings = field(default_factory=Settings)
    character: Character = field(default_factory=lambda: Character(BUILTIN))
    text: str | None = None
    """What is said: the words, or the name of a file with {stem} and {parent} as in outputs; None if nobody knows."""
    language: str = ""
    """A BCP 47 tag, of the text."""
    lexicon: Path | None = None
    """Pronunciations that take the place of all others."""
    aligner: str = "builtin"
    """What finds the words in the sound."""
    force: bool = False
    """Write files again that are done and unchanged."""


def run(request: AnimateRequest, progress: Progress) -> BatchReport:
    """Animate every recording and report on each; see `batch.targets` and `batch.animate_all` for errors."""
    recordings, character = expand(request.recordings), request.character
    files = targets(
        [(recording, character.name) for recording in recordings],
        request.outputs,
        holds_several=character.holds_several,
    )
    said: list[Transcript | None] = [None] * len(recordings)
    if request.text is not None:
        said = [
            *transcripts(
                request.text,
                recordings,
                language=request.language,
                lexicon=request.lexicon,
                aligner=request.aligner,
            )
        ]
    lines = [
        Line(recording=recording, outputs=outputs, settings=request.settings, character=character, transcript=words)
        for recording, outputs, words in zip(recordings, files, said, strict=True)
    ]
    return animate_all(lines, force=request.force, progress=progress)
