"""What the register says, for people and programs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from audio2blend.provenance.consent import Record, Register


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

    @property
    def lines(self) -> list[str]:
        """What a person reads."""
        terms = self.terms
        until = f"until {terms['until']}" if terms["until"] else "until it is withdrawn"
        flags = [name for name in ("exclusive", "sublicensing", "training", "minor", "deceased") if terms[name]]
        purposes, media, places, tongues = (
            ", ".join(terms[name]) for name in ("purposes", "media", "territories", "languages")
        )
        inside = [
            f"for {purposes} in {places}, from {terms['since']} {until}",
            "; ".join([f"languages {tongues}", media, *flags, f"by the {terms['given_by']}"]),
            *self.history,
            *(f"{'made ' if digest else 'begun'}  {path}" for path, digest in self.files.items()),
        ]
        return [f"{self.id}  {self.status:<9}  {self.speaker or self.person}", *(f"    {line}" for line in inside)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentReport:
    """What was done, and what the register says; its text is what a person reads."""

    said: str = ""
    """What was done, in a sentence; "" where somebody only looked."""
    register: str = ""
    anchor: str = ""
    """The hash of the newest entry of the log."""
    records: list[RecordReport] = field(default_factory=list)
    private: dict[str, str] = field(default_factory=dict)
    """What is private of the person, where that was asked for, by its kind."""
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [self.said] if self.said else []
        lines += [f"{kind}: {text}" for kind, text in self.private.items()]
        lines += [line for record in self.records for line in record.lines]
        if self.register:
            lines.append(f"{self.register}: the newest entry is {self.anchor}")
        return "\n".join(lines)


def reported(register: Register, records: Iterable[Record], said: str = "", *, whole: bool = False) -> ConsentReport:
    """Return a report on records; `whole` has their history and files as well."""
    return ConsentReport(
        said=said,
        register=str(register.path),
        anchor=register.head().hash,
        records=[
            RecordReport(
                id=record.id,
                person=record.person,
                speaker=record.speaker,
                status=record.status(date.today()),
                terms=record.terms.as_json(),
                history=[f"{at}  {event}" for at, event in register.acts(record.id)] if whole else [],
                files=register.used(record.id) if whole else {},
            )
            for record in records
        ],
    )
