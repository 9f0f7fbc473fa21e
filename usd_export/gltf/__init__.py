"""glTF 2.0: .glb, and .vrm."""

from typing import Final

from ..format import Format

GLB: Final = Format(
    suffix=".glb",
    title="glTF",
    purpose="for the web and game engines",
    loses="the sound, subsurface scattering, and channels that the rig has neither shape nor joint for",
    into="usd_export.gltf.into:into",
    sources=(".glb", ".vrm"),
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
