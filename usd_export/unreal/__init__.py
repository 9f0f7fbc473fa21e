"""Curves under the names that Unreal's MetaHumans have. Live Link Face's .csv is in `curves`."""

from typing import Final

from ..format import Format

METAHUMAN: Final = Format(
    suffix=".metahuman.csv",
    title="MetaHuman curves",
    purpose="curves alone, as a curve table for Unreal",
    loses="the sound, the face and the metadata",
    writer="usd_export.unreal.metahuman:write",
    reader="usd_export.unreal.metahuman:read",
    recogniser="usd_export.unreal.metahuman:recognises",
    checker="usd_export.unreal.metahuman:check",
    needs_rig=False,
)
