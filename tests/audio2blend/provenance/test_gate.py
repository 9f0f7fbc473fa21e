"""The gate: what was agreed to passes, and nothing else."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio2blend.errors import ConsentError, InputError
from audio2blend.provenance.consent import Register, Terms, allowed, not_needed
from audio2blend.provenance.project import Project
from audio2blend.provenance.use import COUNTRIES, MEDIA, PURPOSES, Use

TODAY = date(2026, 12, 1)
TERMS = Terms(
    purposes=("games",),
    territories=("EU", "CH"),
    languages=("de", "en-gb"),
    since=date(2026, 1, 1),
    until=date(2026, 12, 31),
    evidence="0" * 64,
)
AGREED = {"purpose": "games", "territories": ["DE"], "languages": ["de"]}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that requires consent, with a register where anna agrees to TERMS."""
    found = Project(path=tmp_path / "audio2blend.toml", consent="required", register=tmp_path / "consent.sqlite")
    with Register.open(found.register, create=True) as register:
        register.add("anna", TERMS)
    return found


class TestWhatPasses:
    @pytest.mark.parametrize(
        "wanted",
        [
            {},
            {"territories": ["EU", "CH"]},
            {"territories": ["fr", "at"]},
            {"languages": ["de-AT", "EN-GB"]},
            {"today": date(2026, 12, 31)},
            {"today": date(2026, 1, 1)},
        ],
    )
    def test_what_was_agreed_to(self, project: Project, wanted: dict[str, object]) -> None:
        grant = allowed(project, "anna", **{**AGREED, "today": TODAY, **wanted})
        with Register.open(project.register) as register:
            assert grant.anchor == register.head().hash
            assert [record.id for record in register.records("anna")] == [grant.record]

    def test_everything_where_nothing_is_required(self, project: Project) -> None:
        assert allowed(replace(project, consent="off"), "nobody").register is None

    def test_any_of_several_records_that_covers_it(self, project: Project) -> None:
        with Register.open(project.register) as register:
            more = register.add("anna", replace(TERMS, purposes=("any",)))
        assert allowed(project, "anna", **{**AGREED, "purpose": "politics", "today": TODAY}).record == more.id

    def test_what_needs_none_and_says_why(self, project: Project) -> None:
        not_needed(project, "my own voice").announce(["line.csv"])
        with Register.open(project.register) as register:
            assert [entry.event for entry in register.history("")] == ["created", "not-needed", "used"]
            assert register.history("")[1].body == {"reason": "my own voice"}
        with pytest.raises(InputError, match="why no consent is needed"):
            not_needed(project, "  ")


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("wanted", "why"),
        [
            ({"purpose": "advertising"}, "does not cover the purpose advertising"),
            ({"purpose": ""}, "does not cover the purpose any"),
            ({"territories": ["US", "DE"]}, "does not cover the territory US"),
            ({"territories": ["EEA"]}, "does not cover the territory EEA"),
            ({"territories": []}, "does not cover the territory worldwide"),
            ({"languages": ["en"]}, "does not cover the language en"),
            ({"languages": ["den"]}, "does not cover the language den"),
            ({"media": ["voice", "face"]}, "does not cover the use of face"),
            ({"today": date(2027, 1, 1)}, "expired on 2026-12-31"),
            ({"today": date(2025, 12, 31)}, "begins on 2026-01-01"),
        ],
    )
    def test_what_was_not_agreed_to(self, project: Project, wanted: dict[str, object], why: str) -> None:
        with pytest.raises(ConsentError, match=why):
            allowed(project, "anna", **{**AGREED, "today": TODAY, **wanted})

    @pytest.mark.parametrize("speaker", ["", "bob"])
    def test_who_is_not_known(self, project: Project, speaker: str) -> None:
        with pytest.raises(ConsentError):
            allowed(project, speaker, **AGREED, today=TODAY)

    def test_all_without_a_register(self, project: Project) -> None:
        project.register.unlink()
        with pytest.raises(ConsentError, match="no register"):
            allowed(project, "anna", **AGREED, today=TODAY)
        assert not project.register.exists()

    @pytest.mark.parametrize("end", ["withdrawn", "renewed", "refused"])
    def test_what_ended(self, project: Project, end: str) -> None:
        with Register.open(project.register) as register:
            (record,) = register.records("anna")
            if end == "renewed":
                register.add("anna", replace(TERMS, purposes=("news",)), renews=record.id)
            else:
                register.withdraw([record.id])
            if end == "refused":
                register.add("anna", TERMS, refused=True)
        with pytest.raises(ConsentError):
            allowed(project, "anna", **AGREED, today=TODAY)

    @pytest.mark.parametrize(
        ("forged", "speaker", "named"),
        [
            ("update record set terms = replace(terms, 'games', 'any') where id = :anna", "anna", "record c-"),
            ("update record set terms = '[' where id = :anna", "anna", "record c-"),
            ("update record set state = 'given' where id = :bob", "bob", "record c-"),
            ("update person set speaker = 'dora' where speaker = 'anna'", "dora", "record c-"),
            ("update log set body = replace(body, ':', ': ') where about = :anna", "anna", "entry 2 of the log"),
            ("update log set event = 'used' where event = 'withdrawn'", "anna", "entry 4 of the log"),
        ],
    )
    def test_what_was_written_past_the_log(self, project: Project, forged: str, speaker: str, named: str) -> None:
        assert allowed(project, "anna", **AGREED, today=TODAY).record
        with Register.open(project.register) as register:
            register.withdraw([register.add("bob", TERMS).id])
            ids = {name: register.records(name)[0].id for name in ("anna", "bob")}
        with sqlite3.connect(project.register) as db:
            db.execute("drop trigger log_keeps")
            db.execute(forged, {name: ids[name] for name in ids if f":{name}" in forged})
        db.close()
        with pytest.raises(InputError, match=rf"{named}.* was altered"):
            allowed(project, speaker, **AGREED, today=TODAY)


