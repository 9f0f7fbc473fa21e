"""glTF 2.0: .glb and .gltf, and .vrm, which is a .glb with more."""

from typing import Final

from ..format import Format

SOURCES: Final = (".glb", ".gltf", ".vrm")
"""Suffixes of the family: into each of them an animation goes."""
_LOSES: Final = "the sound, subsurface scattering, and channels that the rig has neither shape nor joint for"
GLB: Final = Format(
    suffix=".glb",
    title="glTF",
    purpose="for the web and game engines",
    loses=_LOSES,
    into="usd_export.gltf.into:into",
    sources=SOURCES,
    writer="usd_export.gltf.scene:write",
    checker="usd_export.gltf.check:check",
)
GLTF: Final = Format(
    suffix=".gltf",
    title="glTF text",
    purpose="glTF as text that can be read",
    loses=_LOSES,
    into="usd_export.gltf.into:into",
    sources=SOURCES,
    writer="usd_export.gltf.scene:write",
    checker="usd_export.gltf.check:check",
)
VRM: Final = Format(
    suffix=".vrm",
    title="VRM",
    purpose="your own .vrm with the animation in it",
    loses="the sound, and channels that the character has neither shape nor bone for",
    into="usd_export.gltf.into:into",
    sources=(".vrm",),
    checker="usd_export.gltf.check:check",
)
