"""What the extension hands over in files: a character as it stands in the scene, and the motion of a take."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from audio2blend.blender import find, wire
from audio2blend.channels import ROTATIONS
from audio2blend.clip import Clip
from audio2blend.post import Motion
from audio2blend.raw import Raw
from rigs import Rig
from rigs.readers.blender import rig_of
from rigs.retarget import Retarget, parse_map


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Handed:
    """A take as Blender knows it."""

    clip: Path
    """What the network heard, a file that `animate` wrote."""
    motion: Motion
    """The dials."""
    map: str
    """The map onto the character, as TOML."""
    keys: Clip | None = None
    """The values of its keys in the character's channels, at the scene's rate; None where nobody edited them."""
    controls: Clip | None = None
    """What the control rig adds to the character's channels, at the scene's rate; None where there is no such rig."""


class Take(NamedTuple):
    """The motion of a take."""

    arkit: Clip
    """In ARKit's channels."""
    own: Clip
    """In the character's."""


def gathered(path: str) -> dict[str, Any]:
    """Return what `rigs.worker.read.gathered` found in Blender and `wire.save` wrote to a file."""
    found: dict[str, Any] = wire.load(Path(path))
    return found


def character(path: str, name: str) -> Rig:
    """Return the character that was gathered to a file, as a rig of that name. Raises InputError if it is damaged."""
    return rig_of(Path(f"{name}.blend"), gathered(path))


def take(path: str) -> Take:
    """Return the motion of a `Handed` that `wire.save` wrote to a file.

    What an artist changed is added to what the network said, at the network's rate: where nothing was changed, it is
    what it was to the last bit. Raises InputError if the recording that was heard is gone or the map is wrong.
    """
    handed: Handed = wire.load(Path(path))
    arkit = Raw.read(handed.clip).shaped(handed.motion)
    onto = parse_map(handed.map, "the map")
    own = onto(arkit)
    changes = [handed.controls] if handed.controls is not None else []
    if handed.keys is not None:
        said = own.resampled(handed.keys.frame_rate).select(handed.keys.channels)
        n_frames = min(len(said), len(handed.keys))
        by_hand = handed.keys.values[:n_frames] - said.values[:n_frames]
        changes.append(replace(handed.keys, values=by_hand))
    if not changes:
        return Take(arkit, own)
    changed = _limited(_sum(own, changes), onto)
    return Take(_brought_back(arkit, own, changed, onto), changed)


def _sum(clip: Clip, changes: Sequence[Clip]) -> Clip:
    """Return a clip with changes of some of its channels, at any rate, added to it; beyond its end a change is held."""
    curves: dict[str, NDArray[np.float32]] = {}
    for change in changes:
        for name in change.channels:
            curve = curves.get(name, clip[name] if name in clip.channels else np.zeros(len(clip), np.float32))
            curves[name] = curve + np.interp(clip.times_s, change.times_s, change[name]).astype(np.float32)
    return clip.with_channels(curves)


def _limited(clip: Clip, onto: Retarget) -> Clip:
    """Return a clip of a rig's channels within the limits of the map."""
    bounds = {target.name: target.bounds for target in onto.targets}
    low, high = np.array([bounds.get(name, (-np.inf, np.inf)) for name in clip.channels], np.float32).T
    return replace(clip, values=np.clip(clip.values, low, high))


def _brought_back(arkit: Clip, own: Clip, changed: Clip, onto: Retarget) -> Clip:
    """Return ARKit's channels with what became of the rig's, as far as it can be known from them."""
    back = onto.inverse()
    before, after = back(own), back(changed)
    curves = {
        name: np.clip(arkit[name] + after[name] - before[name], 0, 1)
        for name in after.channels
        if name in arkit.channels and name not in ROTATIONS
    }
    return arkit.with_channels(curves)


def use_blender(program: str) -> None:
    """Have Blender itself do what only Blender can: the program that asks; "" where it runs as a Python module."""
    if program:
        os.environ[find.VARIABLE] = program
