"""Whether what a register says is what was recorded: rows against the log, the log against itself."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from ...errors import InputError
from . import log, members, vault
from .register import STATES, Record, Register, salted

NEWEST: Final = 1000
"""How many signatures an audit checks unless it is told otherwise: about a tenth of a second."""


_whole: dict[Path, tuple[int, int, log.Head]] = {}
"""What each register's file and head were when its log was last found whole, so that many questions cost one look."""


def prove(register: Register, record: Record) -> None:
    """Raise InputError if the log is not whole, or a consent and its speaker's name are not what it says.

    In a register with members it must have been signed by one who might record it.
    """
    with register.reading():
        db, status = register.db, register.path.stat()
        now = status.st_mtime_ns, status.st_size, log.head(db)
        if _whole.get(register.path.absolute()) != now:
            if wrong := log.broken(db):
                raise _altered(register, wrong[0])
            _whole[register.path.absolute()] = now
        acts = [entry for entry in log.entries(db, about=record.id) if entry.event in STATES]
        if not acts or acts[-1].event != "given" or _differs(db, record.id, acts[-1].body):
            raise _altered(register, f"record {record.id}, or the name of its speaker, was altered")
        if not members.genuine(db, acts[-1]):
            who = f"entry {acts[-1].seq} of the log is not signed by somebody who may record consent"
            raise InputError(f"{register.path}: {who}; record it anew")


def audit(register: Register, *, newest: int | None = NEWEST, anchors: Iterable[str] = ()) -> list[str]:
    """Return what was altered or removed, a clause each that names it; nothing for a whole register.

    Of the log it is the first entry: by a log that is not whole, nothing else can be judged.

    Args:
        register: the register.
        newest: how many of the newest signatures to check, which is slow; None for all.
        anchors: hashes of entries, as files that were made keep them; one that the log does not hold shows that it was
            cut, or another put in its place.

    Raises:
        InputError: for a file that SQLite cannot read.
    """
    with register.reading():
        db = register.db
        found = log.broken(db) or [*_rows(db), *members.unsigned(db, newest=newest)]
        for anchor in anchors:
            if not db.execute("select 1 from log where hash = ?", (anchor,)).fetchone():
                found.append(f"the log holds no entry {anchor[:16]}: it was cut, or is another")
        private = {person for (person,) in db.execute("select person from sealed")}
    path = vault.beside(register.path)
    if private and vault.there(path):
        for person in sorted(private - vault.holders(path)):
            found.append(f"the key of {person} is destroyed, and no erasure is logged: erase them again")
    return found


def _rows(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the records and persons that are not what the log says."""
    states: dict[str, str] = {}
    bodies: dict[str, str] = {}
    for event, about, body in db.execute(
        "select event, about, body from log where event in ('given', 'refused', 'withdrawn', 'renewed') order by seq"
    ):
        states[about] = event
        if event in ("given", "refused"):
            bodies[about] = body
    erased: set[str] = {about for (about,) in db.execute("select about from log where event = 'erased'")}
    persons = {row[0]: row[1:] for row in db.execute("select id, speaker, salt from person")}
    there = set()
    named: dict[str, str] = {}
    for record, person, state, salt, terms in db.execute("select id, person, state, salt, terms from record"):
        there.add(record)
        if record not in bodies:
            yield f"record {record} was put in beside the log"
            continue
        body = log.parsed(bodies[record], f"the entry of record {record}")
        if person != body.get("person") or salted(salt, terms) != body.get("terms") or state != states[record]:
            yield f"record {record} was altered"
        named[person] = str(body.get("speaker"))
    for record in sorted(bodies.keys() - there):
        yield f"record {record} was removed"
    for person, speaker in sorted(named.items()):
        if person not in persons:
            yield f"person {person} was removed"
            continue
        name, salt = persons[person]
        if person in erased:
            if name is not None:
                yield f"person {person} was erased and has a name again"
        elif name is None or salted(salt, name) != speaker:
            yield f"the name of person {person} was altered"


def _differs(db: sqlite3.Connection, record: str, body: Mapping[str, object]) -> bool:
    """Return whether a record that was given, or its speaker's name, differs from the log's body of it."""
    row = db.execute(
        "select person.id, person.salt, speaker, state, record.salt, terms from record "
        "join person on person.id = person where record.id = ?",
        (record,),
    ).fetchone()
    if not row:
        return True
    person, salt, speaker, state, own, terms = row
    said = body.get("person"), body.get("terms"), body.get("speaker"), "given"
    return said != (person, salted(own, terms), salted(salt, str(speaker)), state)


def _altered(register: Register, what: str) -> InputError:
    return InputError(f"{register.path}: {what}; restore the register from a backup")
