"""Biovision's hierarchies of joints."""

from typing import Final

from ..format import Format
from ..weights import Notes

BVH: Final = Format(
    suffix=".bvh",
    title="BVH motion",
    purpose="head, jaw and eyes as joints, for characters without shapes",
    loses="the sound, the face, all shapes but the jaw's, and the metadata",
    writer="usd_export.bvh.bvh:write",
    reader="usd_export.bvh.bvh:read",
    checker="usd_export.bvh.bvh:check",
    options=Notes,
    needs_rig=False,
    keeps_arkit=True,
)
