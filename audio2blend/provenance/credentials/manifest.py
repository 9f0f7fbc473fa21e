"""What a signature says of a file."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

SOURCE_TYPES: Final = ("compositeWithTrainedAlgorithmicMedia", "trainedAlgorithmicMedia", "algorithmicMedia")
"""Of the IPTC: a real voice with motion by a network; a synthetic voice too; motion by rules alone."""
CONSENT: Final = "org.audio2blend.consent"
_IPTC: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_MINING: Final = ("ai_generative_training", "ai_inference", "ai_training", "data_mining")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the signer says of a file."""

    source_type: str = SOURCE_TYPES[0]
    speech: Path | None = None
    """The recording that it was made from; its hash is kept, and its own credentials where it has any."""
    consent: str = ""
    """The id of a consent record: never a name, for everybody can read it."""
    anchor: str = ""
    """The hash of the newest entry of the register's log."""


def manifest(claim: Claim, title: str, media_type: str, *, edited: bool) -> dict[str, Any]:
    """Return the definition of a C2PA manifest, as c2pa-rs takes it.

    Args:
        claim: what is said.
        title: the file's name.
        media_type: of the file.
        edited: whether the file has credentials already, which stay in it as those of its parent.
    """
    program = {"name": "audio2blend", "version": version("audio2blend")}
    source = _IPTC + claim.source_type
    action: dict[str, Any] = {"softwareAgent": program, "digitalSourceType": source}
    action |= {"action": "c2pa.edited"} if edited else {"action": "c2pa.created", "description": "face animation"}
    entries = {f"cawg.{use}": {"use": "notAllowed"} for use in _MINING}
    assertions = [
        {"label": "c2pa.actions.v2", "data": {"actions": [action]}},
        {"label": "cawg.training-mining", "data": {"entries": entries}},
    ]
    if claim.consent:
        assertions.append({"label": CONSENT, "data": {"record": claim.consent, "anchor": claim.anchor}})
    return {"claim_generator_info": [program], "title": title, "format": media_type, "assertions": assertions}
