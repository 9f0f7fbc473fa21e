"""The character that a command moves: its rig, the map onto it, and what each kind of file gets of both."""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import rigs
from audio2blend import wording
from audio2blend.blender import wire
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.files import digest, spare
from audio2blend.wording import listed
from rigs import Rig
from rigs.builtin import DEFAULT
from usd_export.gltf import SOURCES
from usd_export.gltf.neighbours import neighbours
from usd_export.registry import format_of, formats
from usd_export.usd import SOURCES as USD

if TYPE_CHECKING:
    from rigs.retarget import Fit, Retarget

BUILTIN: Final = "builtin"
"""What the head that comes with the project is called."""
_WHOLE: Final = (
    ".npz", ".txt", ".json", ".fbx", ".zip", ".tar", ".gz", ".tgz", ".xz", ".txz", ".bz2", ".obj",
)  # fmt: skip
"""Files that are all there is to a rig; others may name files beside them."""


class Character:
    """A rig and how it is driven; both are found when they are first needed."""

    def __init__(
        self, rig: str, map_: Path | None = None, landmarks: Path | None = None, *, new_head: bool = False
    ) -> None:
        """Name the rig by its path, or the built-in head, and files with a map and with landmarks, if there are any.

        With `new_head` its file is not kept: what is written is the face alone.
        What is wrong with them is raised as InputError where they are first needed.
        """
        self.path, self._map, self._landmarks = rig, map_, landmarks
        self._new_head = new_head
        kind, _, look = rig.partition(":")
        self._comes_along = kind == BUILTIN
        self._identity = f"{BUILTIN}:{look or DEFAULT}" if self._comes_along else Path(rig).stem

    @property
    def name(self) -> str:
        """What it is called in files' names."""
        return self._identity.removeprefix(f"{BUILTIN}:")

    @cached_property
    def _rig(self) -> Rig:
        """The rig as it was read."""
        rig = rigs.load(self.path, bare=True)
        if self._new_head:
            rig = replace(rig, asset=None)
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

    def left_behind(self, outputs: Iterable[Path]) -> list[str]:
        """Return which files are of the face alone where others would keep all that the rig's file holds."""
        asset = None if self._comes_along else self._rig.asset
        if asset is None:
            return []
        suffix = asset.path.suffix.lower()
        keeping = [form.suffix for form in formats() if suffix in form.sources]
        forms = [(output, format_of(output)) for output in outputs]
        alone = [str(output) for output, form in forms if form.needs_rig and form.source(self._rig) is None]
        if not keeping or not alone:
            return []
        verb = "is" if len(alone) == 1 else "are"
        return [f"{listed(alone)} {verb} of the face alone; {' or '.join(keeping)} keeps all that {self.path} holds"]

    @property
    def lost(self) -> tuple[str, ...]:
        """ARKit channels that the rig has nothing for; unknown, so none, where a map was given."""
        found = None if self.fit is None else self.fit.found
        return () if found is None else found.missing

    def check(self, outputs: Iterable[Path]) -> None:
        """Raise InputError if a file would replace the rig, or shows a face where the rig has no mesh, or if nothing
        opens the rig's mouth."""
        outputs = list(outputs)
        for output in outputs:
            form = format_of(output)
            if not self._comes_along and (form.over or form.source(self._rig) is None):
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

    def holds_several(self, output: Path) -> bool:
        """Return whether a file is the rig's own with animations in it, of which there may be several."""
        form = format_of(output)
        return form.several and form.source(self._rig) is not None

    def clip_for(self, output: Path, clip: Clip) -> Clip:
        """Return a clip of ARKit channels in the rig's own, unless files like `output` hold ARKit's alone."""
        return clip if self.fit is None or format_of(output).keeps_arkit else self.fit(clip)

    @cached_property
    def digest(self) -> str:
        """A hash of all that decides what it makes of a clip, beside the version of the program.

        Of the bytes of the files, where they hold all that is read: a rig that is known is not read again. Raises
        InputError if a file cannot be read.
        """
        sha = hashlib.sha256(os.fsencode(self._identity))
        if self._new_head:
            sha.update(b"new head")
        if self._map is not None:
            from rigs.retarget import read

            sha.update(known_map(read(self._map)))
        if self._landmarks is not None:
            sha.update(_content(self._landmarks))
        if self._comes_along:
            return sha.hexdigest()
        path = Path(self.path)
        if os.path.isdir(path):
            for file in sorted(path.rglob("*")):
                if file.is_file():
                    sha.update(os.fsencode(file.relative_to(path)) + _content(file))
        elif os.path.isfile(path) and path.suffix.lower() in _WHOLE:
            sha.update(_content(path))
        elif os.path.isfile(path) and path.suffix.lower() in USD:
            from usd_export.usd.neighbours import neighbours as layers  # imports USD

            for file in (path, *layers(path)):
                sha.update(_content(file))
            sha.update(os.fsencode(os.path.realpath(path)))  # by which a layer over it names it
        elif os.path.isfile(path) and path.suffix.lower() in SOURCES:
            for file in (path, *neighbours(path)):
                sha.update(_content(file))
        else:
            add_rig(sha, replace(self._rig, asset=None))  # wherever it lies
        return sha.hexdigest()

    def kept_by(self, output: Path) -> str | None:
        """Return a hash of the rig's file where an output keeps what lies in it, and `digest` knows the rig alone.

        Raises InputError if the file cannot be read.
        """
        path = Path(self.path)
        suffix = path.suffix.lower()
        if self._new_head or suffix in {*_WHOLE, *SOURCES, *USD} or suffix not in format_of(output).sources:
            return None
        return _content(path).decode() if os.path.isfile(path) else None


def known_map(onto: "Retarget") -> bytes:
    """Return what a map says, however it was laid out."""
    from rigs.retarget import format_map

    return format_map(onto).encode()


def _content(path: Path) -> bytes:
    """Return a digest of a file's bytes, so that one file does not run into the next."""
    try:
        return digest(path).encode()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; check the name and its rights") from None


def add_rig(sha: "hashlib._Hash", rig: Rig) -> None:
    """Add all that a rig is to a hash."""
    arrays: wire.Arrays = {}
    sha.update(json.dumps(wire.encode(replace(rig, asset=None), arrays)).encode())  # wherever it lies
    for array in arrays.values():
        sha.update(array.tobytes())
