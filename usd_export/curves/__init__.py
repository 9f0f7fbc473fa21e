"""Curves without a face: Live Link Face's .csv, .json, .npz, and the JSON of other programs that make such curves."""

from fractions import Fraction
from typing import Final

from ..format import Format
from ..weights import Notes

_CHECKER: Final = "usd_export.curves.check:check"

CSV: Final = Format(
    suffix=".csv",
    title="Live Link CSV",
    purpose="curves alone, as the Live Link Face app records them",
    loses="the sound, the face, the metadata, and channels other than ARKit's",
    writer="usd_export.curves.livelink:write",
    reader="usd_export.curves.livelink:read",
    recogniser="usd_export.curves.livelink:recognises",
    checker=_CHECKER,
    needs_rig=False,
    keeps_arkit=True,
)
JSON: Final = Format(
    suffix=".json",
    title="JSON curves",
    purpose="curves alone, with the character's names, as text",
    loses="the sound and the face",
    writer="usd_export.curves.json_file:write",
    reader="usd_export.curves.json_file:read",
    recogniser="usd_export.curves.json_file:recognises",
    checker=_CHECKER,
    needs_rig=False,
)
NPZ: Final = Format(
    suffix=".npz",
    title="NumPy curves",
    purpose="curves alone, with the character's names, for Python",
    loses="the sound and the face",
    writer="usd_export.curves.npz:write",
    reader="usd_export.curves.npz:read",
    checker=_CHECKER,
    needs_rig=False,
)
A2F: Final = Format(
    suffix=".a2f.json",
    title="Audio2Face JSON",
    purpose="curves alone, as NVIDIA's Audio2Face exports and imports them",
    loses="the sound, the face, rotations and the metadata",
    writer="usd_export.curves.audio2face:write",
    reader="usd_export.curves.audio2face:read",
    recogniser="usd_export.curves.audio2face:recognises",
    checker=_CHECKER,
    options=Notes,
    needs_rig=False,
)
AZURE_RATE: Final = Fraction(60)
AZURE: Final = Format(
    suffix=".azure.json",
    title="Azure blendshapes",
    purpose="curves alone, as the events of Azure's speech service hold them",
    loses="the sound, the face, yaw and pitch, and the metadata",
    writer="usd_export.curves.azure:write",
    reader="usd_export.curves.azure:read",
    recogniser="usd_export.curves.azure:recognises",
    checker=_CHECKER,
    options=Notes,
    needs_rig=False,
    keeps_arkit=True,
    frame_rate=AZURE_RATE,
    fixed_rate=True,
)
