"""Animating recordings: sound in, files out."""

from dataclasses import dataclass, field

from .batch import BatchProgress, BatchReport, Settings, animate_all, expand, targets


@dataclass(frozen=True, slots=True, kw_only=True)
class AnimateRequest:
    """What is to be animated, how, and into which files."""

    recordings: tuple[str, ...]
    """Paths; wildcards are expanded."""
    outputs: tuple[str, ...]
    """Paths; {stem} stands for a recording's name without its suffix and {parent} for its folder's."""
    settings: Settings = field(default_factory=Settings)
    force: bool = False
    """Write files again that are done and unchanged."""


def run(request: AnimateRequest, progress: BatchProgress) -> BatchReport:
    """Animate every recording and report on each; see `batch.targets` and `batch.animate_all` for errors."""
    lines = targets(expand(request.recordings), request.outputs)
    progress.begin(len(lines))
    return animate_all(lines, request.settings, force=request.force, progress=progress)
