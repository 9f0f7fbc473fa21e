"""A clip onto a rig: by a map, or by the names of the rig's shapes and bones."""

import difflib
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from audio2blend.clip import Clip
from audio2blend.errors import InputError

from ..rig import Rig
from .names import Match, match
from .retarget import BONE_CHANNEL, Retarget, Target


class Fit(NamedTuple):
    """A map, as far as a rig can follow it."""

    retarget: Retarget
    left_out: tuple[str, ...]
    """Names of targets that the rig has not."""


def onto(clip: Clip, rig: Rig, retarget: Retarget | None = None) -> Clip:
    """Return a clip of ARKit channels in the rig's own: by a map, or without one by the names of its shapes and bones.

    Raises InputError if the rig has none of the map's targets, or no name that is known.

    >>> from fractions import Fraction
    >>> clip = Clip(values=[[0.5]], channels=("jawOpen",), frame_rate=Fraction(60))
    >>> onto(clip, Rig(name="hero", shapes=("Jaw_Open", "Hair"))).channels
    ('Jaw_Open',)
    """
    return fit(rig, retarget).retarget(clip)


def by_name(rig: Rig) -> Match:
    """Return the map onto a rig that the names of its shapes and bones tell."""
    return match(rig.shapes, [joint.name for joint in rig.joints], name=rig.name)


def fit(rig: Rig, retarget: Retarget | None = None) -> Fit:
    """Return the map onto a rig with those targets that it has; without a map, the one that its names tell.

    Of a rig that is a list of names no bones are known, so bones are taken to be there.
    Raises InputError if nothing is left.
    """
    if retarget is None:
        found = by_name(rig).retarget
        if not found.targets:
            raise InputError(
                f"none of the {len(rig.shapes)} shape names of rig '{rig.name}' is known{_such_as(rig.shapes)}; "
                "write a map with audio2blend rig map, fill it in and name it with --map"
            )
        return Fit(found, ())
    bones = {joint.name for joint in rig.joints}
    kept: list[Target] = []
    left_out: list[Target] = []
    for target in retarget.targets:
        there = target.name in rig.shapes
        if target.kind == "bone" and (bone := BONE_CHANNEL.fullmatch(target.name)):
            there = bone["bone"] in bones or rig.mesh is None
        (kept if there else left_out).append(target)
    if all(target.at_rest for target in kept):
        if not left_out:
            raise InputError(f"the map '{retarget.name}' moves nothing: no target has a channel; fill it in")
        near = difflib.get_close_matches(left_out[0].name, rig.shapes, n=1)
        raise InputError(
            f"rig '{rig.name}' has none of the names that the map '{retarget.name}' moves, such as "
            f"{left_out[0].name}" + (f" (did you mean {near[0]}?)" if near else "") + "; use the map of this rig"
        )
    return Fit(replace(retarget, targets=tuple(kept)), tuple(target.name for target in left_out))


def with_rest(found: Match) -> Retarget:
    """Return a match as a map to edit: with the shapes that nothing moves, so that a person can give them channels."""
    rest = [Target(name=name, comment="not known: give it channels") for name in found.unknown]
    rest += [Target(name=name, comment="rests, since others show the same") for name in found.resting]
    return replace(found.retarget, targets=(*found.retarget.targets, *rest))


def _such_as(names: Sequence[str]) -> str:
    return f" ({', '.join(names[:3])}{', …' if len(names) > 3 else ''})" if names else ""
