"""Blender's own files: the client's character with the animation in it."""

from dataclasses import dataclass
from typing import Final

from ..format import Format, option


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How an animation goes into the client's own file."""

    replace: bool = option(False, "take the place of animations by this program of the same name in your own file")


BLEND: Final = Format(
    suffix=".blend",
    title="Blender",
    purpose="your own .blend with the animation in it",
    loses="channels that the character has neither shape key nor bone for",
    into="usd_export.blend.into:into",
    sources=(".blend",),
    checker="usd_export.blend.into:check",
    inspector="usd_export.blend.inspect:inspect",
    options=Options,
    needs_blender=True,
)
