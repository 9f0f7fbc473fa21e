"""Universal Scene Description: .usda, .usdc and .usdz."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from ..format import Format, option

SOURCES: Final = (".usd", ".usda", ".usdc", ".usdz")
"""Suffixes of the family: over each of them an animation can lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How an animation goes into the client's own file."""

    flatten: bool = option(False, "one USD file with your own character in it, in place of a small layer over it")
    layer: bool = option(False, "of a USD file the animation alone, as a layer for a shot that has the rig in it")
    time_code: float = option(0.0, "time code of your own USD file at which the recording starts")
    clip_length: float = option(0.0, "put a long line into value clips of so many seconds beside the USD file; 0: none")


_usd = partial(
    Format,
    loses="the sound, and channels that the rig has neither shape nor joint for",
    writer="usd_export.usd.scene:write",
    reader="usd_export.usd.read:read",
    checker="usd_export.usd.check:check",
    inspector="usd_export.usd.inspect:inspect",
    validators=("usd_export.usd.validators:pixar", "usd_export.usd.validators:omniverse"),
    into="usd_export.usd.layer:into",
    sources=SOURCES,
    over=True,
    adds_shapes=True,
    beside="usd_export.usd.value_clips:files",
    several=False,
    options=Options,
)

USDA: Final = _usd(suffix=".usda", title="USD text", purpose="USD as text that can be read")
USDC: Final = _usd(suffix=".usdc", title="USD", purpose="for Houdini, Omniverse, Maya, Unreal and Blender")
USDZ: Final = _usd(suffix=".usdz", title="USDZ", purpose="one file to hand around, for Apple's devices")
