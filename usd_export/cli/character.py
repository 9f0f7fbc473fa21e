"""The character that a command moves: its rig, the map onto it, and what each kind of file gets of both."""

import argparse
import hashlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Final

import rigs
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from rigs.retarget import Retarget, by_name, fit, format_map, read

from ..registry import keeps_arkit, needs_rig

BUILTIN: Final = "builtin"
"""What the head that comes with the project is called on the command line."""


def configure(parser: argparse._ActionsContainer) -> None:
    """Add the arguments that name a character."""
    parser.add_argument(
        "--rig", default=BUILTIN, metavar="RIG",
        help="the face: a .glb, .vrm, .usd, .npz, a list of names … (default: builtin, the head that comes along)",
    )  # fmt: skip
    parser.add_argument(
        "--map", type=Path, metavar="FILE",
        help="the .toml map onto the rig (see: audio2blend rig map); by default its names tell",
    )  # fmt: skip


class Character:
    """A rig and the map onto it; the built-in head is built when it is first needed."""

    def __init__(self, rig: str, map_: Path | None = None) -> None:
        """Read the rig at a path, or take the built-in head, and read the map, or find it by the names of the rig.

        Raises InputError if one of them cannot be read, or the map does not fit.
        """
        self._rig = None if rig == BUILTIN else rigs.load(rig)
        self.retarget: Retarget | None = None
        """None where clips of ARKit channels are right as they are: on the built-in head without a map."""
        self.notes: tuple[str, ...] = ()
        """What a person should know about the map."""
        if map_ is not None:
            self.retarget, left_out = fit(self.rig, read(map_))
            if left_out:
                self.notes = (f"{map_}: names that the rig has not, left out: {', '.join(left_out)}",)
        elif self._rig is not None:
            self.retarget = fit(self._rig).retarget
            found = by_name(self._rig)
            self.notes = tuple(f"{rig}: {presets}" for presets in found.found)
            if found.missing:
                count = len(found.missing)
                self.notes += (f"{rig}: {count} of ARKit's channels are lost; see audio2blend rig inspect {rig}",)

    @cached_property
    def rig(self) -> Rig:
        """The face."""
        return self._rig or rigs.builtin()

    def check(self, outputs: Iterable[Path]) -> None:
        """Raise InputError if a file shows a face, but the rig has no mesh or no shape of it would move.

        Where bones would, but stay at rest in such a file, `notes` tells it.
        """
        if self.retarget is None:
            return
        moved = [target for target in self.retarget.targets if not target.at_rest]
        bones = {target.name.rsplit(".", 2)[0]: None for target in moved if target.kind == "bone"}
        for output in filter(needs_rig, outputs):
            why = None
            if self.rig.mesh is None:
                why = f"needs a mesh, and the rig '{self.rig.name}' is a list of names"
            elif all(target.kind == "bone" for target in moved):
                why = f"shows shapes, and the rig '{self.rig.name}' is moved by bones alone"
            if why:
                raise InputError(
                    f"{output}: a {output.suffix} file {why}; name a .json or .npz file, which hold its curves"
                )
            told = f"{', '.join(bones)}: bones other than the head move in .json and .npz files alone"
            if bones and told not in self.notes:
                self.notes += (told,)

    def clip_for(self, output: Path, clip: Clip) -> Clip:
        """Return a clip of ARKit channels in the rig's own, unless files like `output` hold ARKit's alone."""
        return clip if self.retarget is None or keeps_arkit(output) else self.retarget(clip)

    @cached_property
    def digest(self) -> str:
        """A hash of all that decides what it makes of a clip, beside the version of the program."""
        sha = hashlib.sha256(b"" if self.retarget is None else format_map(self.retarget).encode())
        if self._rig is None:
            return f"{BUILTIN} {sha.hexdigest()}"
        sha.update(repr((self._rig.name, self._rig.shapes)).encode())
        for joint in self._rig.joints:
            sha.update(repr((joint.name, joint.parent, joint.position)).encode())
            sha.update(joint.weights.tobytes())
        if (mesh := self._rig.mesh) is not None:
            sha.update(repr(mesh.materials).encode())
            for array in (mesh.vertices, mesh.face_sizes, mesh.face_vertices, mesh.face_materials, mesh.uv):
                sha.update(b"" if array is None else array.tobytes())
            for delta in mesh.deltas:
                sha.update(delta.tobytes())
        return sha.hexdigest()
