"""The register of consent: recording what people agree to, looking it up, and ending it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from audio2blend.errors import InputError
from audio2blend.files import digest
from audio2blend.provenance.consent import Record, Register, Terms
from audio2blend.provenance.consent.log import now
from audio2blend.provenance.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the register is."""

    register: Path | None = None
    """Its file; None for the project's."""
    project: Path | None = None
    """The project's file; None for the one in this folder or above it."""

    @property
    def path(self) -> Path:
        """The register's file. Raises InputError as `Project.read` does."""
        if self.register is not None:
            return self.register
        return (Project.find(Path()) if self.project is None else Project.read(self.project)).register


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRequest:
    """What somebody agreed to, or refused."""

    place: Place = field(default_factory=Place)
    speaker: str
    terms: dict[str, Any]
    """The fields of `Terms` as JSON has them, but for the digests of files."""
    evidence: Path | None = None
    """The signed paper, or the recording of what they said; None where `terms` holds its digest."""
    notice: Path | None = None
    """The text that they were shown, where it is not part of the evidence."""
    refused: bool = False
    renews: str = ""
    """A record that this one takes the place of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReport:
    """A record."""

    id: str
    person: str
    speaker: str
    status: str
    terms: dict[str, Any]
    history: list[str] = field(default_factory=list)
    """What happened to it, oldest first."""
    files: dict[str, str] = field(default_factory=dict)
    """What was made under it, with the SHA-256 of those that were finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentReport:
    """What the register says; its text is what a person reads."""

    register: str
    said: str
    """What was done, in a sentence; "" where somebody only looked."""
    records: list[RecordReport] = field(default_factory=list)
    anchor: str = ""
    """The hash of the newest entry of the log."""
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [self.said] if self.said else []
        for record in self.records:
            lines.append(f"{record.id}  {record.status:<9}  {record.speaker or record.person}")
            lines += [f"    {line}" for line in _in_words(record.terms)]
            lines += [f"    {line}" for line in record.history]
            lines += [f"    {'made' if digest else 'begun'}  {path}" for path, digest in record.files.items()]
        return "\n".join([*lines, f"{self.register}: the newest entry is {self.anchor}"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRequest:
    """Which records to show."""

    place: Place = field(default_factory=Place)
    name: str = ""
    """A speaker, or the id of a person or record; "" for all, without history and files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRequest:
    """Whose consent ends."""

    place: Place = field(default_factory=Place)
    name: str
    """A speaker, for all their records, or the id of a person or of one record."""


def add(request: AddRequest) -> ConsentReport:
    """Record a consent or a refusal. Raises InputError for what makes no consent and for files that are not there."""
    terms = dict(request.terms)
    for name, path in (("evidence", request.evidence), ("notice", request.notice)):
        if path is not None:
            terms[name] = _digest(path)
    terms.setdefault("since", now()[:10])
    if "evidence" not in terms:
        raise InputError("nothing shows that they agreed; name the file of the signed paper or of the recording")
    checked = Terms.of(terms)
    with Register.open(request.place.path, create=True) as register:
        record = register.add(request.speaker, checked, refused=request.refused, renews=request.renews)
        said = "has not agreed; recorded as" if request.refused else "has agreed; recorded as"
        return _report(register, [record], f"{request.speaker} {said} {record.id}")


def show(request: ShowRequest) -> ConsentReport:
    """Return records. Raises InputError for a name that the register does not know."""
    with Register.open(request.place.path) as register:
        records = _named(register, request.name) if request.name else register.everybody()
        return _report(register, records, "", whole=bool(request.name))


def withdraw(request: WithdrawRequest) -> ConsentReport:
    """End consent, and list all that was made under it. Raises InputError for a name that the register has not."""
    with Register.open(request.place.path) as register:
        ids = [record.id for record in _named(register, request.name)]
        register.withdraw(ids)
        report = _report(register, [register.record(name) for name in ids], "", whole=True)
        n_files = sum(len(record.files) for record in report.records)
        made = "1 file was made under it" if n_files == 1 else f"{n_files} files were made under it"
        return replace(report, said=f"the consent of {request.name} is withdrawn; {made}")


def _named(register: Register, name: str) -> list[Record]:
    """Return the records of a speaker, of a person, or the one record. Raises InputError if there are none."""
    found = [register.record(name)] if name.startswith("c-") else register.records(name)
    if not found:
        raise InputError(f"there is no speaker {name!r} in {register.path}; look up how they are called there")
    return found


def _report(register: Register, records: Iterable[Record], said: str, *, whole: bool = False) -> ConsentReport:
    return ConsentReport(
        register=str(register.path),
        said=said,
        records=[
            RecordReport(
                id=record.id,
                person=record.person,
                speaker=record.speaker,
                status=record.status(date.today()),
                terms=record.terms.as_json(),
                history=[
                    f"{entry.at}  {entry.event}"
                    for entry in (register.history(record.id) if whole else ())
                    if entry.event not in ("used", "made")
                ],
                files=register.used(record.id) if whole else {},
            )
            for record in records
        ],
        anchor=register.head().hash,
    )


def _in_words(terms: dict[str, Any]) -> Iterable[str]:
    """Yield lines on what was agreed to."""
    until = f"until {terms['until']}" if terms["until"] else "until it is withdrawn"
    yield f"for {', '.join(terms['purposes'])} in {', '.join(terms['territories'])}, from {terms['since']} {until}"
    flags = [name for name in ("exclusive", "sublicensing", "training", "minor", "deceased") if terms[name]]
    yield "; ".join(
        [
            f"languages {', '.join(terms['languages'])}",
            f"{', '.join(terms['media'])}",
            *flags,
            f"by the {terms['given_by']}",
        ]
    )


def _digest(path: Path) -> str:
    try:
        return digest(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; check the name and its rights") from None
