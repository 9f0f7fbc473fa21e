"""Alembic, through Blender."""

from typing import Final

from ..format import Format

ABC: Final = Format(
    suffix=".abc",
    title="Alembic",
    purpose="a mesh with moving points, for Maya, Houdini and Unreal",
    loses="the sound, the shapes, the skeleton, and channels that the rig has neither shape nor joint for",
    writer="usd_export.alembic.scene:write",
    checker="usd_export.alembic.scene:check",
    needs_blender=True,
)
