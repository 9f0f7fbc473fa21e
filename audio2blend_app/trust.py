"""Making a certificate of one's own, signing files with it, and checking where a file comes from."""

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from audio2blend.errors import ConsentError, InputError
from audio2blend.provenance.consent import Register
from audio2blend.provenance.consent.register import is_record
from audio2blend.provenance.credentials import SOURCE_TYPES, Claim, Signer, sign
from audio2blend.provenance.credentials import check as check_credentials
from audio2blend.provenance.credentials.signer import ROOT, parsed, text
from audio2blend.provenance.project import Project

from . import mark

FOLDER: Final = "AUDIO2BLEND_SIGNER"
_HEARD: Final = {".mp4", ".mov", ".m4a", ".wav", ".mp3", ".flac", ".webm", ".mkv", ".opus"}
"""Files in which there may be a mark."""
_WORDS: Final = {
    "trusted": "trusted: signed by {}, and not altered since",
    "unknown": "valid, but by an unknown signer: not altered since somebody who calls themselves {} signed it",
    "altered": "altered: this is not what was signed",
    "none": "no signature: nothing says where this file comes from",
}


def folder() -> Path:
    """Return where a signer is kept who is not named: what AUDIO2BLEND_SIGNER says, else a folder in one's home."""
    return Path(os.environ.get(FOLDER) or Path.home() / ".config" / "audio2blend" / "signer")


@dataclass(frozen=True, slots=True, kw_only=True)
class InitRequest:
    """Who is to sign."""

    name: str
    signer: Path = field(default_factory=folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignRequest:
    """What is to be signed, and what is said of it."""

    file: Path
    output: Path | None = None
    """None to sign the file itself."""
    signer: Path = field(default_factory=folder)
    speech: Path | None = None
    source_type: str = SOURCE_TYPES[0]
    consent: str = ""
    """The id of a record in the register of the file's project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """What is to be checked."""

    file: Path
    signer: Path = field(default_factory=folder)
    """Whose root is trusted, if there is one."""
    roots: tuple[Path, ...] = ()
    """Certificates (PEM) of others who are trusted."""
    key_file: Path | None = None
    """Of the mark; None for the public key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenReport:
    """What was made or signed."""

    said: str
    written: list[str]
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return self.said


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What is known of a file; its text is what a person reads."""

    file: str
    state: str
    """"trusted", "unknown", "altered" or "none"."""
    signer: str
    signed_at: str
    sidecar: str
    source_type: str
    reasons: list[str]
    consent: str
    """The id of the consent record that the signature names."""
    consent_state: str
    """As the register has it today: given, refused, withdrawn, expired, renewed; "" where it is not at hand."""
    marks: list[mark.StreamReport]
    exit_code: int
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{self.file}: {_WORDS[self.state].format(self.signer or 'nobody')}"]
        lines += [f"    {reason}" for reason in self.reasons]
        lines += [f"source: {self.source_type}"] if self.source_type else []
        if self.consent:
            lines.append(f"consent: {self.consent}, {self.consent_state or 'whose register is not at hand'}")
        lines += [f"mark in the {one.stream}: id {one.id}, by chance at most {one.p_value:.0e}" for one in self.marks]
        return "\n".join(lines)


def init(request: InitRequest) -> WrittenReport:
    """Make a root and a certificate. Raises InputError as `Signer.make` does."""
    made = Signer.make(request.signer, request.name)
    root = request.signer / ROOT
    return WrittenReport(
        said=f"{made.name} can sign now; hand {root} to those who check your files", written=[str(root)]
    )


def run(request: SignRequest) -> WrittenReport:
    """Sign a file.

    Raises InputError for what cannot be read or signed and for a record that is not in the register; ConsentError for
    one that does not hold today.
    """
    if request.source_type not in SOURCE_TYPES:
        raise InputError(f"{request.source_type!r} is no source type; choose {', '.join(SOURCE_TYPES)}")
    signer = Signer.read(request.signer)
    anchor = ""
    if request.consent:
        register = Project.find(request.file.absolute().parent, Path()).register
        if not register.is_file():
            raise InputError(f"{register}: no register is there that has {request.consent}; bring it")
        with Register.open(register) as opened:
            status = opened.record(request.consent).status(date.today())
            anchor = opened.head().hash
        if status != "given":
            raise ConsentError(f"consent {request.consent} is {status}; sign under one that holds")
    claim = Claim(source_type=request.source_type, speech=request.speech, consent=request.consent, anchor=anchor)
    written = sign(request.file, signer, claim, request.output)
    return WrittenReport(said=f"{written}: signed by {signer.name}", written=[str(written)])


def check(request: CheckRequest) -> CheckReport:
    """Say what is known of a file. Raises InputError for a file, a certificate or a key that cannot be read."""
    own = request.signer / ROOT
    paths = ([own] if own.is_file() else []) + list(request.roots)
    roots = ""
    for path in paths:
        pem = text(path)
        parsed(path, pem)
        roots += pem.rstrip() + "\n"
    found = check_credentials(request.file, roots)
    status = _status(found.consent, request.file) if found.state in ("trusted", "unknown") else ""
    good = found.state == "trusted" and (not found.consent or status in ("", "given"))
    return CheckReport(
        file=str(request.file),
        state=found.state,
        signer=found.signer,
        signed_at=found.signed_at,
        sidecar=found.beside,
        source_type=found.source_type,
        reasons=list(found.reasons),
        consent=found.consent,
        consent_state=status,
        marks=_marks(request),
        exit_code=0 if good else 1,
    )


def _status(record: str, file: Path) -> str:
    """Return the state of a record today, "" where the register is not at hand or has none of this id."""
    register = Project.find(file.absolute().parent, Path()).register
    if not is_record(record) or not register.is_file():
        return ""
    with Register.open(register) as opened:
        return next((one.status(date.today()) for one in opened.everybody() if one.id == record), "")


def _marks(request: CheckRequest) -> list[mark.StreamReport]:
    if request.file.suffix.lower() not in _HEARD:
        return []
    asked = mark.MarkRequest(file=request.file, key_file=request.key_file)
    try:
        return mark.run(asked).streams
    except InputError:
        if request.key_file is not None:
            raise
        return []  # an altered file may not even play
