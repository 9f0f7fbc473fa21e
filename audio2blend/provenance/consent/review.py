"""The review: members who answer the questions of the house rules before something is published."""

from collections.abc import Collection

from ...errors import InputError
from ..use import Use
from . import log
from .members import genuine
from .register import NOUN, Record, Register
from .rules import Rules
from .store import told


def review(
    register: Register,
    record: Record,
    wanted: Use,
    rules: Rules,
    *,
    passed: Collection[str] = (),
    failed: Collection[str] = (),
    actor: log.Signer | None = None,
) -> None:
    """Log what a member says to each question for a use; one that `failed` holds it back until they say otherwise.

    Raises InputError for a question that the rules do not ask, for one that is left open, and if the actor may not.
    """
    questions = rules.questions
    if unknown := sorted({*passed, *failed} - {*questions}):
        raise InputError(f"the rules do not ask {unknown[0]!r}; they ask {', '.join(questions) or 'nothing'}")
    if both := sorted({*passed} & {*failed}):
        raise InputError(f"{both[0]!r} cannot both pass and fail; say one of them")
    if still := [name for name in questions if name not in {*passed, *failed}]:
        raise InputError(f"'{still[0]}' is not answered: {questions[still[0]]} Say whether it passes or fails")
    body = {"use": str(wanted), "rules": rules.digest, "passed": sorted(passed), "failed": sorted(failed)}
    register.note("reviewed", record.id, body, actor=actor)


def held_back(register: Register, record: Record, wanted: Use, rules: Rules) -> str:
    """Return why a use may not be published yet, as a clause; "" if it may.

    What members said last counts, of the same use under the same rules; whoever recorded the consent is no reviewer of
    it, where the rules ask for two or more.
    """
    with told(register.path, NOUN):
        said = {
            entry.actor: entry
            for entry in log.entries(register.db, about=record.id, event="reviewed")
            if entry.body.get("use") == str(wanted) and entry.body.get("rules") == rules.digest
        }
        recorded = next(log.entries(register.db, about=record.id, event="given")).actor
    for who, entry in said.items():
        if not genuine(register.db, entry):
            return f"entry {entry.seq} of the log is not signed by a reviewer"
        if entry.body.get("failed"):
            return f"{who[:16] or 'the review'} says no to {', '.join(entry.body['failed'])}"
    yes = {who for who in said if who != recorded or rules.releases == 1}
    if len(yes) < rules.releases:
        return f"{len(yes)} of {rules.releases} have released it"
    return ""
