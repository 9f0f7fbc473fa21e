"""Which module writes which file: looked up by suffix among the installed exporters."""

import os
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol, cast

from audio2blend import plugins
from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.files import draft, local
from rigs import Rig


class Exporter(Protocol):
    """A plain module that writes one kind of file.

    It may also have `read(path) -> Clip`, a dataclass `Options` whose fields all have defaults,
    `needs_rig = False` where the file holds curves alone, `keeps_arkit = True` where these have ARKit's names whatever
    the rig's, and `frame_rate: Fraction` where files of this kind have a usual rate that differs from the clip's.
    """

    def write(self, clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Any) -> None:
        """Write `clip` to `path`, which may be overwritten; raise `InputError` for what the format cannot hold."""


def suffixes() -> tuple[str, ...]:
    """Return the suffixes that can be written, such as ".usdc"."""
    return tuple("." + name for name in plugins.names("exporters"))


def exporter_for(path: str | Path) -> Exporter:
    """Return the module that writes files named like `path`; raises InputError if there is none."""
    suffix = Path(path).suffix.lower()
    if suffix not in suffixes():
        known = ", ".join(suffixes())
        raise InputError(f"{path}: no exporter writes '{suffix}' files; name a file that ends in {known}")
    return cast(Exporter, plugins.load("exporters", suffix[1:]))


def needs_rig(path: str | Path) -> bool:
    """Return whether files named like `path` hold a face, and not curves alone."""
    return bool(getattr(exporter_for(path), "needs_rig", True))


def keeps_arkit(path: str | Path) -> bool:
    """Return whether files named like `path` hold ARKit's channels alone, whatever the rig's are called."""
    return bool(getattr(exporter_for(path), "keeps_arkit", False))


def write(
    clip: Clip,
    path: str | Path,
    *,
    rig: Rig | None = None,
    speech: Speech | None = None,
    frame_rate: Fraction | None = None,
    options: Any = None,
) -> Path:
    """Write `clip` to `path` in the format its suffix names, and return the path.

    Args:
        rig: the face that is written along; formats of bare curves need none.
        speech: the sound, for formats that carry it.
        frame_rate: frames per second of the file; by default the format's usual rate, else the clip's own.
        options: an instance of the exporter's `Options`.

    An interrupted run leaves the old file or none. Raises InputError if no exporter knows the suffix, the format
    needs a rig with a mesh and there is none, or the disk is full.
    """
    path = local(path)
    exporter = exporter_for(path)
    if needs_rig(path) and (rig is None or rig.mesh is None):
        raise InputError(f"{path}: a {path.suffix} file needs a rig with a mesh; pass rig=rigs.builtin()")
    rate = frame_rate or getattr(exporter, "frame_rate", None) or clip.frame_rate
    with draft(path) as target:
        try:
            exporter.write(clip.resampled(rate), target, rig=rig, speech=speech, options=options)
        except InputError as error:  # the writer knows the draft, the user the file
            raise InputError(f"{path}: {error}") from None
    return path


def read(path: str | Path) -> Clip:
    """Read a file back as a Clip; raises InputError if it is missing, damaged, or of a format that is only written."""
    path = local(path)
    exporter = exporter_for(path)
    reader = getattr(exporter, "read", None)
    if reader is None:
        raise InputError(f"{path}: '{path.suffix}' files are written, not read; give a .csv, .json or .npz file")
    if not os.path.isfile(path):
        raise InputError(f"{path}: no such file; check the name")
    try:
        return cast(Clip, reader(path))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; check the file and its permissions") from None
