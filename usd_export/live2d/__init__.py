"""Live2D's motions."""

from typing import Final

from ..format import Format
from ..reduction import KeyOptions

MOTION3: Final = Format(
    suffix=".motion3.json",
    title="Live2D motion",
    purpose="the standard parameters of any model in Live2D's Cubism, VTube Studio and web players",
    loses="the sound, the face, what standard parameters cannot show, and what --key-error allows",
    writer="usd_export.live2d.motion3:write",
    reader="usd_export.live2d.motion3:read",
    recogniser="usd_export.live2d.motion3:recognises",
    checker="usd_export.live2d.motion3:check",
    options=KeyOptions,
    needs_rig=False,
)
