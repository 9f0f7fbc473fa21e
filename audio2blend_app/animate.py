"""Animating recordings: sound in, files out."""

from dataclasses import dataclass, field
from pathlib import Path

from audio2blend.errors import InputError
from audio2blend.files import local

from .batch import BatchReport, Line, Progress, Settings, animate_all, expand, targets
from .character import BUILTIN, Character
from .marks import filled
from .permission import NOT_ASKED, Asked, permit
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
    transcriber: Path | None = None
    """The folder of a Whisper model that transcribes the recordings, where no text is given."""
    lexicon: Path | None = None
    """Pronunciations that take the place of all others."""
    aligner: str = "builtin"
    """What finds the words in the sound."""
    edits: str | None = None
    """A file of edits by hand with {stem} and {parent}, to be done on top; those that are not there count as none."""
    force: bool = False
    """Write files again that are done and unchanged."""
    consent: Asked = NOT_ASKED
    """Who speaks, and what the files are for, where a project requires consent."""


def run(request: AnimateRequest, progress: Progress) -> BatchReport:
    """Animate every recording and report on each.

    See `batch.targets`, `batch.animate_all` and, before anything is done, `permission.permit` for errors.
    """
    recordings, character = expand(request.recordings), request.character
    files = targets(
        [(recording, character.name) for recording in recordings],
        request.outputs,
        holds_several=character.holds_several,
    )
    permission = permit(request.consent, [*zip(recordings, files, strict=True)], language=request.language)
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
    elif request.transcriber is not None:
        own = Transcript(whisper=request.transcriber, language=request.language, aligner=request.aligner)
        said = [own for _ in recordings]
    lines = [
        Line(
            recording=recording,
            outputs=outputs,
            settings=request.settings,
            character=character,
            transcript=words,
            edits=_edits(request.edits, recording),
        )
        for recording, outputs, words in zip(recordings, files, said, strict=True)
    ]
    with permission:
        return animate_all(lines, force=request.force, progress=progress)


def _edits(template: str | None, recording: Path) -> Path | None:
    """Return the file of edits of a recording, if there is one. Raises InputError where it is named and not there."""
    if template is None:
        return None
    path = local(filled(template, recording))
    if path.is_file():
        return path
    if "{" in template:
        return None  # of many recordings some were worked on
    raise InputError(f"--edits {path}: no such file; audio2blend edits makes one of curves and your work on them")
