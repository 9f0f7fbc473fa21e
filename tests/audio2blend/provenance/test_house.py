"""Who may do what, what the house forbids, and what is released."""

import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from audio2blend.errors import ConsentError, InputError
from audio2blend.provenance.consent import Register, Rules, Terms, allowed, audit
from audio2blend.provenance.consent.members import ROLES, SIGNED
from audio2blend.provenance.consent.review import review
from audio2blend.provenance.keys import SigningKey
from audio2blend.provenance.project import Project
from audio2blend.provenance.use import Use

pytest.importorskip("cryptography")

TERMS = Terms(purposes=("any",), since=date(2026, 1, 1), evidence="0" * 64)
KEYS = {role: SigningKey.of(bytes([number]) * 32) for number, role in enumerate((*ROLES, "second"))}
RULES = """
releases = 2

[[rules]]
id = "no-politics"
text = "We make nothing for parties."
forbids = {purposes = ["politics"]}

[[rules]]
id = "no-minors-in-ads"
text = "No minor advertises in Europe."
forbids = {minor = true, purposes = ["advertising"], territories = ["EU"]}

[[rules]]
id = "script"
text = "Somebody else has read the script."
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A register with an owner, a producer, two reviewers and one who left; the producer recorded anna's consent."""
    with Register.open(tmp_path / "consent.sqlite", create=True) as register:
        for name in (*ROLES, "second"):
            role = "reviewer" if name == "second" else name
            register.appoint(KEYS[name].id, role, actor=KEYS["owner"])
        register.add("anna", TERMS, actor=KEYS["producer"])
    return tmp_path / "consent.sqlite"


@pytest.fixture
def project(path: Path, tmp_path: Path) -> Project:
    (tmp_path / "rules.toml").write_text(RULES)
    use = Use(purpose="games")
    return Project(consent="required", register=path, rules=tmp_path / "rules.toml", use=use)


class TestMembers:
    @pytest.mark.parametrize("event", sorted(SIGNED))
    @pytest.mark.parametrize("role", ROLES)
    def test_each_role_does_what_is_its_own(self, path: Path, role: str, event: str) -> None:
        with Register.open(path) as register:
            if event in ROLES[role]:
                register.permit(event, KEYS[role])
            else:
                with pytest.raises(InputError, match=f"'{event}' is for"):
                    register.permit(event, KEYS[role])
            with pytest.raises(InputError, match="sign with a key"):
                register.permit(event, None)
            with pytest.raises(InputError, match="is no member"):
                register.permit(event, SigningKey.new())

    def test_what_is_done_is_signed_and_says_by_whom(self, path: Path) -> None:
        with Register.open(path) as register:
            (record,) = register.records("anna")
            register.withdraw([record.id], actor=KEYS["reviewer"])
            assert [entry.actor for entry in register.history(record.id)] == [KEYS["producer"].id, KEYS["reviewer"].id]
            assert audit(register, newest=None) == []

    def test_nothing_is_written_by_who_may_not(self, path: Path) -> None:
        with Register.open(path) as register:
            head, (record,) = register.head(), register.records("anna")
            for act in (
                lambda: register.add("bob", TERMS, actor=KEYS["reviewer"]),
                lambda: register.withdraw([record.id]),
                lambda: register.erase(record.person, actor=KEYS["producer"]),
                lambda: register.note("not-needed", "", {}, actor=KEYS["reviewer"]),
                lambda: register.appoint(KEYS["producer"].id, "owner", actor=KEYS["producer"]),
            ):
                with pytest.raises(InputError):
                    act()
            assert register.head() == head

    def test_an_owner_stays(self, path: Path) -> None:
        with Register.open(path) as register:
            with pytest.raises(InputError, match="appoint another owner first"):
                register.appoint(KEYS["owner"].id, "none", actor=KEYS["owner"])
            register.appoint(KEYS["second"].id, "owner", actor=KEYS["owner"])
            register.appoint(KEYS["owner"].id, "none", actor=KEYS["owner"])

    def test_the_first_is_an_owner_with_a_key(self, tmp_path: Path) -> None:
        with Register.open(tmp_path / "new.sqlite", create=True) as register:
            for member, role, actor in (
                (KEYS["owner"].id, "producer", KEYS["owner"]),
                (KEYS["owner"].id, "owner", KEYS["producer"]),
                (KEYS["owner"].id, "owner", None),
                (KEYS["owner"].id, "king", KEYS["owner"]),
                ("me", "owner", KEYS["owner"]),
            ):
                with pytest.raises(InputError):
                    register.appoint(member, role, actor=actor)
            assert register.head().seq == 1

    @pytest.mark.parametrize("signature", ["''", "'00'", "(select signature from log where seq = 2)"])
    def test_an_entry_that_somebody_else_wrote_is_named(self, path: Path, signature: str) -> None:
        """Whoever writes past the program may keep the chain whole, and has no member's key."""
        with Register.open(path) as register:
            (record,) = register.records("anna")
            register.withdraw([record.id], actor=KEYS["owner"])
        with sqlite3.connect(path) as db:
            db.execute("drop trigger log_keeps")
            db.execute(f"update log set signature = {signature} where seq = 8")
        with Register.open(path) as register:
            assert audit(register) == [f"entry 8 of the log is not signed by {KEYS['owner'].id[:16]}"]

    def test_an_entry_by_somebody_without_the_role_is_named(self, path: Path) -> None:
        from audio2blend.provenance.consent import log

        with Register.open(path) as register, register.writing():
            log.append(register.db, "erased", "p-0", {}, actor=KEYS["producer"])
        with Register.open(path) as register:
            assert audit(register) == [
                f"entry 8 of the log, 'erased', was made by {KEYS['producer'].id[:16]}, who may not"
            ]

    def test_the_gate_trusts_none_that_is_not_signed_by_a_producer(self, path: Path) -> None:
        project = Project(consent="required", register=path)
        assert allowed(project, "anna").record
        for forge in ("hash", "'00'"):
            with sqlite3.connect(path) as db:
                db.execute("drop trigger if exists log_keeps")
                db.execute(f"update log set signature = {forge} where event = 'given'")
            with pytest.raises(InputError, match="not signed by somebody who may record consent"):
                allowed(project, "anna")


