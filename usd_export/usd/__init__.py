"""Universal Scene Description: .usda, .usdc and .usdz."""

from functools import partial
from typing import Final

from ..format import Format

_usd = partial(
    Format,
    loses="the sound, and channels that the rig has neither shape nor joint for",
    writer="usd_export.usd.scene:write",
    checker="usd_export.usd.check:check",
)

USDA: Final = _usd(suffix=".usda", title="USD text", purpose="USD as text that can be read")
USDC: Final = _usd(suffix=".usdc", title="USD", purpose="for Houdini, Omniverse, Maya, Unreal and Blender")
USDZ: Final = _usd(suffix=".usdz", title="USDZ", purpose="one file to hand around, for Apple's devices")
