"""The log of a register: entries in a chain of hashes, so that none can be changed, removed or put in between.

Each entry's hash covers its values and the hash before it. Whoever knows the newest hash, the head, knows all of the
log by it: the head is in the register beside the log, and in every file that is signed.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, Protocol

from ...errors import InputError
from .terms import canonical

NO_HASH: Final = "0" * 64
"""What stands before the first entry."""
SCHEMA: Final = """
create table log (
    seq integer primary key, at text not null, event text not null, about text not null, actor text not null,
    body text not null, hash text not null, signature text not null
);
create index log_about on log (about, event);
create index log_members on log (seq) where event = 'member';
create trigger log_keeps before update on log begin select raise(abort, 'the log only grows'); end;
create trigger log_holds before delete on log begin select raise(abort, 'the log only grows'); end;
create table head (one integer primary key check (one = 1), seq integer not null, hash text not null);
"""


class Signer(Protocol):
    """Who does something and signs for it."""

    @property
    def id(self) -> str:
        """The id of the public key."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message, of 64 bytes."""


class Head(NamedTuple):
    """The newest entry."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened once."""

    seq: int
    at: str
    """UTC, such as "2026-11-30T09:00:00Z"."""
    event: str
    about: str
    """The id of the record, person or member; "" for the register itself."""
    actor: str
    """The id of the member who did it; "" in a register without members."""
    body: Mapping[str, Any]
    hash: str
    signature: str
    """Of the hash, by the member's key, in hexadecimal; "" in a register without members."""


def head(db: sqlite3.Connection) -> Head:
    """Return the newest entry's number and hash."""
    found = db.execute("select seq, hash from head").fetchone()
    return Head(*found) if found else Head(0, NO_HASH)


def chained(before: str, *values: object) -> str:
    """Return the hash of an entry's values, in hexadecimal, after the hash of the entry before."""
    return hashlib.sha256("\n".join(map(str, (before, *values))).encode("utf-8", "surrogatepass")).hexdigest()


def append(
    db: sqlite3.Connection, event: str, about: str, body: Mapping[str, Any], *, actor: Signer | None = None
) -> Entry:
    """Add an entry within the transaction that is open, and return it."""
    last = head(db)
    seq, at, who = last.seq + 1, now(), actor.id if actor else ""
    text = canonical(body)
    own = chained(last.hash, seq, at, event, about, who, text)
    signature = actor.sign(bytes.fromhex(own)).hex() if actor else ""
    db.execute("insert into log values (?, ?, ?, ?, ?, ?, ?, ?)", (seq, at, event, about, who, text, own, signature))
    db.execute("insert or replace into head values (1, ?, ?)", (seq, own))
    return Entry(seq, at, event, about, who, body, own, signature)


def entries(db: sqlite3.Connection, *, about: str | None = None, event: str | None = None) -> Iterator[Entry]:
    """Yield the entries about something or of some event, oldest first."""
    where = [f"{name} = ?" for name, value in (("about", about), ("event", event)) if value is not None]
    sql = f"select * from log {'where ' + ' and '.join(where) if where else ''} order by seq"
    for seq, at, kind, thing, actor, body, own, signature in db.execute(
        sql, [value for value in (about, event) if value is not None]
    ):
        yield Entry(seq, at, kind, thing, actor, parsed(body, f"entry {seq} of the log"), own, signature)


def parsed(text: str, name: str) -> Mapping[str, Any]:
    """Return the JSON object that a text holds. Raises InputError for anything else, which somebody put there."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError(f"{name} was altered: it is no JSON object; restore the register from a backup")
    return found


def broken(db: sqlite3.Connection) -> list[str]:
    """Return what is wrong with the chain, each naming its first entry; nothing for a whole one."""
    before, last = NO_HASH, 0
    for seq, at, event, about, actor, body, own in db.execute(
        "select seq, at, event, about, actor, body, hash from log order by seq"
    ):
        if seq != last + 1:
            gone = f"entry {last + 1} was" if seq == last + 2 else f"entries {last + 1} to {seq - 1} were"
            return [f"{gone} removed from the log"]
        if chained(before, seq, at, event, about, actor, body) != own or "\n" in f"{at}{event}{about}{actor}{body}":
            return [f"entry {seq} of the log was altered"]
        before, last = own, seq
    end = head(db)
    if last < end.seq:
        gone = f"entry {end.seq} was" if last == end.seq - 1 else f"entries {last + 1} to {end.seq} were"
        return [f"{gone} removed from the end of the log"]
    if end.hash != before or end.seq != last:
        return [f"the head was altered: it names entry {end.seq} by another hash than that of entry {last}"]
    return []


def now() -> str:
    """Return the time, in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
