"""A take as Blender hands it over: what the network predicted, the controls, and what an artist did to the keys."""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from audio2blend.blender import wire
from audio2blend.channels import ROTATIONS
from audio2blend.clip import Clip
from audio2blend.post import Controls
from audio2blend.prediction import Prediction
from rigs.retarget import Retarget, parse_map
from rigs.retarget.solver import Solver

_SLIGHT: Final = 1e-5
"""Keys that differ by less from what was written were not edited."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Handed:
    """A take as Blender knows it."""

    clip: Path
    """The network's prediction, a file that `animate` wrote."""
    motion: Controls
    """The controls."""
    performance: bool = True
    """Whether lids, gaze and head move."""
    mouth_only: bool = False
    """Whether nothing but the mouth does."""
    map: str
    """The map onto the character, as TOML."""
    solver: Solver | None = None
    """What holds its weights to what the character's mesh allows; None for most maps."""
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


def take(path: Path) -> Take:
    """Return the motion of a `Handed` that `wire.save` wrote to a file.

    Between frames whose keys an artist changed it moves as Blender shows it. All else is what the network said at its
    own rate, to the last bit. Raises InputError if the prediction is gone or the map is wrong.
    """
    handed: Handed = wire.load(path)
    raw = Prediction.read(handed.clip).only(performance=handed.performance, mouth_only=handed.mouth_only)
    arkit = raw.to_clip(handed.motion)
    onto = parse_map(handed.map, "the map")
    own = changed = onto(arkit, handed.solver)
    if handed.keys is not None:
        changed = _edited(changed, handed.keys)
    if handed.controls is not None:
        changed = _added(changed, handed.controls)
    if changed is own:
        return Take(arkit, own)
    changed = _limited(changed, onto)
    return Take(_brought_back(arkit, own, changed, onto), changed)


def _edited(clip: Clip, keys: Clip) -> Clip:
    """Return a clip that goes by keys, of some of its channels at another rate, wherever they differ from it."""
    said = clip.resampled(keys.frame_rate).select(keys.channels)
    n_frames = min(len(said), len(keys))
    curves = {}
    for name in keys.channels:
        off = np.abs(keys[name] - np.interp(keys.times_s, said.times_s, said[name])) > _SLIGHT
        off[n_frames:] = off[n_frames - 1]  # the last key is held
        near = np.interp(clip.times_s, keys.times_s, off.astype(float)) > 0
        by_key = np.interp(clip.times_s, keys.times_s, keys[name])
        curves[name] = np.where(near, by_key, clip[name] if name in clip.channels else 0)
    return clip.with_channels(curves)


def _added(clip: Clip, more: Clip) -> Clip:
    """Return a clip with what another, at any rate, has of its channels added to it; beyond its end that is held."""
    return clip.with_channels(
        {
            name: np.interp(clip.times_s, more.times_s, more[name]) + (clip[name] if name in clip.channels else 0)
            for name in more.channels
        }
    )


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


def content(path: Path) -> str:
    """Return a digest of what the settings do not say of a take in a file: the artist's keys and controls."""
    handed: Handed = wire.load(path)
    arrays: wire.Arrays = {}
    sha = hashlib.sha256(json.dumps(wire.encode((handed.keys, handed.controls), arrays)).encode())
    for array in arrays.values():
        sha.update(array.tobytes())
    return sha.hexdigest()
