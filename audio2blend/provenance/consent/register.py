"""The register: who agreed to what, in one file, with a log of all that was done."""

import hashlib
import re
import secrets
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from ...errors import InputError
from . import log, members, store
from .log import Entry, Head
from .terms import Terms
from .vault import Vault

NOUN: Final = "register of consent"
STATES: Final = ("given", "refused", "withdrawn", "renewed")
"""What became of a record; that it expired follows from the day."""
_ID: Final = re.compile(r"[cp]-[0-9a-f]{16}")
_SCHEMA: Final = f"""{log.SCHEMA}
create table person (id text primary key, speaker text unique, salt text not null);
create table sealed (person text, kind text, data blob not null, primary key (person, kind));
create table record (
    id text primary key, person text not null, state text not null, salt text not null, terms text not null
);
create index record_person on record (person);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as the register knows them."""

    id: str
    """A random one, the only one in the log."""
    speaker: str
    """What the studio calls them; "" once they are erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A consent."""

    id: str
    person: str
    speaker: str
    state: str
    terms: Terms

    def status(self, today: date) -> str:
        """Return the state, or "expired" for one that was given and whose last day is over."""
        over = self.terms.until is not None and today > self.terms.until
        return "expired" if self.state == "given" and over else self.state


class Register:
    """A register of consent in a file; a context manager, which closes it."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        """Take a file that is open; see `open`."""
        self.path, self.db = path, db

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> Self:
        """Open a register. Raises InputError as `store.connect` does."""

        def begin(db: sqlite3.Connection) -> None:
            log.append(db, "created", "", {"register": f"g-{secrets.token_hex(8)}", "version": store.VERSION})

        return cls(path, store.connect(path, _SCHEMA, NOUN, create=create, begin=begin))

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write all that a block writes, or nothing: of many things at once only the last takes a disk's time.

        Raises InputError where SQLite cannot.
        """
        with store.told(self.path, NOUN), store.transaction(self.db):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read one state of the file. Raises InputError where SQLite cannot."""
        with store.told(self.path, NOUN):
            self.db.execute("pragma query_only = on")
            self.db.execute("begin")
            try:
                yield
            finally:
                self.db.execute("rollback")
                self.db.execute("pragma query_only = off")

    @property
    def id(self) -> str:
        """The random id that the register was made with."""
        with store.told(self.path, NOUN):
            first = next(log.entries(self.db, event="created"), None)
        return str(first.body.get("register")) if first else ""

    def head(self) -> Head:
        """Return the newest entry, by which a file can say what the register said at the time."""
        with store.told(self.path, NOUN):
            return log.head(self.db)

    def add(
        self,
        speaker: str,
        terms: Terms,
        *,
        refused: bool = False,
        renews: str = "",
        private: Mapping[str, bytes] | None = None,
        vault: Vault | None = None,
        actor: log.Signer | None = None,
    ) -> Record:
        """Record that a person agreed, or `refused` to agree, to terms, in place of a record that it `renews`.

        A speaker who is not known becomes a new person. What is `private` of them, by its kind, such as "contact", is
        sealed with their key in the vault. Raises InputError for a name that is none, for a record that is not there or
        is another person's, and if the actor may not.
        """
        speaker = _called(speaker)
        if not speaker or not speaker.isprintable() or len(speaker) > 200 or _ID.fullmatch(speaker):
            raise InputError(f"{speaker!r} is no name for a speaker; give one of up to 200 letters that is no id")
        state = "refused" if refused else "given"
        with self.writing():
            members.permit(self.db, state, actor)
            person, salt = self._person(speaker)
            body: dict[str, Any] = {"person": person, "speaker": salted(salt, speaker)}
            if renews:
                old = self.record(renews)
                if old.person != person:
                    raise InputError(f"{renews} is a record of another speaker; name one of {speaker}")
                body["renews"] = renews
            record = Record(id=f"c-{secrets.token_hex(8)}", person=person, speaker=speaker, state=state, terms=terms)
            text, own = terms.canonical(), secrets.token_hex(16)
            body["terms"] = salted(own, text)
            self.db.execute("insert into record values (?, ?, ?, ?, ?)", (record.id, person, state, own, text))
            log.append(self.db, state, record.id, body, actor=actor)
            for kind, data in (private or {}).items():
                assert vault is not None
                sealed = person, kind, vault.seal(person, kind, data)
                self.db.execute("insert or replace into sealed values (?, ?, ?)", sealed)
            if renews:
                self._become(renews, "renewed", {"by": record.id}, actor)
        return record

    def withdraw(self, records: Iterable[str], *, actor: log.Signer | None = None) -> None:
        """Record that consent is withdrawn.

        Raises InputError for a record that is not there, and if the actor may not.
        """
        with self.writing():
            members.permit(self.db, "withdrawn", actor)
            for record in records:
                if self.record(record).state != "withdrawn":
                    self._become(record, "withdrawn", {}, actor)

    def erase(self, person: str, *, actor: log.Signer | None = None) -> None:
        """Forget what a person is called and all that is private of them; what they agreed to ends, and stays.

        Their key in the vault is to be destroyed before. Raises InputError if the actor may not.
        """
        with self.writing():
            members.permit(self.db, "erased", actor)
            for record in self.records(person):
                if record.state in ("given", "refused"):
                    self._become(record.id, "withdrawn", {}, actor)
            self.db.execute("update person set speaker = null, salt = '' where id = ?", (person,))
            self.db.execute("delete from sealed where person = ?", (person,))
            log.append(self.db, "erased", person, {}, actor=actor)

    def private(self, person: str) -> dict[str, bytes]:
        """Return what is private of a person by its kind, as it is sealed."""
        with store.told(self.path, NOUN):
            return dict(self.db.execute("select kind, data from sealed where person = ?", (person,)))

    def appoint(self, member: str, role: str, *, actor: log.Signer | None) -> None:
        """Give somebody a role, by their public key; see `members.appoint` for errors."""
        with self.writing():
            members.appoint(self.db, member, role, actor)

    def permit(self, event: str, actor: log.Signer | None) -> None:
        """Raise InputError if somebody may not do what the log would call `event`."""
        with store.told(self.path, NOUN):
            members.permit(self.db, event, actor)

    def note(self, event: str, about: str, body: Mapping[str, Any], *, actor: log.Signer | None = None) -> Entry:
        """Add an entry to the log that changes nothing else. Raises InputError if the actor may not."""
        with self.writing():
            if event in members.SIGNED:
                members.permit(self.db, event, actor)
            return log.append(self.db, event, about, body, actor=actor)

    def record(self, record: str) -> Record:
        """Return a record. Raises InputError if it is not there or was altered."""
        found = self._found("where record.id = ?", record)
        if not found:
            raise InputError(f"there is no record {record!r} in {self.path}; look up its id")
        return found[0]

    def records(self, speaker: str) -> list[Record]:
        """Return the records of a speaker, or of a person by their id, oldest first; none of one who is not known."""
        return self._found("where person.speaker = ? or person.id = ?", _called(speaker))

    def everybody(self) -> list[Record]:
        """Return all records, oldest first."""
        return self._found()

    def person(self, speaker: str) -> Person:
        """Return a person by what they are called or by their id. Raises InputError if there is none."""
        with store.told(self.path, NOUN):
            found = self.db.execute(
                "select id, speaker from person where speaker = ? or id = ?", (_called(speaker), speaker)
            ).fetchone()
        if not found:
            raise InputError(f"there is no speaker {speaker!r} in {self.path}; record their consent first")
        return Person(id=found[0], speaker=found[1] or "")

    def used(self, record: str) -> dict[str, str]:
        """Return every file that was made under a record, and its SHA-256 where it was finished."""
        out: dict[str, str] = {}
        with store.told(self.path, NOUN):
            for entry in log.entries(self.db, about=record):
                if entry.event == "used":
                    out |= {path: out.get(path, "") for path in entry.body.get("files", [])}
                elif entry.event == "made":
                    out |= entry.body.get("files", {})
        return out

    def history(self, about: str) -> list[Entry]:
        """Return what happened to a record, a person or a member, oldest first; "" for the register itself."""
        with store.told(self.path, NOUN):
            return [*log.entries(self.db, about=about)]

    def acts(self, record: str) -> list[tuple[str, str]]:
        """Return when what was done to a record, oldest first, but for the files that were made under it."""
        return [(entry.at, entry.event) for entry in self.history(record) if entry.event not in ("used", "made")]

    def _person(self, speaker: str) -> tuple[str, str]:
        found = self.db.execute("select id, salt from person where speaker = ?", (speaker,)).fetchone()
        if found:
            return str(found[0]), str(found[1])
        person, salt = f"p-{secrets.token_hex(8)}", secrets.token_hex(16)
        self.db.execute("insert into person values (?, ?, ?)", (person, speaker, salt))
        return person, salt

    def _become(self, record: str, state: str, body: Mapping[str, Any], actor: log.Signer | None) -> None:
        self.db.execute("update record set state = ? where id = ?", (state, record))
        log.append(self.db, state, record, body, actor=actor)

    def _found(self, where: str = "", value: str = "") -> list[Record]:
        sql = (
            "select record.id, person.id, person.speaker, state, terms from record join person on person.id = person "
            f"{where} order by record.rowid"
        )
        with store.told(self.path, NOUN):
            rows = self.db.execute(sql, [value] * where.count("?")).fetchall()
        return [
            Record(id=name, person=person, speaker=speaker or "", state=state, terms=self._terms(name, terms))
            for name, person, speaker, state, terms in rows
        ]

    def _terms(self, record: str, text: str) -> Terms:
        name = f"{self.path}: record {record}"
        try:
            return Terms.of(log.parsed(text, name))
        except InputError as error:
            raise InputError(str(error) if name in str(error) else f"{name} was altered: {error}") from None


def is_record(name: str) -> bool:
    """Return whether a name is the id of a record, by its form."""
    return name.startswith("c-") and _ID.fullmatch(name) is not None


def _called(speaker: str) -> str:
    """Return a name in the one form that it has; a folder's name may come in another."""
    return unicodedata.normalize("NFC", speaker.strip())


def salted(salt: str, text: str) -> str:
    """Return a hash by which a text is known to those who have it and its salt, and nobody else can guess it."""
    return hashlib.sha256(f"{salt}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()
