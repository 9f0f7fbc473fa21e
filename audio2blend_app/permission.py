"""Whether recordings may be made into files: the gate, as verbs pass it that do many at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final

from audio2blend.provenance.consent import Grant, allowed, not_needed
from audio2blend.provenance.keys import SigningKey
from audio2blend.provenance.project import Project

from .marks import filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is said of consent; what is left out is what the project's file says."""

    project: Path | None = None
    """Its file; None for the one in `folder`, or in a recording's, or above these."""
    folder: Path = Path()
    """Where somebody works."""
    speaker: str = ""
    """Who speaks, with {stem} and {parent} as in outputs."""
    purpose: str = ""
    territories: tuple[str, ...] = ()
    not_needed: str = ""
    """Why no consent is needed, where that is so."""
    key: Path | None = None
    """The signing key of who says that; registers with members want one."""


NOT_ASKED: Final = Asked()


@dataclass
class Permission:
    """What may be made: a context manager; files are announced before the work and logged with their digests after."""

    granted: dict[str, tuple[Grant, list[Path]]] = field(default_factory=dict)
    """Each grant with its files, by speaker."""

    def __enter__(self) -> None:
        """Announce the files. Raises InputError if the register cannot be written."""
        for grant, files in self.granted.values():
            grant.announce(files)
        self._before = {path: _written(path) for _, files in self.granted.values() for path in files}

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Log what was written, also where the work was cut short."""
        for grant, files in self.granted.values():
            grant.made(path for path in files if _written(path) != self._before[path])


def permit(asked: Asked, work: Sequence[tuple[Path, Iterable[Path]]], *, language: str = "") -> Permission:
    """Return the permission to make files of recordings, `work`, where a text is spoken in a language.

    Raises ConsentError for the first speaker who has not agreed, and InputError as `Project.read` and `allowed` do.
    """
    project = (
        Project.read(asked.project)
        if asked.project is not None
        else Project.find(asked.folder, *dict.fromkeys(recording.parent for recording, _ in work))
    )
    if project.consent != "required":
        return Permission()
    permission = Permission()
    if asked.not_needed:
        actor = None if asked.key is None else SigningKey.read(asked.key)
        grant = not_needed(project, asked.not_needed, actor=actor)
        permission.granted[""] = grant, [path for _, files in work for path in files]
        return permission
    for recording, files in work:
        speaker = filled(asked.speaker or project.speaker, recording)
        if speaker not in permission.granted:
            grant = allowed(
                project,
                speaker,
                purpose=asked.purpose,
                territories=asked.territories,
                languages=(language,) if language else (),
            )
            permission.granted[speaker] = grant, []
        permission.granted[speaker][1].extend(files)
    return permission


def _written(path: Path) -> tuple[int, int] | None:
    """Return what tells one state of a file from the next; None if it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino
