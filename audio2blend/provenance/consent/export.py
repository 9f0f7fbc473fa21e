"""All that a register holds of a person, or of everybody, as JSON: what they may ask for, and auditors too."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from . import log
from .register import Register

SCHEMA: Final = "audio2blend-consent-export/1"
_RECORDS: Final = """
select json_object(
    'record', record.id, 'person', person.id, 'speaker', speaker, 'state', state,
    'terms', case when json_valid(terms) then json(terms) else terms end
) from record join person on person.id = person where ? in ('', person.id) order by record.rowid
"""
_LOG: Final = """
select json_object(
    'seq', seq, 'at', at, 'event', event, 'about', about, 'actor', actor, 'body', body, 'hash', hash,
    'signature', signature
) from log where :person in ('', about) or about in (select id from record where person = :person) order by seq
"""


def exported(register: Register, person: str = "", *, private: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the lines of a JSON object: records, and entries of the log, of a person by their id, or all there are.

    The body of an entry is the text that its hash was taken of. `private` is put in as it is. Raises InputError for a
    register that SQLite cannot read.
    """
    with register.reading():
        yield "{"
        for name, value in (
            ("schema", SCHEMA), ("register", register.id), ("anchor", log.head(register.db).hash),
            ("private", dict(private or {})),
        ):  # fmt: skip
            yield f'"{name}": {json.dumps(value)},'
        yield '"records": ['
        yield from _listed(iter(register.db.execute(_RECORDS, [person])))
        yield "],"
        yield '"log": ['
        yield from _listed(iter(register.db.execute(_LOG, {"person": person})))
        yield "]"
        yield "}"


def _listed(rows: Iterator[tuple[str]]) -> Iterator[str]:
    """Yield the texts of rows, with commas between them."""
    before = ""
    for (text,) in rows:
        if before:
            yield f"{before},"
        before = text
    if before:
        yield before