class TestRules:
    @pytest.mark.parametrize(
        ("wanted", "minor", "forbidden"),
        [
            (Use(purpose="politics"), False, "no-politics"),
            (Use(), False, "no-politics"),
            (Use(purpose="games"), True, ""),
            (Use(purpose="advertising"), False, ""),
            (Use(purpose="advertising"), True, "no-minors-in-ads"),
            (Use(purpose="advertising", territories=("AT",)), True, "no-minors-in-ads"),
            (Use(purpose="advertising", territories=("US", "EEA")), True, "no-minors-in-ads"),
            (Use(purpose="advertising", territories=("US",)), True, ""),
        ],
    )
    def test_what_fits_all_that_a_rule_names_is_forbidden(
        self, tmp_path: Path, wanted: Use, minor: bool, forbidden: str
    ) -> None:
        (tmp_path / "rules.toml").write_text(RULES)
        terms = replace(TERMS, minor=minor, given_by="guardian" if minor else "person")
        broken = [rule.id for rule in Rules.read(tmp_path / "rules.toml").rules if rule.broken_by(wanted, terms)]
        assert broken == [forbidden] * bool(forbidden)

    def test_the_gate_keeps_them(self, project: Project) -> None:
        assert allowed(project, "anna").record
        with pytest.raises(ConsentError, match=r"'no-politics' forbids politics.*We make nothing for parties"):
            allowed(project, "anna", purpose="politics")

    @pytest.mark.parametrize(
        "text",
        [
            "releases = 0", "releases = true", "more = 1", "rules = 3", "[[rules]]\nid = 'a'", "rules = [1]",
            "[[rules]]\nid = 'a'\ntext = 'b'\nforbids = {}", "[[rules]]\nid = 'a'\ntext = 'b'\nforbids = {minor = 1}",
            "[[rules]]\nid = 'a'\ntext = 'b'\nforbids = {purposes = ['ads']}", "[[rules]]\nid = 1\ntext = 'b'",
            "[[rules]]\nid = 'a'\ntext = 'b'\n[[rules]]\nid = 'a'\ntext = 'c'", "releases =", "a = " + "[" * 9000,
        ],
    )  # fmt: skip
    def test_a_file_that_holds_none_is_named(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "rules.toml").write_text(text)
        with pytest.raises(InputError, match=r"rules\.toml"):
            Rules.read(tmp_path / "rules.toml")


class TestRelease:
    def say(self, project: Project, who: str, *, passed: tuple[str, ...] = (), failed: tuple[str, ...] = ()) -> None:
        assert project.rules is not None
        with Register.open(project.register) as register:
            (record,) = register.records("anna")
            rules = Rules.read(project.rules)
            review(register, record, project.use, rules, passed=passed, failed=failed, actor=KEYS[who])

    def test_it_takes_two_pairs_of_eyes(self, project: Project) -> None:
        for who in ("reviewer", "second"):
            with pytest.raises(ConsentError, match="is not released"):
                allowed(project, "anna", publish=True)
            assert allowed(project, "anna").record  # it may be made meanwhile
            self.say(project, who, passed=("script",))
        assert allowed(project, "anna", publish=True).record
        with pytest.raises(ConsentError, match="0 of 2 have released it"):
            allowed(project, "anna", purpose="film", publish=True)

    def test_the_same_eyes_twice_are_two(self, project: Project) -> None:
        self.say(project, "reviewer", passed=("script",))
        self.say(project, "reviewer", passed=("script",))
        with pytest.raises(ConsentError, match="1 of 2 have released it"):
            allowed(project, "anna", publish=True)

    def test_who_recorded_the_consent_does_not_release_it(self, project: Project) -> None:
        with Register.open(project.register) as register:
            register.appoint(KEYS["producer"].id, "owner", actor=KEYS["owner"])
        for who in ("producer", "second"):
            self.say(project, who, passed=("script",))
        with pytest.raises(ConsentError, match="1 of 2 have released it"):
            allowed(project, "anna", publish=True)

    def test_one_no_holds_it_back_until_it_is_a_yes(self, project: Project) -> None:
        for who in ("reviewer", "second", "owner"):
            self.say(project, who, passed=("script",))
        self.say(project, "owner", failed=("script",))
        with pytest.raises(ConsentError, match="says no to script"):
            allowed(project, "anna", publish=True)
        self.say(project, "owner", passed=("script",))
        assert allowed(project, "anna", publish=True).record

    def test_new_rules_want_a_new_release(self, project: Project) -> None:
        for who in ("reviewer", "second"):
            self.say(project, who, passed=("script",))
        assert project.rules is not None
        project.rules.write_text(RULES.replace("has read", "has understood"))
        with pytest.raises(ConsentError, match="0 of 2"):
            allowed(project, "anna", publish=True)

    @pytest.mark.parametrize(
        ("passed", "failed", "said"),
        [((), (), "'script' is not answered"), (("x",), (), "do not ask 'x'"), (("script",), ("script",), "both")],
    )
    def test_every_question_is_answered_once(
        self, project: Project, passed: tuple[str, ...], failed: tuple[str, ...], said: str
    ) -> None:
        with pytest.raises(InputError, match=said):
            self.say(project, "reviewer", passed=passed, failed=failed)
