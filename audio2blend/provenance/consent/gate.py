"""The gate that everything passes which makes or publishes something of a person: with consent, or not at all."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from ... import wording
from ...errors import ConsentError, InputError
from ...files import digest
from ..project import Project
from ..use import Use
from .log import Signer
from .proof import prove
from .register import Register
from .review import held_back
from .rules import Rules

_NO_REASON: Final = "say in a few words why no consent is needed, such as 'my own voice'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The permission to make something; it is known by the register's newest entry at the time.

    Whoever makes files under it says so before, with `announce`, and after, with `made`: what is withdrawn later can
    only be found by that.
    """

    register: Path | None = None
    """None where no consent was asked for: nothing is logged then."""
    record: str = ""
    """The id of the consent; "" where none is needed."""
    speaker: str = ""
    use: Use | None = None
    anchor: str = ""
    """The hash of the register's newest entry, to be kept in whatever describes the files."""

    def announce(self, files: Iterable[str | Path]) -> None:
        """Log that files are about to be made, so that none escapes a withdrawal if the work is cut short."""
        self._note("used", {"files": [str(Path(path).absolute()) for path in files], "use": str(self.use or "")})

    def made(self, files: Iterable[str | Path]) -> None:
        """Log the SHA-256 of files that are done; those that are not there are left out."""
        there = {str(Path(path).absolute()): digest(Path(path)) for path in files if os.path.isfile(path)}
        if there:
            self._note("made", {"files": there})

    def _note(self, event: str, body: dict[str, object]) -> None:
        if self.register is not None:
            with Register.open(self.register) as register:
                register.note(event, self.record, body)


def allowed(
    project: Project,
    speaker: str,
    *,
    purpose: str = "",
    territories: Sequence[str] = (),
    languages: Sequence[str] = (),
    media: Sequence[str] = (),
    today: date | None = None,
    publish: bool = False,
) -> Grant:
    """Return the permission to use a speaker's voice, or the empty one where the project requires none.

    What is not said of the use is what the project says.

    Args:
        project: the project, from `Project.find`.
        speaker: who speaks, by the name in the register; "" for the project's speaker.
        purpose: what it is for, one of `use.PURPOSES`.
        territories: where it is shown, as `use.territories` takes them.
        languages: what is spoken, BCP 47 tags.
        media: what of the person is used, of `use.MEDIA`.
        today: the day that counts; None for the one on this computer's clock.
        publish: whether it leaves the house, which must have been released where the house rules ask questions.

    Raises:
        ConsentError: if no record covers all of it, a house rule forbids it, or it is not released. Commands end with
            exit code 3.
        InputError: for a register that cannot be read or was altered, and for words that are none.
    """
    if project.consent != "required":
        return Grant()
    wanted = project.use.narrowed(purpose=purpose, territories=territories, languages=languages, media=media)
    speaker, cure = speaker or project.speaker, wording.current().record_consent
    if not speaker:
        raise ConsentError(f"{project.path} requires consent, and nobody says who speaks; {wording.current().speaker}")
    if not os.path.isfile(project.register):
        raise ConsentError(f"there is no consent of {speaker}, and no register {project.register}; {cure}")
    with Register.open(project.register) as register:
        rules = Rules() if project.rules is None else Rules.read(project.rules)
        lacks, day = [], today or date.today()
        for record in register.records(speaker):
            state, lack = record.status(day), record.terms.lack(wanted, day)
            if state == "given" and not lack:
                prove(register, record)
                if broken := next((rule for rule in rules.rules if rule.broken_by(wanted, record.terms)), None):
                    raise ConsentError(f"the house rule '{broken.id}' forbids {wanted}: {broken.text}")
                if publish and rules.questions and (why := held_back(register, record, wanted, rules)):
                    raise ConsentError(f"{wanted} of {speaker} is not released: {why}; have it reviewed")
                head = register.head().hash
                return Grant(register=register.path, record=record.id, speaker=speaker, use=wanted, anchor=head)
            lacks.append(f"{record.id} {lack if state in ('given', 'expired') else f'was {state}'}")
    if not lacks:
        raise ConsentError(f"there is no consent of {speaker} in {project.register}; {cure}")
    raise ConsentError(f"{speaker} has not agreed to {wanted}: {lacks[-1]}; {cure}")


def not_needed(project: Project, reason: str, *, actor: Signer | None = None) -> Grant:
    """Return the permission that needs no consent, for a reason that is logged in the project's register.

    Raises InputError without a reason, if the register cannot be written, and if the actor may not say so.
    """
    if len(reason.strip()) < 4:
        raise InputError(_NO_REASON)
    if project.consent != "required":
        return Grant()
    with Register.open(project.register, create=True) as register:
        entry = register.note("not-needed", "", {"reason": reason.strip()}, actor=actor)
    return Grant(register=project.register, anchor=entry.hash)
