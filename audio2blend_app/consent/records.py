"""Recording what people agree to, looking it up, and ending it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from audio2blend.errors import InputError
from audio2blend.provenance.consent import Terms
from audio2blend.provenance.consent import vault as vaults

from .place import Place, bytes_of, digest_of, named
from .report import ConsentReport, reported


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRequest:
    """What somebody agreed to, or refused."""

    place: Place = field(default_factory=Place)
    speaker: str
    terms: Mapping[str, Any]
    """The fields of `Terms` as JSON has them, but for the digests of files."""
    evidence: Path | None = None
    """The signed paper, or the recording of what they said; None where `terms` holds its digest."""
    notice: Path | None = None
    """The text that they were shown, where it is not part of the evidence."""
    private: Mapping[str, Path] = field(default_factory=dict)
    """Files whose content is sealed with the person's key: "contact", a text, and "voiceprint"."""
    refused: bool = False
    renews: str = ""
    """A record that this one takes the place of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRequest:
    """Which records to show."""

    place: Place = field(default_factory=Place)
    name: str = ""
    """A speaker, or the id of a person or record; "" for all, without history and files."""
    contact: bool = False
    """Whether to open what is private: it takes the vault's secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRequest:
    """Whose consent ends, or who is erased."""

    place: Place = field(default_factory=Place)
    name: str
    """A speaker, for all their records, the id of a person, or, to withdraw, of one record."""


def add(request: AddRequest) -> ConsentReport:
    """Record a consent or a refusal.

    Raises InputError for what makes no consent, for files that are not there, and for a vault that does not open.
    """
    terms, place = dict(request.terms), request.place
    for name, path in (("evidence", request.evidence), ("notice", request.notice)):
        if path is not None:
            terms[name] = digest_of(path)
    terms.setdefault("since", date.today().isoformat())
    if "evidence" not in terms:
        raise InputError("nothing shows that they agreed; name the file of the signed paper or of the recording")
    checked = Terms.of(terms)
    private = {kind: bytes_of(path) for kind, path in request.private.items()}
    vault = place.unlock(create=True) if private else None
    try:
        with place.open(create=True) as register:
            record = register.add(
                request.speaker,
                checked,
                refused=request.refused,
                renews=request.renews,
                private=private,
                vault=vault,
                actor=place.actor,
            )
            said = "has not agreed; recorded as" if request.refused else "has agreed; recorded as"
            return reported(register, [record], f"{request.speaker} {said} {record.id}")
    finally:
        if vault is not None:
            vault.close()


def show(request: ShowRequest) -> ConsentReport:
    """Return records. Raises InputError for a name that the register does not know, after the vault was opened."""
    if not request.contact:
        with request.place.open() as register:
            records = named(register, request.name) if request.name else register.everybody()
            return reported(register, records, whole=bool(request.name))
    with request.place.unlock() as vault, request.place.open() as register:
        records = named(register, request.name)
        person = records[0].person
        sealed = register.private(person)
        opened = {kind: vault.unseal(person, kind, data) for kind, data in sealed.items()}
        return replace(
            reported(register, records, whole=True),
            private={
                kind: data.decode("utf-8", "replace").strip() if kind == "contact" else f"{len(data)} bytes"
                for kind, data in opened.items()
            },
        )


def withdraw(request: EndRequest) -> ConsentReport:
    """End consent, and list all that was made under it. Raises InputError for a name that the register has not."""
    with request.place.open() as register:
        ids = [record.id for record in named(register, request.name)]
        register.withdraw(ids, actor=request.place.actor)
        report = reported(register, [register.record(name) for name in ids], whole=True)
    return replace(report, said=f"the consent of {request.name} is withdrawn; {_made(report)}")


def erase(request: EndRequest) -> ConsentReport:
    """Erase a person: destroy their key, forget their name and end their consent; list all that was made under it.

    What they agreed to stays, under a random id that leads to nobody. Raises InputError for a name that the register
    has not, and if somebody may not.
    """
    place = request.place
    with place.open() as register:
        person, actor = register.person(request.name), place.actor
        register.permit("erased", actor)
        if register.private(person.id) and not vaults.there(place.vault):
            raise InputError(f"{place.vault}: there is no vault, and it holds the key of {request.name}; bring it here")
        if vaults.there(place.vault):
            vaults.destroy(place.vault, person.id)
        register.erase(person.id, actor=actor)
        report = reported(register, register.records(person.id), whole=True)
    return replace(report, said=f"{request.name} is erased, and is {person.id} from now on; {_made(report)}")


def _made(report: ConsentReport) -> str:
    n_files = sum(len(record.files) for record in report.records)
    return "1 file was made under it" if n_files == 1 else f"{n_files} files were made under it"
