"""The house that keeps a register: its members and their keys, its rules, and what is allowed."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from audio2blend.errors import ConsentError, InputError
from audio2blend.files import local
from audio2blend.provenance.consent import Rules, allowed
from audio2blend.provenance.consent.review import review as review_record
from audio2blend.provenance.keys import SigningKey
from audio2blend.provenance.project import Project

from .place import Place
from .report import ConsentReport


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRequest:
    """Who gets which role."""

    place: Place = field(default_factory=Place)
    member: str
    """A public key."""
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRequest:
    """What somebody wants to make of a speaker; what is left out is what the project says."""

    place: Place = field(default_factory=Place)
    speaker: str
    purpose: str = ""
    territories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    publish: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequest:
    """What a reviewer says to the questions of the house rules."""

    ask: AskRequest
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


def key(path: Path) -> ConsentReport:
    """Write a new signing key, and say its public half. Raises InputError if there is a file already."""
    made = SigningKey.new()
    made.write(local(path))
    return ConsentReport(said=f"{path}: your key; keep it to yourself. The public key is {made.id}")


def member(request: MemberRequest) -> ConsentReport:
    """Give somebody a role; see `audio2blend.provenance.consent.members.appoint` for errors."""
    with request.place.open(create=True) as register:
        register.appoint(request.member, request.role, actor=request.place.actor)
        head = register.head().hash
    said = f"{request.member[:16]} is {request.role}" if request.role != "none" else f"{request.member[:16]} left"
    return ConsentReport(said=said, register=str(request.place.path), anchor=head)


def ask(request: AskRequest) -> ConsentReport:
    """Say whether something is allowed, whatever the project requires. Raises ConsentError if it is not."""
    grant = allowed(
        _strict(request.place),
        request.speaker,
        purpose=request.purpose,
        territories=request.territories,
        languages=request.languages,
        media=request.media,
        publish=request.publish,
    )
    said = f"{grant.speaker} has agreed to {grant.use}, by {grant.record}"
    return ConsentReport(said=said, register=str(grant.register), anchor=grant.anchor)


def review(request: ReviewRequest) -> ConsentReport:
    """Log what a reviewer says of a use that somebody agreed to.

    Raises ConsentError if nobody did, and InputError as `audio2blend.provenance.consent.review.review` does.
    """
    wanted, place = request.ask, request.ask.place
    project = _strict(place)
    if project.rules is None:
        raise InputError("there are no house rules; name a file of them as rules in audio2blend.toml")
    rules = Rules.read(project.rules)
    grant = allowed(
        project,
        wanted.speaker,
        purpose=wanted.purpose,
        territories=wanted.territories,
        languages=wanted.languages,
        media=wanted.media,
    )
    assert grant.use is not None
    with place.open() as register:
        record = register.record(grant.record)
        review_record(
            register, record, grant.use, rules, passed=request.passed, failed=request.failed, actor=place.actor
        )
        head = register.head().hash
    try:
        ask(AskRequest(**{name: getattr(wanted, name) for name in AskRequest.__slots__} | {"publish": True}))
        then = "it may be published"
    except ConsentError as error:
        then = f"not yet to be published: {error}"
    return ConsentReport(said=f"reviewed {grant.use} of {grant.speaker}: {then}", register=str(place.path), anchor=head)


def _strict(place: Place) -> Project:
    """Return the project, as if it required consent, with the register of the place."""
    return replace(place.found(), consent="required", register=place.path)
