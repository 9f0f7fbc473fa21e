"""Animating recordings: sound in, files out."""

from dataclasses import dataclass, field

from .batch import BatchReport, Line, Progress, Settings, animate_all, expand, targets
from .character import BUILTIN, Character


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
    lines = [
        Line(recording=recording, outputs=outputs, settings=request.settings, character=character)
        for recording, outputs in zip(recordings, files, strict=True)
    ]
    return animate_all(lines, force=request.force, progress=progress)
