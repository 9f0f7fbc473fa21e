"""Godot's animations."""

from typing import Final

from ..format import Format
from ..unity import Options

GODOT: Final = Format(
    suffix=".tres",
    title="Godot animation",
    purpose="curves alone, for the character that you have in Godot 4",
    loses="the sound, the face, rotations, and what --key-error allows",
    writer="usd_export.godot.tres:write",
    reader="usd_export.godot.tres:read",
    checker="usd_export.check_keys:check",
    options=Options,
    needs_rig=False,
)
