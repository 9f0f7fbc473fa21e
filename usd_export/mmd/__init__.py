"""MikuMikuDance."""

from fractions import Fraction
from typing import Final

from ..format import Format
from ..reduction import KeyOptions

VMD_RATE: Final = Fraction(30)
VMD: Final = Format(
    suffix=".vmd",
    title="MMD motion",
    purpose="morphs, head and eyes for any model in MikuMikuDance, MMM and Blender's MMD Tools",
    loses="the sound, the face, frames between thirtieths, and what --key-error allows",
    writer="usd_export.mmd.vmd:write",
    reader="usd_export.mmd.vmd:read",
    checker="usd_export.mmd.vmd:check",
    options=KeyOptions,
    needs_rig=False,
    frame_rate=VMD_RATE,
    fixed_rate=True,
)
