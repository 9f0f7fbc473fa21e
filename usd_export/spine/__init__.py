"""Spine's skeletons."""

from typing import Final

from ..format import Format
from ..reduction import KeyOptions

SPINE: Final = Format(
    suffix=".spine.json",
    title="Spine animation",
    purpose="a control bone for each shape, to import into a skeleton in Spine 4",
    loses="the sound, the face, rotations, and what --key-error allows",
    writer="usd_export.spine.bones:write",
    reader="usd_export.spine.bones:read",
    recogniser="usd_export.spine.bones:recognises",
    checker="usd_export.check_keys:check",
    options=KeyOptions,
    needs_rig=False,
)
