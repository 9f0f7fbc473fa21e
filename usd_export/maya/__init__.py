"""Maya's curves."""

from dataclasses import dataclass
from typing import Final

from ..format import Format, option
from ..reduction import KeyOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(KeyOptions):
    """What in a scene the curves belong to."""

    maya_node: str = option("blendShape1", "node whose weights a .maya.anim moves", metavar="NAME")


MAYA: Final = Format(
    suffix=".maya.anim",
    title="Maya animation",
    purpose="curves alone, for the blendShape node that you have in Maya",
    loses="the sound, the face, rotations, and what --key-error allows",
    writer="usd_export.maya.anim:write",
    reader="usd_export.maya.anim:read",
    recogniser="usd_export.maya.anim:recognises",
    checker="usd_export.check_keys:check",
    options=Options,
    needs_rig=False,
)
