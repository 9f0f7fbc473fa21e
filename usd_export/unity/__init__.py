"""Unity's animation clips."""

from dataclasses import dataclass
from typing import Final

from ..format import Format, option
from ..reduction import KeyOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(KeyOptions):
    """What in a scene an animation binds to."""

    mesh_path: str = option(
        "", "way to the mesh from the object that plays a .unity.anim or .tres, such as Body/Face; several by commas",
        metavar="PATH",
    )  # fmt: skip


UNITY: Final = Format(
    suffix=".unity.anim",
    title="Unity animation",
    purpose="curves alone, for the character that you have in Unity",
    loses="the sound, the face, rotations, and what --key-error allows",
    writer="usd_export.unity.anim:write",
    reader="usd_export.unity.anim:read",
    recogniser="usd_export.unity.anim:recognises",
    checker="usd_export.check_keys:check",
    options=Options,
    needs_rig=False,
)