words = st.sampled_from


@given(
    purpose=words([*PURPOSES]),
    territory=words([*COUNTRIES, "EU", "EEA", "worldwide"]),
    medium=words([*MEDIA]),
    day=words([*range(-3, 400)]),
)
def test_less_than_was_agreed_to_never_passes_more(purpose: str, territory: str, medium: str, day: int) -> None:
    wanted = Use(purpose=purpose, territories=(territory,), languages=("de",), media=(medium,))
    today = TERMS.since + timedelta(days=day)
    everywhere = {"purposes": ("any",), "territories": ("worldwide",), "languages": ("any",), "media": (*MEDIA,)}
    wide = replace(TERMS, **everywhere, until=None)
    assert (wide.lack(wanted, today) == "") == (day >= 0)
    for narrow in (
        replace(wide, purposes=("news",)),
        replace(wide, territories=("EU",)),
        replace(wide, media=("name",)),
        replace(wide, until=TERMS.since),
    ):
        assert wide.lack(wanted, today) == "" or narrow.lack(wanted, today) != ""


class TestProjectFiles:
    def test_what_it_says_holds_below_it(self, tmp_path: Path) -> None:
        (tmp_path / "audio2blend.toml").write_text(
            'consent = "required"\nspeaker = "anna"\n[use]\npurpose = "games"\nterritories = "de"\nlanguages = ["de"]\n'
        )
        (tmp_path / "a" / "b").mkdir(parents=True)
        project = Project.find(tmp_path / "a" / "b")
        assert (project.consent, project.speaker) == ("required", "anna")
        assert project.use == Use(purpose="games", territories=("DE",), languages=("de",))
        assert project.register == tmp_path / "consent.sqlite"

    def test_without_one_nothing_is_required(self, tmp_path: Path) -> None:
        assert Project.find(tmp_path).consent == "off"

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("consnet = 'required'", "'consnet' is no setting"),
            ("consent = 'Required'", 'consent is "required" or "off"'),
            ("consent = true", 'consent is "required" or "off"'),
            ("consent = ", "this is no TOML"),
            ("speaker = 3", "speaker is 3"),
            ("register = []", "register is"),
            ("use = 3", "[use] says 3"),
            ("[use]\nterritory = 'DE'", "it may hold"),
            ("[use]\nterritories = ['Germany']", "'Germany' is no territory"),
            ("[use]\nterritories = [3]", "no list of words"),
            ("[use]\nterritories = []", "no territory is named"),
            ("[use]\nlanguages = 'German!'", "is no language"),
            ("[use]\npurpose = 'ads'", "'ads' is no purpose"),
            ("[use]\npurpose = ['games']", "write one word"),
            ("[use]\nmedia = 'soul'", "'soul' is no medium"),
            ("a = " + "[" * 5000, "audio2blend.toml"),
            ("\x00", "this is no TOML"),
        ],
    )
    def test_what_is_wrong_with_one_is_said(self, tmp_path: Path, text: str, said: str) -> None:
        (tmp_path / "audio2blend.toml").write_text(text)
        with pytest.raises(InputError) as caught:
            Project.find(tmp_path)
        assert said in str(caught.value)
        assert str(tmp_path / "audio2blend.toml") in str(caught.value)


WRONG: list[tuple[Callable[[], object], str]] = [
    (lambda: replace(TERMS, until=date(2025, 1, 1)), "before it begins"),
    (lambda: replace(TERMS, minor=True), "given by a guardian"),
    (lambda: replace(TERMS, deceased=True), "the holder of the rights"),
    (lambda: replace(TERMS, given_by="cat"), "given_by is 'cat'"),
    (lambda: replace(TERMS, evidence="abc"), "no SHA-256"),
    (lambda: replace(TERMS, purposes=()), "no purpose is named"),
    (lambda: replace(TERMS, purposes="games"), "no list of words"),
    (lambda: Terms.of({**TERMS.as_json(), "since": "yesterday"}), "is no day"),
    (lambda: Terms.of({**TERMS.as_json(), "minor": 1}), "write true or false"),
    (lambda: Terms.of({**TERMS.as_json(), "controller": ["a"]}), "write a text"),
    (lambda: Terms.of({**TERMS.as_json(), "__class__": "x"}), "no part of a consent"),
    (lambda: Terms.of({**TERMS.as_json(), "purposes": {"a": 1}}), "no list of words"),
    (lambda: Terms.of({"purposes": ["games"]}), "is missing"),
]


@pytest.mark.parametrize(("make", "said"), WRONG, ids=[said for _, said in WRONG])
def test_terms_that_make_no_consent_are_refused(make: Callable[[], object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        make()


def test_terms_survive_json() -> None:
    assert Terms.of(TERMS.as_json()) == TERMS
