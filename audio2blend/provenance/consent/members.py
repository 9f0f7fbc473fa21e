"""Who may do what in a register: members, each known by a signing key, with a role.

A register without members is open to all who can write its file. The first member is an owner; from then on every
change is signed, and the audit shows one that is not. `used` and `made` are noted by the program, for anybody.
"""

import sqlite3
from collections.abc import Mapping
from typing import Final

from ...errors import InputError
from ..keys import signed_by
from . import log

ROLES: Final[Mapping[str, frozenset[str]]] = {
    "owner": frozenset(
        {"given", "refused", "withdrawn", "renewed", "erased", "member", "reviewed", "not-needed", "receipt", "export"}
    ),
    "producer": frozenset({"given", "refused", "withdrawn", "renewed", "not-needed", "receipt", "export"}),
    "reviewer": frozenset({"withdrawn", "reviewed"}),
    "none": frozenset(),
}
"""What each role may do, as the log's events name it; somebody who says that they withdraw is to be heard by all."""
SIGNED: Final = ROLES["owner"]


def members(db: sqlite3.Connection) -> dict[str, str]:
    """Return the role of each member by their public key, as of now."""
    return {entry.about: str(entry.body.get("role")) for entry in log.entries(db, event="member")}


def permit(db: sqlite3.Connection, event: str, actor: log.Signer | None) -> None:
    """Raise InputError if somebody may not do something now."""
    known = members(db)
    if not known:
        return
    able = [role for role, events in ROLES.items() if event in events]
    if actor is None:
        raise InputError(f"this register has members, and '{event}' is for {' or '.join(able)}; sign with a key")
    if known.get(actor.id, "none") not in able:
        role = known.get(actor.id, "no member")
        who = " or ".join(able)
        raise InputError(f"key {actor.id[:16]} is {role}, and '{event}' is for {who}; have one of them do it")


def appoint(db: sqlite3.Connection, member: str, role: str, actor: log.Signer | None) -> None:
    """Give a member, by their public key, a role, within the transaction that is open.

    Raises InputError for what is no key or role, if the actor may not, and if no owner would be left.
    """
    if role not in ROLES:
        raise InputError(f"'{role}' is no role; there are {', '.join(ROLES)}")
    if len(member) != 64 or not set(member) <= {*"0123456789abcdef"}:
        raise InputError(f"{member[:80]!r} is no public key; give the 64 digits that the making of the key printed")
    permit(db, "member", actor)
    if actor is None or (not members(db) and actor.id != member):
        raise InputError("the first member is the owner who signs with their own key; add yourself first")
    after = {**members(db), member: role}
    if "owner" not in after.values():
        raise InputError("a register with members has an owner; appoint another owner first")
    log.append(db, "member", member, {"role": role}, actor=actor)


def genuine(db: sqlite3.Connection, entry: log.Entry) -> bool:
    """Return whether who is said to have made an entry might do so at the time, and signed it."""
    known: dict[str, str] = {}
    for one in log.entries(db, event="member"):
        if one.seq < entry.seq:
            known[one.about] = str(one.body.get("role"))
    if not known:
        return True
    able = entry.event in ROLES.get(known.get(entry.actor, "none"), ())
    return able and signed_by(entry.actor, entry.signature, bytes.fromhex(entry.hash))


def unsigned(db: sqlite3.Connection, *, newest: int | None) -> list[str]:
    """Return which entries were made by somebody who might not, or carry no signature of who is said to have made them.

    Of the signatures, which take a tenth of a millisecond each, the `newest` are checked; None for all.
    """
    known: dict[str, str] = {}
    found: list[str] = []
    signed: list[tuple[int, str, str, str]] = []
    first = db.execute("select min(seq) from log where event = 'member'").fetchone()[0]
    if first is None:
        return []
    for seq, event, about, actor, body, own, signature in db.execute(
        "select seq, event, about, actor, body, hash, signature from log where seq >= ? and event not in "
        "('used', 'made') order by seq",
        (first,),
    ):
        if event in SIGNED:
            role = "owner" if not known else known.get(actor, "none")
            if event not in ROLES.get(role, ()):
                found.append(f"entry {seq} of the log, '{event}', was made by {actor[:16] or 'nobody'}, who may not")
            signed.append((seq, actor, signature, own))
        if event == "member":
            known[about] = str(log.parsed(body, f"entry {seq} of the log").get("role"))
    for seq, actor, signature, own in signed[-newest:] if newest is not None else signed:
        if not signed_by(actor, signature, bytes.fromhex(own)):
            found.append(f"entry {seq} of the log is not signed by {actor[:16] or 'anybody'}")
    return found
