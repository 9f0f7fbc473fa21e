"""The vault: a key for each person, by which what is private of them in the register opens, or never again.

It is a file of its own, so that a person can be erased from all backups of the register at once: what is private is in
the register, encrypted, and its key is here alone. Whoever keeps copies of the vault keeps the people in it.
"""

import os
import secrets
import sqlite3
from pathlib import Path
from typing import Final, Self

from ...errors import InputError
from .. import keys
from ..keys import Secret, SigningKey
from . import store

NOUN: Final = "vault"
_SCHEMA: Final = """
create table master (
    one integer primary key check (one = 1), name text not null, kind text not null, locked blob not null
);
create table key (owner text primary key, locked blob not null);
"""
_SIGNER: Final = "register"
"""Whose key signs receipts."""


def beside(register: Path) -> Path:
    """Return where the vault of a register lies."""
    return register.with_name(f"{register.stem}.vault")


def there(vault: Path) -> bool:
    """Return whether there is a vault; an empty file is left where its making was cut short."""
    return os.path.isfile(vault) and vault.stat().st_size > 0


class Vault:
    """A vault that is open; a context manager, which closes it."""

    def __init__(self, path: Path, db: sqlite3.Connection, master: bytes) -> None:
        """Take a file that is open, with its master key; see `open`."""
        self.path, self._db, self._master = path, db, master

    @classmethod
    def open(cls, path: Path, secret: Secret, *, create: bool = False) -> Self:
        """Open a vault.

        Raises InputError as `store.connect` does, for a secret that is not there, and, in one sentence for both, for a
        wrong one and for a file that was altered; MissingDependencyError without `cryptography`.
        """
        keys.need()

        def begin(db: sqlite3.Connection) -> None:
            name = f"v-{secrets.token_hex(16)}"
            kind, key = secret.choose(name)
            locked = keys.seal(key, secrets.token_bytes(32), name)
            db.execute("insert into master values (1, ?, ?, ?)", (name, kind, locked))

        db = store.connect(path, _SCHEMA, NOUN, create=create, begin=begin)
        try:
            with store.told(path, NOUN):
                row = db.execute("select name, kind, locked from master").fetchone()
            master = keys.unseal(secret.key(str(row[1]), str(row[0])), row[2], str(row[0])) if row else None
            if master is None:
                raise InputError(f"{path}: the secret is wrong, or the vault was altered; try another")
        except BaseException:
            db.close()
            raise
        return cls(path, db, master)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def seal(self, person: str, kind: str, data: bytes) -> bytes:
        """Return data of a person encrypted by their key, which is made now if they have none."""
        return keys.seal(self._key(person, make=True), data, f"{person} {kind}")

    def unseal(self, person: str, kind: str, sealed: bytes) -> bytes:
        """Return what `seal` encrypted. Raises InputError if the key is destroyed or one of the two was altered."""
        data = keys.unseal(self._key(person), sealed, f"{person} {kind}")
        if data is None:
            raise InputError(f"the {kind} of {person} was altered; restore the register from a backup")
        return data

    def signing_key(self) -> SigningKey:
        """Return the key that the register signs with, which is made now if there is none."""
        return SigningKey.of(self._key(_SIGNER, make=True))

    def _key(self, owner: str, *, make: bool = False) -> bytes:
        with store.told(self.path, NOUN):
            row = self._db.execute("select locked from key where owner = ?", (owner,)).fetchone()
            if row is None and make:
                with store.transaction(self._db):
                    fresh = keys.seal(self._master, secrets.token_bytes(32), owner)
                    self._db.execute("insert or ignore into key values (?, ?)", (owner, fresh))
                return self._key(owner)
        if row is None:
            raise InputError(f"{self.path}: the key of {owner} is destroyed; nothing opens what it had locked")
        key = keys.unseal(self._master, row[0], owner)
        if key is None:
            raise InputError(f"{self.path}: the key of {owner} was altered; restore the vault from a backup")
        return key


def destroy(path: Path, person: str) -> None:
    """Destroy the key of a person, which needs no secret. Raises InputError if the vault cannot be written."""
    db = store.connect(path, _SCHEMA, NOUN, create=False, begin=lambda _: None)
    try:
        with store.told(path, NOUN):
            with store.transaction(db):
                db.execute("delete from key where owner = ?", (person,))
            db.execute("vacuum")
    finally:
        db.close()


def holders(path: Path) -> set[str]:
    """Return the ids of the persons who have a key."""
    db = store.connect(path, _SCHEMA, NOUN, create=False, begin=lambda _: None)
    try:
        with store.told(path, NOUN):
            return {owner for (owner,) in db.execute("select owner from key")} - {_SIGNER}
    finally:
        db.close()
