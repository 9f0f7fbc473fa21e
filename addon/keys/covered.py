"""What of an artist's own animation a take lies over, by name: nothing of it is lost, but it is not seen meanwhile."""

import re
from collections.abc import Iterator
from typing import Any, Final

import bpy

from audio2blend.channels import MOUTH
from rigs.retarget import Retarget

from .actions import Place, places
from .rest import OURS, curves_of

_NAME: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
"""The name in a path, with its quotes escaped."""


def covered(action: Any, retarget: Retarget) -> str:
    """Return what the tracks below an Action of ours move that it moves too, while it does; "" where that is nothing.

    `retarget` is the map by which it was made. What comes is the rest of a sentence that begins with the take's name,
    with what helps at its end.
    """
    found = [(place, track, names) for place in places(action) for track, names in _below(place)]
    if not found:
        return ""
    message = "; ".join(
        f"{', '.join(names)} of '{place.owner.name}' on the track '{track}'" for place, track, names in found
    )
    spoken = {target.name for target in retarget.targets if target.kind == "pose" or {*MOUTH} & {*target.sources}}
    mouth = any(name in spoken for _, _, names in found for name in names)
    cure = "put that track above the take's to see it" if mouth else "Mouth Only leaves it to you"
    return f"covers your own animation: {message}; {cure}"


def _below(place: Place) -> Iterator[tuple[str, list[str]]]:
    """Yield the artist's tracks below a strip of ours that are seen while it plays, and what both move."""
    if place.strip.blend_type != "REPLACE":
        return  # it comes on top of them
    mine = _paths(place.strip)
    for track in place.owner.animation_data.nla_tracks:
        if track == place.track:
            return
        shared: dict[str, None] = {}
        for strip in track.strips if not track.mute else ():
            if strip.action is None or strip.mute or any(mark in strip.action for mark in OURS):
                continue
            if strip.frame_start < place.strip.frame_end and (
                strip.frame_end > place.strip.frame_start or strip.extrapolation != "NOTHING"
            ):
                shared |= dict.fromkeys(name for path, name in _paths(strip).items() if path in mine)
        if shared:
            yield track.name, list(shared)


def _paths(strip: Any) -> dict[str, str]:
    """Return the paths that a strip moves, each with the name of its shape or bone."""
    paths = (curve.data_path for curve in curves_of(strip.action, strip.action_slot))
    return {path: bpy.utils.unescape_identifier(found[1]) if (found := _NAME.search(path)) else path for path in paths}
