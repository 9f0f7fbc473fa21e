"""The register's file: opened, made, and written in transactions that a crash leaves done or undone."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ...errors import InputError
from ...files import local

_APPLICATION: Final = 0x41324243
"""By which a register, or its vault, is known among SQLite's files."""
VERSION: Final = 1
"""Of both files."""
_WAIT_S: Final = 30.0
"""How long one process waits for another that writes."""


def connect(
    path: Path, schema: str, noun: str, *, create: bool, begin: Callable[[sqlite3.Connection], None]
) -> sqlite3.Connection:
    """Return a connection to a file; where there is none and `create`, it is made and `begin` writes what it holds.

    Raises InputError for a file that is none, of a newer version, damaged, or that cannot be read or made.
    """
    path = local(path)
    if not create and not os.path.isfile(path):
        raise InputError(f"{path}: there is no {noun}; name another, or record the first consent in it")
    with told(path, noun):
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
    try:
        with told(path, noun):
            # A hostile file must run nothing; what is deleted is overwritten; a commit survives a power cut.
            for pragma in ("trusted_schema = off", "cell_size_check = on", "secure_delete = on", "synchronous = extra"):
                db.execute(f"pragma {pragma}")
            if _number(db, "application_id") == 0 and create:
                with transaction(db):
                    if not db.execute("select 1 from sqlite_schema").fetchone():  # no other process was faster
                        for statement in _statements(schema):
                            db.execute(statement)
                        db.execute(f"pragma application_id = {_APPLICATION}")
                        db.execute(f"pragma user_version = {VERSION}")
                        begin(db)
            if _number(db, "application_id") != _APPLICATION:
                raise InputError(f"{path}: this is no {noun}; name another file")
            if (version := _number(db, "user_version")) > VERSION:
                raise InputError(
                    f"{path}: a newer audio2blend wrote this {noun}, in format {version}, and this one knows "
                    f"{VERSION}; update audio2blend"
                )
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Write all that a block writes, or nothing; others wait meanwhile. Within another it is a part of that."""
    if db.in_transaction:
        yield
        return
    db.execute("begin immediate")
    try:
        yield
        db.execute("commit")
    except BaseException:
        if db.in_transaction:  # SQLite has undone it by itself where the disk is full
            db.execute("rollback")
        raise


@contextmanager
def told(path: Path, noun: str) -> Iterator[None]:
    """Raise InputError for what SQLite and the system say of a file within a block."""
    try:
        yield
    except sqlite3.Error as error:
        said = str(error)
        cure = "restore it from a backup"
        if "full" in said or "disk I/O" in said:
            cure = "nothing was changed; make room and try again"
        elif "locked" in said:
            cure = "another program writes to it; try again when that is done"
        elif "readonly" in said or "unable to open" in said:
            cure = "check the rights of the file and its folder"
        raise InputError(f"{path}: the {noun} cannot be used: {said}; {cure}") from None
    except OSError as error:
        raise InputError(f"{path}: the {noun} cannot be used: {error.strerror}; check the folder's rights") from None


def _number(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"pragma {pragma}").fetchone()[0])


def _statements(schema: str) -> Iterator[str]:
    """Yield the statements of a schema; `executescript` would end the transaction."""
    text = ""
    for line in schema.splitlines():
        text += line + "\n"
        if sqlite3.complete_statement(text):
            yield text
            text = ""
