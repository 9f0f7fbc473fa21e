"""FBX, through Blender."""

from typing import Final

from ..format import Format

SOURCES: Final = (".fbx",)
"""Suffixes of the family: into each of them a take goes."""

FBX: Final = Format(
    suffix=".fbx",
    title="FBX",
    purpose="for Unreal, Unity and Maya",
    loses="the sound, and channels that the rig has neither shape nor joint for",
    into="usd_export.fbx.into:into",
    sources=SOURCES,
    several=False,
    writer="usd_export.fbx.scene:write",
    checker="usd_export.fbx.check:check",
    inspector="usd_export.fbx.inspect:inspect",
    validators=("usd_export.fbx.inspect:validate",),
    needs_blender=True,
)
