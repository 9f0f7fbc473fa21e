"""FBX, through Blender."""

from dataclasses import dataclass
from typing import Final

from ..format import Format, option

SOURCES: Final = (".fbx",)
"""Suffixes of the family: into each of them a take goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What of a file is written."""

    animation_only: bool = option(False, "skeleton, nodes and curves alone of a .glb, .gltf or .fbx")


FBX: Final = Format(
    suffix=".fbx",
    title="FBX",
    purpose="for Unreal, Unity and Maya",
    loses="the sound, and channels that the rig has neither shape nor joint for",
    into="usd_export.fbx.into:into",
    sources=SOURCES,
    several=False,
    writer="usd_export.fbx.scene:write",
    reader="usd_export.fbx.read:read",
    checker="usd_export.fbx.check:check",
    inspector="usd_export.fbx.inspect:inspect",
    validators=("usd_export.fbx.inspect:validate",),
    options=Options,
    needs_blender=True,
)
