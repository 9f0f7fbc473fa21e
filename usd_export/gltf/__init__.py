"""glTF 2.0: .glb."""

from typing import Final

from ..format import Format

GLB: Final = Format(
    suffix=".glb",
    title="glTF",
    purpose="for the web and game engines",
    loses="the sound, subsurface scattering, and channels that the rig has neither shape nor joint for",
    writer="usd_export.gltf.scene:write",
    checker="usd_export.gltf.check:check",
)
