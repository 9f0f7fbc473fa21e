"""The character that a command moves: its rig, the map onto it, and what each kind of file gets of both."""

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import rigs
from audio2blend import wording
from audio2blend.blender import wire
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.files import spare
from audio2blend.wording import listed
from rigs import Rig
from usd_export.registry import format_of

from .manifest import digest

if TYPE_CHECKING:
    from rigs.retarget import Fit

BUILTIN: Final = "builtin"
"""What the head that comes with the project is called."""
_WHOLE: Final = (
    ".npz", ".txt", ".json", ".fbx", ".zip", ".tar", ".gz", ".tgz", ".xz", ".txz", ".bz2", ".obj", ".usdz",
)  # fmt: skip
"""Files that are all there is to a rig; others may name files beside them."""
_HEADER: Final = 16
"""So many bytes of a .glb file lie before its JSON, the last of which hold its length."""


class Character:
    """A rig and how it is driven; both are found when they are first needed."""

    def __init__(self, rig: str, map_: Path | None = None, landmarks: Path | None = None) -> None:
        """Name the rig by its path, or the built-in head, and files with a map and with landmarks, if there are any.

        What is wrong with them is raised as InputError where they are first needed.
        """
        self.path, self._map, self._landmarks = rig, map_, landmarks
        self._comes_along = rig.partition(":")[0] == BUILTIN

    @cached_property
    def _rig(self) -> Rig:
        """The rig as it was read."""
        rig = rigs.load(self.path, bare=True)
        if self._landmarks is None:
            return rig
        from rigs.retarget import landmarks

        return replace(rig, landmarks=landmarks.read(self._landmarks, rig))

    @cached_property
    def fit(self) -> "Fit | None":
        """How the rig is driven; None where clips of ARKit channels are right as they are: on the built-in head."""
        if self._map is None and self._comes_along:
            return None
        from rigs.retarget import fit, read  # a tenth of a second that our own head does not need

        return fit(self._rig, None if self._map is None else read(self._map))

    @property
    def rig(self) -> Rig:
        """The face."""
        return self._rig if self.fit is None else self.fit.rig

    @cached_property
    def notes(self) -> list[str]:
        """What a person should know about how the rig is driven."""
        if self.fit is None:
            return []
        found, notes = self.fit.found, [f"{self.path}: {note}" for note in self.fit.notes]
        if self.fit.left_out:
            notes.append(f"{self._map}: names that the rig has not, left out: {', '.join(self.fit.left_out)}")
        from rigs.retarget import Match

        if isinstance(found, Match):
            notes += [f"{self.path}: {presets}" for presets in found.found]
            if found.still:
                notes.append(f"{self.path}: absent, since they move nothing: {listed(found.still)}")
            if found.missing:
                lost = f"{len(found.missing)} of ARKit's channels are lost"
                notes.append(f"{self.path}: {lost}; {wording.current().inspect(self.path)}")
        elif found is not None:
            notes.append(f"{self.path}: {str(found).splitlines()[0]}")
        return notes

    def check(self, outputs: Iterable[Path]) -> None:
        """Raise InputError if a file would replace the rig, or shows a face where the rig has no mesh, or if nothing
        opens the rig's mouth."""
        outputs = list(outputs)
        for output in outputs:
            form = format_of(output)
            if not self._comes_along and form.source(self._rig) is None:
                spare([self.path], [output])
            if not form.writer and (lack := form.needs(self.rig)):
                raise InputError(f"{output}: {lack}")
        if self.fit is None:
            return
        if self.fit.mute:
            raise InputError(f"{self.path}: {self.fit.mute}")
        if self.rig.mesh is not None:
            return
        for output in (path for path in outputs if format_of(path).needs_rig):
            raise InputError(
                f"{output}: a {output.suffix} file needs a mesh, and the rig '{self.rig.name}' is a list of names; "
                "name a .json or .npz file, which hold its curves"
            )

    def clip_for(self, output: Path, clip: Clip) -> Clip:
        """Return a clip of ARKit channels in the rig's own, unless files like `output` hold ARKit's alone."""
        return clip if self.fit is None or format_of(output).keeps_arkit else self.fit(clip)

    @cached_property
    def digest(self) -> str:
        """A hash of all that decides what it makes of a clip, beside the version of the program.

        Of the bytes of the files, where they hold all that is read: a rig that is known is not read again. Raises
        InputError if a file cannot be read.
        """
        sha = hashlib.sha256(os.fsencode(self.path if self._comes_along else Path(self.path).stem))
        for path in filter(None, (self._map, self._landmarks)):
            sha.update(_content(path))
        if self._comes_along:
            return sha.hexdigest()
        path = Path(self.path)
        if os.path.isdir(path):
            for file in sorted(path.rglob("*")):
                if file.is_file():
                    sha.update(os.fsencode(file.relative_to(path)) + _content(file))
        elif os.path.isfile(path) and _is_whole(path):
            sha.update(_content(path))
        else:
            _add(sha, self._rig)
        return sha.hexdigest()


def _is_whole(path: Path) -> bool:
    """Return whether nothing but this file decides what is read from it."""
    if path.suffix.lower() not in (".glb", ".vrm"):
        return path.suffix.lower() in _WHOLE
    with suppress(OSError), path.open("rb") as file:
        size = int.from_bytes(file.read(_HEADER)[12:16], "little")
        return b'"uri"' not in file.read(size + 4)
    return False


def _content(path: Path) -> bytes:
    """Return a digest of a file's bytes, so that one file does not run into the next."""
    try:
        return digest(path).encode()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; check the name and its rights") from None


def _add(sha: "hashlib._Hash", rig: Rig) -> None:
    """Add all that a rig is to a hash."""
    arrays: wire.Arrays = {}
    sha.update(json.dumps(wire.encode(rig, arrays)).encode())
    for array in arrays.values():
        sha.update(array.tobytes())
