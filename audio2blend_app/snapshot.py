"""A character that lives in a .blend file, as it stood in the scene when a batch began."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from audio2blend.blender import wire
from audio2blend.errors import InputError
from rigs import Rig
from rigs.builtin import LOOKS, builtin
from rigs.readers.blender import rig_of
from rigs.retarget import Fit, fit, parse_map
from usd_export.registry import format_of

from .character import BUILTIN, Character, add_rig, known_map

_SLIGHT_M: Final = 1e-5
"""What Blender's axes and units may move a vertex by."""
_SLIGHT: Final = 1e-3
"""What Blender may change a colour by, of 1."""


class Snapshot(Character):
    """A character of a scene, gathered to a file by `addon.scene.snapshot.save`.

    It has no file of its own that the terminal could name: other scenes, other armatures and unsaved edits make
    another character of the same objects. So it is known by what Blender gathered, and not by a path. The terminal
    knows its files where it is given the same: for the head that comes along as `look` says; for a .blend file whose
    name is the character's and in which Blender finds the same meshes and bones.
    """

    def __init__(self, path: Path, name: str, *, onto: str, given: bool, solver: Path | None) -> None:
        """Name the file, the character, and the map that drives it, as TOML, with its solver.

        `given` says that the map is the user's. Another is that of the names, which `fit` may find as well.
        """
        super().__init__(name)
        self._comes_along, self._identity = False, name
        self._file, self._onto, self._given, self._solver = path, onto, given, solver

    @cached_property
    def _rig(self) -> Rig:
        found = rig_of(Path(f"{self.path}.blend"), wire.load(self._file))
        return replace(found, asset=None)  # there is no file of that name

    @cached_property
    def _own(self) -> Fit | None:
        """How the terminal would drive it, where that is how the scene does."""
        if self._given:
            return None
        try:
            found = fit(self._rig)
        except InputError:
            return None
        targets = parse_map(self._onto, "the map").targets
        same = {one.name: dict(one.sources) for one in found.retarget.targets} == {
            one.name: dict(one.sources) for one in targets
        }
        return found if same else None

    @cached_property
    def fit(self) -> Fit:
        """How the rig is driven: as its keys in the scene are."""
        if self._own is not None:
            return self._own
        solver = None if self._solver is None else wire.load(self._solver)
        return Fit(rig=self._rig, retarget=parse_map(self._onto, "the map"), solver=solver)

    def check(self, outputs: Iterable[Path]) -> None:
        """Raise InputError if a file shows a face where there is no mesh, or if nothing opens the mouth."""
        if any(format_of(output).needs_rig or not format_of(output).keeps_arkit for output in outputs):
            super().check(outputs)

    @cached_property
    def digest(self) -> str:
        """A hash of all that decides what it makes of a clip, beside the version of the program."""
        sha = hashlib.sha256(os.fsencode(self._identity))
        if self._own is None:
            sha.update(known_map(parse_map(self._onto, "the map")))
        add_rig(sha, self._rig)
        return sha.hexdigest()

    def builtin(self, look: str) -> Character | None:
        """Return the head that comes along in a look, if nobody has changed it in the scene or moved it."""
        if self._given or look not in LOOKS or not _same(self._rig, builtin(look)):
            return None
        return Character(f"{BUILTIN}:{look}")


def _same(one: Rig, two: Rig) -> bool:
    """Return whether two rigs show the same, whatever they and their materials are called."""
    if one.shapes != two.shapes or one.mesh is None or two.mesh is None:
        return False
    exact = ("face_sizes", "face_vertices", "face_materials")
    pairs = [(getattr(one.mesh, name), getattr(two.mesh, name), 0.0) for name in exact]
    pairs += [(getattr(one.mesh, name), getattr(two.mesh, name), _SLIGHT_M) for name in ("vertices", "deltas")]
    places = [np.array([joint.position for joint in rig.joints]) for rig in (one, two)]
    colors = [np.array([material.color for material in mesh.materials]) for mesh in (one.mesh, two.mesh)]
    pairs += [(places[0], places[1], _SLIGHT_M), (colors[0], colors[1], _SLIGHT)]
    return all(a.shape == b.shape and np.allclose(a, b, rtol=0, atol=slight) for a, b, slight in pairs)
