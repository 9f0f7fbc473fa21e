"""What proves a consent: receipts for people, and the register's log for auditors."""

import base64
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from audio2blend.errors import InputError
from audio2blend.files import draft, local
from audio2blend.provenance.consent import audit as audit_register
from audio2blend.provenance.consent import receipt as receipts
from audio2blend.provenance.consent.export import exported
from audio2blend.provenance.consent.proof import NEWEST

from .place import Place, digest_of, named
from .report import ConsentReport, reported


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRequest:
    """Whose receipt to write."""

    place: Place = field(default_factory=Place)
    name: str
    output: Path
    """A .json file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyRequest:
    """Which receipt to verify."""

    place: Place = field(default_factory=Place)
    receipt: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRequest:
    """What to check."""

    place: Place = field(default_factory=Place)
    anchors: tuple[str, ...] = ()
    """Hashes of entries that must be in the log."""
    all_signatures: bool = False
    """Check the signatures of all entries, and not of the newest alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What to export."""

    place: Place = field(default_factory=Place)
    name: str = ""
    """A speaker or person; "" for the whole register."""
    output: Path
    """A .json file."""
    private: bool = False
    """Whether what is private comes along, for one person: it takes the vault's secret."""


def receipt(request: ReceiptRequest) -> ConsentReport:
    """Write a receipt for a person, signed with the register's key.

    Raises InputError for a vault that does not open, a name that the register has not, and if somebody may not.
    """
    output, place = _json(request.output), request.place
    with place.open() as register:
        register.permit("receipt", place.actor)
    with place.unlock(create=True) as vault, place.open() as register:
        records = named(register, request.name)
        found = receipts.receipt(register, records, vault.signing_key())
        with draft(output) as target:
            target.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
        body = {"sha256": digest_of(output), "key": found["signature"]["key"]}
        register.note("receipt", records[0].person, body, actor=place.actor)
        return reported(register, [], f"{output}: the receipt, signed with key {found['signature']['key']}")


def verify(request: VerifyRequest) -> ConsentReport:
    """Return what a receipt says and what became of it since, where this is the register that it came from.

    Raises InputError for a file that is none, and for one that was altered.
    """
    content, key = receipts.read(request.receipt)
    said = f"{request.receipt}: unaltered since {content['issued']}, signed with key {key}"
    if not request.place.path.is_file():
        return ConsentReport(said=said)
    with request.place.open() as register:
        if register.id != content["register"]:
            return ConsentReport(said=f"{said}, by another register than {register.path}")
        if key not in receipts.keys_of(register):
            wrong = f"{request.receipt}: {register.path} never signed with key {key}; somebody else wrote this receipt"
            return ConsentReport(exit_code=1, complaints=[wrong])
        return reported(register, [register.record(one) for one in receipts.records(content)], said, whole=True)


def audit(request: AuditRequest) -> ConsentReport:
    """Check a register, and name everything that was altered or removed. Raises InputError if it cannot be read."""
    with request.place.open() as register:
        wrong = audit_register(register, newest=None if request.all_signatures else NEWEST, anchors=request.anchors)
        n_entries = register.head().seq
        said = f"{register.path}: {n_entries} entries, all as they were written" if not wrong else ""
        report = reported(register, [], said)
    return replace(report, exit_code=1 if wrong else 0, complaints=[f"{register.path}: {one}" for one in wrong])


def export(request: ExportRequest) -> ConsentReport:
    """Write what the register holds of a person, or all of it, as JSON; it is what a person may ask for.

    Raises InputError as `receipt` does, and for private data of all persons at once.
    """
    output, place = _json(request.output), request.place
    if request.private and not request.name:
        raise InputError("what is private is exported of one person at a time; name a speaker")
    private: dict[str, str] = {}
    if request.private:
        with place.unlock() as vault, place.open() as register:
            person = named(register, request.name)[0].person
            for kind, data in register.private(person).items():
                opened = vault.unseal(person, kind, data)
                text = opened.decode("utf-8", "replace") if kind == "contact" else base64.b64encode(opened).decode()
                private[kind] = text
    with place.open() as register:
        register.permit("export", place.actor)
        person = named(register, request.name)[0].person if request.name else ""
        with draft(output) as target, target.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in exported(register, person, private=private))
        register.note("export", person, {"sha256": digest_of(output)}, actor=place.actor)
    return ConsentReport(said=f"{output}: {request.name or 'everybody'}, as the register knows them")


def _json(output: Path) -> Path:
    if local(output).suffix.lower() != ".json":
        raise InputError(f"{output}: this is written as JSON; name a .json file")
    return local(output)
