"""glTF 2.0: .glb and .gltf; .vrm, which is a .glb with more; .vrma, motion for any .vrm."""

from dataclasses import dataclass
from typing import Final, Literal

from ..format import Format, option

SOURCES: Final = (".glb", ".gltf", ".vrm")
"""Suffixes of the family: into each of them an animation goes."""
_KHRONOS: Final = "usd_export.gltf.khronos:validate"
_LOSES: Final = "the sound, subsurface scattering, and channels that the rig has neither shape nor joint for"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What of a file is written, and how an animation goes into the client's own."""

    animation_only: bool = option(False, "skeleton, nodes and curves alone of a .glb, .gltf or .fbx")
    packing: Literal["plain", "quantized", "meshopt"] = option(
        "plain",
        "how small a .glb or .gltf of a face that is written anew becomes: quantized has 16 bits a number, meshopt is "
        "that compressed, for viewers that know it",
    )
    replace: bool = option(False, "take the place of animations by this program of the same name in your own file")


@dataclass(frozen=True, slots=True, kw_only=True)
class VrmOptions(Options):
    """How an animation goes into a .vrm, and what a plain avatar becomes."""

    author: str = option("", "who made the avatar of a .glb or .gltf that becomes a .vrm", metavar="NAME")


@dataclass(frozen=True, slots=True, kw_only=True)
class VrmaOptions:
    """What a VRM animation moves."""

    expressions: Literal["presets", "arkit"] = option(
        "presets", "expressions of a .vrma: VRM's own, or ARKit's for characters that have those"
    )

    @property
    def kind(self) -> str:
        """What the specification calls such expressions."""
        return "custom" if self.expressions == "arkit" else "preset"


GLB: Final = Format(
    suffix=".glb",
    title="glTF",
    purpose="for the web and game engines",
    loses=_LOSES,
    into="usd_export.gltf.into:into",
    adds_shapes=True,
    sources=SOURCES,
    writer="usd_export.gltf.scene:write",
    reader="usd_export.gltf.read:read",
    checker="usd_export.gltf.check:check",
    inspector="usd_export.gltf.inspect:inspect",
    validators=(_KHRONOS,),
    options=Options,
)
GLTF: Final = Format(
    suffix=".gltf",
    title="glTF text",
    purpose="the same as text that can be read",
    loses=_LOSES,
    into="usd_export.gltf.into:into",
    beside="usd_export.gltf.neighbours:neighbours",
    adds_shapes=True,
    sources=SOURCES,
    writer="usd_export.gltf.scene:write",
    reader="usd_export.gltf.read:read",
    checker="usd_export.gltf.check:check",
    inspector="usd_export.gltf.inspect:inspect",
    validators=(_KHRONOS,),
    options=Options,
)
VRM: Final = Format(
    suffix=".vrm",
    title="VRM",
    purpose="your own .vrm, .glb or .gltf with the animation in it",
    loses="the sound, and channels that the character has neither shape nor bone for",
    into="usd_export.gltf.into:into",
    adds_shapes=True,
    sources=SOURCES,
    reader="usd_export.gltf.read:read",
    checker="usd_export.gltf.check:check",
    inspector="usd_export.gltf.inspect:inspect",
    validators=(_KHRONOS, "usd_export.gltf.vrm_rules:validate"),
    options=VrmOptions,
)
VRMA: Final = Format(
    suffix=".vrma",
    title="VRM animation",
    purpose="for any VRM character in any VRM viewer",
    loses="the sound, the face, and what VRM's expressions cannot show",
    writer="usd_export.gltf.vrma:write",
    reader="usd_export.gltf.read:read",
    checker="usd_export.gltf.check:check_vrma",
    inspector="usd_export.gltf.inspect:inspect",
    validators=(_KHRONOS, "usd_export.gltf.vrm_rules:validate_animation"),
    options=VrmaOptions,
    needs_rig=False,
    keeps_arkit=True,
)
