"""Checking what a file's credentials say, and whether its bytes are those that were signed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ...errors import InputError
from ...files import local
from . import library
from .manifest import CONSENT
from .places import ANY, EMBEDDED, sidecar

_SIGNER: Final = "signingCredential."
"""How the codes begin that doubt who signed, not what was signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the signature of a file is worth, and what it says."""

    state: str
    """"trusted", "unknown" for a whole file by a signer who is not trusted, "altered", or "none"."""
    signer: str = ""
    """As the certificate says, which proves something only where it is trusted."""
    signed_at: str = ""
    """"" without a time stamp."""
    beside: str = ""
    """The sidecar, where the credentials lie in one."""
    consent: str = ""
    """The id of a consent record."""
    anchor: str = ""
    source_type: str = ""
    reasons: tuple[str, ...] = ()
    """The library's codes for what is wrong."""


def check(path: Path, roots: str) -> Credentials:
    """Return the state of a file's credentials, in it or beside it.

    Args:
        path: the file.
        roots: certificates (PEM) of those who are trusted; "" for nobody.

    Raises InputError for a file that cannot be read.
    """
    c2pa = library.load()
    path = local(path)
    beside = sidecar(path)
    media_type = EMBEDDED.get(path.suffix.lower())
    try:
        with path.open("rb") as file, library.context(roots) as context:
            if media_type:
                try:
                    with c2pa.Reader(media_type, file, context=context) as reader:
                        return _credentials(reader)
                except c2pa.C2paError.ManifestNotFound:
                    file.seek(0)
            if not beside.is_file():
                return Credentials(state="none")
            with c2pa.Reader(media_type or ANY, file, beside.read_bytes(), context=context) as reader:
                return _credentials(reader, str(beside))
    except c2pa.C2paError as error:  # what claims to be credentials and is not whole
        return Credentials(state="altered", reasons=(" ".join(str(error).split())[:200],))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; name a file to check") from None


def _credentials(reader: Any, beside: str = "") -> Credentials:
    results = (reader.get_validation_results() or {}).get("activeManifest", {})
    failed = sorted({str(one.get("code")) for one in results.get("failure", [])})
    passed = {str(one.get("code")) for one in results.get("success", [])}
    whole = "claimSignature.validated" in passed and any(code.endswith("Hash.match") for code in passed - _PARTS)
    doubted = all(code.startswith(_SIGNER) for code in failed)
    told = json.loads(reader.json())
    active = told.get("manifests", {}).get(told.get("active_manifest"), {})
    said = {one.get("label"): one.get("data") for one in active.get("assertions", []) if isinstance(one, Mapping)}
    consent = said.get(CONSENT)
    consent = consent if isinstance(consent, Mapping) else {}
    actions = said.get("c2pa.actions.v2")
    first = (actions.get("actions") or [{}]) if isinstance(actions, Mapping) else [{}]
    types = [str(one["digitalSourceType"]).rpartition("/")[2] for one in first if one.get("digitalSourceType")]
    by = active.get("signature_info") or {}
    trusted = not failed and whole and reader.get_validation_state() == "Trusted"
    return Credentials(
        state="trusted" if trusted else "unknown" if whole and doubted else "altered",
        signer=str(by.get("common_name") or by.get("issuer") or ""),
        signed_at=str(by.get("time") or ""),
        beside=beside,
        consent=str(consent.get("record") or ""),
        anchor=str(consent.get("anchor") or ""),
        source_type=types[0] if types else "",
        reasons=tuple(failed),
    )


_PARTS: Final = {"assertion.hashedURI.match"}
"""Matches of what lies inside the credentials, not of the file."""
