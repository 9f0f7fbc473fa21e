"""The receipt: what a person is given to keep, signed, so that both sides can prove what was agreed.

Its fields follow the consent receipt of ISO/IEC TS 27560:2023.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ...errors import InputError
from ..keys import SigningKey, signed_by
from .log import entries, now
from .register import NOUN, Record, Register
from .store import told
from .terms import canonical

SCHEMA: Final = "audio2blend-consent-receipt/1"
_MOST: Final = 2**22
"""Bytes of a receipt that are read."""


def receipt(register: Register, records: Sequence[Record], key: SigningKey) -> dict[str, Any]:
    """Return a receipt of records of one person, as JSON has it."""
    content = {
        "schema": SCHEMA,
        "issued": now(),
        "register": register.id,
        "anchor": register.head().hash,
        "speaker": records[0].speaker,
        "records": [
            {
                "record": record.id,
                "person": record.person,
                "state": record.state,
                "terms": record.terms.as_json(),
                "events": [{"at": at, "event": event} for at, event in register.acts(record.id)],
            }
            for record in records
        ],
    }
    signature = key.sign(canonical(content).encode()).hex()
    return {"receipt": content, "signature": {"algorithm": "Ed25519", "key": key.id, "value": signature}}


def read(path: Path) -> tuple[Mapping[str, Any], str]:
    """Return what a receipt says, and the public key that signed it.

    Raises InputError for a file that is none, hostile ones too, and for one that was altered.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
        if len(data) > _MOST:
            raise ValueError
        found = json.loads(data)
        content, signature = found["receipt"], found["signature"]
        if content["schema"] != SCHEMA or signature["algorithm"] != "Ed25519":
            raise ValueError
        key, value = str(signature["key"]), str(signature["value"])
        if not all(isinstance(text, str) for text in (content["issued"], content["register"], *records(content))):
            raise ValueError
        message = canonical(content).encode()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; check the name and its rights") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{path}: this is no receipt of consent; name one that this program wrote") from None
    if not signed_by(key, value, message):
        raise InputError(f"{path}: the receipt was altered after it was signed; ask for another")
    return content, key


def records(content: Mapping[str, Any]) -> list[str]:
    """Return the ids of the records that a receipt is of."""
    return [one["record"] for one in content["records"]]


def keys_of(register: Register) -> set[str]:
    """Return the public keys that a register has signed receipts with."""
    with told(register.path, NOUN):
        return {str(entry.body.get("key")) for entry in entries(register.db, event="receipt")}
