"""Clips in the names that all characters of a program share, by the presets of `rigs.retarget`."""

from functools import cache

from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from rigs.retarget import Retarget, match
from rigs.retarget.presets import presets


def in_names_of(clip: Clip, preset: str) -> Clip:
    """Return a clip of ARKit's channels in the names of a preset, with its rotations; any other clip as it is.

    `preset` is the name of its file, such as "mmd".
    """
    return preset_map(preset)(clip) if {*ARKIT} & {*clip.channels} else clip


@cache
def preset_map(preset: str) -> Retarget:
    """Return the map onto all names of a preset that are no stand-ins for others."""
    found = next(one for one in presets() if one.stem == preset)
    return match([target.name for target in found.retarget.targets if target.name not in found.unless]).retarget
