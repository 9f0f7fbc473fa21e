"""Cues of mouth shapes: Rhubarb's, Moho's, Azure's and Amazon Polly's, which 2D programs and speech services have."""

from fractions import Fraction
from typing import Final

from ..format import Format

_LOSES: Final = "all but which mouth shape is shown when"


def _format(suffix: str, name: str, title: str, purpose: str, frame_rate: Fraction | None = None) -> Format:
    return Format(
        suffix=suffix,
        title=title,
        purpose=purpose,
        loses=_LOSES,
        writer=f"usd_export.cues.write:write_{name}",
        reader="usd_export.cues.read:read",
        recogniser=f"usd_export.cues.read:is_{name}",
        checker=f"usd_export.cues.write:check_{name}",
        inspector="usd_export.cues.inspect:inspect",
        needs_rig=False,
        keeps_arkit=True,
        frame_rate=frame_rate,
    )


RHUBARB_TSV: Final = _format(".rhubarb.tsv", "rhubarb_tsv", "Rhubarb cues", "mouth shapes A to X, a line each")
RHUBARB_XML: Final = _format(".rhubarb.xml", "rhubarb_xml", "Rhubarb XML", "mouth shapes A to X, as XML")
RHUBARB_JSON: Final = _format(".rhubarb.json", "rhubarb_json", "Rhubarb JSON", "mouth shapes A to X, as JSON")
MOHO: Final = _format(
    ".moho.dat", "moho", "Moho switch data", "Preston Blair's mouths for Moho, Papagayo and OpenToonz", Fraction(24)
)
AZURE_VISEMES: Final = _format(".azure-visemes.json", "azure", "Azure visemes", "viseme events of Azure, 0 to 21")
POLLY: Final = _format(".polly.json", "polly", "Polly speech marks", "viseme marks of Amazon Polly")
