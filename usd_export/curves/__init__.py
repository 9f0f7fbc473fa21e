"""Curves without a face: Live Link Face's .csv, .json, and .npz."""

from typing import Final

from ..format import Format

_CHECKER: Final = "usd_export.curves.check:check"

CSV: Final = Format(
    suffix=".csv",
    title="Live Link CSV",
    purpose="curves alone, as the Live Link Face app records them",
    loses="the sound, the face, the metadata, and channels other than ARKit's",
    writer="usd_export.curves.livelink:write",
    reader="usd_export.curves.livelink:read",
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
