"""Consent on the command line: asked for where a project says so, and recorded, shown and withdrawn."""

import json
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from audio2blend.provenance.consent import Register
from audio2blend.provenance.consent import receipt as receipts
from audio2blend.provenance.keys import SigningKey
from tests.support.commands import command

WIDE = ("--territory", "worldwide", "--language", "any")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that requires consent to games in Germany, with a recording and a signed paper; one works in it."""
    (tmp_path / "audio2blend.toml").write_text('consent = "required"\n[use]\npurpose = "games"\nterritories = ["DE"]\n')
    (tmp_path / "signed.pdf").write_text("I agree.")
    (tmp_path / "anna").mkdir()
    shutil.copy(ROOT / "examples" / "hello.wav", tmp_path / "anna" / "line.wav")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def agree(speaker: str, *more: str) -> int:
    where = () if "--territory" in more else ("--territory", "worldwide")
    terms = ("--purpose", "games", "--language", "any", "--evidence", "signed.pdf")
    return command("consent", "add", speaker, *terms, *where, *more)


def test_nobody_is_animated_without_consent(studio: Path, capsys: pytest.CaptureFixture[str]) -> None:
    animate = ("animate", "anna/line.wav", "-o", "line.csv", "--speaker", "{parent}")
    assert command(*animate) == 3
    assert "there is no consent of anna" in capsys.readouterr().err
    assert agree("anna", "--territory", "FR") == 0
    assert command(*animate, "--json") == 3
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert '"exit_code": 3' in captured.out
    assert not (studio / "line.csv").exists()
    assert agree("anna", "--territory", "EU") == 0
    assert command(*animate) == 0
    assert command(*animate, "--purpose", "news", "--force") == 3


def test_a_recording_brings_its_project_along(
    studio: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    assert command("animate", studio / "anna" / "line.wav", "-o", "line.csv") == 3


def test_what_nobody_said_is_not_taken_for_everything(studio: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command("consent", "add", "anna", "--purpose", "games", "--evidence", "signed.pdf")
    assert ended.value.code == 2
    assert "--territory, --language" in capsys.readouterr().err


def test_a_lax_project_does_not_hide_a_strict_one(
    studio: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "audio2blend.toml").write_text('consent = "off"')
    monkeypatch.chdir(elsewhere)
    assert command("animate", studio / "anna" / "line.wav", "-o", "line.csv") == 3


def test_a_withdrawal_lists_what_was_made(studio: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agree("anna")
    command("animate", "anna/line.wav", "-o", "a.csv", "-o", "b.csv", "--speaker", "anna")
    capsys.readouterr()
    assert command("consent", "withdraw", "anna", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert {*report["records"][0]["files"]} == {str(studio / "a.csv"), str(studio / "b.csv")}
    assert report["records"][0]["status"] == "withdrawn"
    assert "2 files" in report["said"]
    assert command("animate", "anna/line.wav", "-o", "c.csv", "--speaker", "anna") == 3


def test_work_that_is_cut_short_is_found_by_a_withdrawal(studio: Path) -> None:
    agree("anna")
    (studio / "a.csv").mkdir()
    assert command("animate", "anna/line.wav", "-o", "a.csv", "--speaker", "anna") == 2
    with Register.open(studio / "consent.sqlite") as register:
        (record,) = register.records("anna")
        assert register.used(record.id) == {str(studio / "a.csv"): ""}


def test_what_needs_no_consent_is_logged(studio: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("animate", "anna/line.wav", "-o", "a.csv", "--no-consent-needed", "a machine's voice") == 0
    with Register.open(studio / "consent.sqlite") as register:
        assert [entry.body.get("reason") for entry in register.history("")][1] == "a machine's voice"
    assert command("animate", "anna/line.wav", "-o", "a.csv", "--no-consent-needed", "x") == 2


def test_without_a_project_nobody_is_asked(studio: Path) -> None:
    (studio / "audio2blend.toml").unlink()
    assert command("animate", "anna/line.wav", "-o", "a.csv") == 0
    assert not (studio / "consent.sqlite").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "bob"], "there is no speaker 'bob'"),
        (["show", "c-0123"], "there is no speaker 'c-0123'"),
        (["show", "c-0123456789abcdef"], "there is no record 'c-0123456789abcdef'"),
        (
            ["add", "p-0123456789abcdef", *WIDE, "--purpose", "games", "--evidence", "signed.pdf"],
            "is no name for a speaker",
        ),
        (["withdraw", "bob"], "there is no speaker 'bob'"),
        (["add", "bob", *WIDE, "--purpose", "ads", "--evidence", "signed.pdf"], "'ads' is no purpose"),
        (["add", "bob", *WIDE, "--purpose", "games"], "nothing shows that they agreed"),
        (["add", "bob", *WIDE, "--purpose", "games", "--evidence", "gone.pdf"], "gone.pdf: cannot be read"),
        (["add", " ", *WIDE, "--purpose", "games", "--evidence", "signed.pdf"], "is no name for a speaker"),
        (["add", "bob", *WIDE, "--purpose", "games", "--evidence", "signed.pdf", "--renews", "c-1"], "no record 'c-1'"),
        (
            ["add", "bob", *WIDE, "--purpose", "games", "--evidence", "signed.pdf", "--until", "soon"],
            "'soon' is no day",
        ),
        (["show", "--register", "gone.sqlite"], "there is no register of consent"),
        (["show", "--register", "signed.pdf"], "signed.pdf: the register of consent cannot be used"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    studio: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    agree("anna")
    capsys.readouterr()
    assert command("consent", *arguments) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1


@pytest.fixture
def locked(studio: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with a key file, and with somebody's address to keep."""
    pytest.importorskip("cryptography")
    (studio / "key").write_bytes(bytes(range(32)))
    (studio / "anna.txt").write_text("Anna Müller\nanna@example.org\n", "utf-8")
    monkeypatch.setenv("AUDIO2BLEND_KEY_FILE", str(studio / "key"))
    return studio


def told(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> str:
    """Return what a command of the register says, on its one line of complaint or in its report."""
    capsys.readouterr()
    assert command("consent", *arguments) == code
    captured = capsys.readouterr()
    return captured.err if code else captured.out


def test_a_person_gets_a_receipt_and_may_be_erased(locked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agree("anna", "--contact", "anna.txt", "--until", "2099-12-31")
    assert "anna@example.org" in told(capsys, "show", "anna", "--contact")
    assert "signed with key" in told(capsys, "receipt", "anna", "-o", "receipt.json")
    assert "given      anna" in told(capsys, "verify", "receipt.json")
    with Register.open(locked / "consent.sqlite") as register:
        forged = receipts.receipt(register, register.records("anna"), SigningKey.new())
    (locked / "forged.json").write_text(json.dumps(forged))
    assert "somebody else wrote this receipt" in told(capsys, "verify", "forged.json", code=1)
    told(capsys, "export", "anna", "-o", "anna.json", "--contact")
    exported = json.loads((locked / "anna.json").read_text())
    assert exported["private"] == {"contact": "Anna Müller\nanna@example.org\n"}
    assert [entry["event"] for entry in exported["log"]] == ["given", "receipt"]
    shutil.copy("consent.sqlite", "backup.sqlite")
    shutil.copy("consent.vault", "backup.vault")
    assert "anna is erased, and is p-" in told(capsys, "erase", "anna")
    assert "withdrawn  p-" in told(capsys, "verify", "receipt.json")
    assert "no speaker 'anna'" in told(capsys, "show", "anna", "--contact", code=2)
    assert "all as they were written" in told(capsys, "audit")
    shutil.copy("backup.sqlite", "consent.sqlite")  # the register comes back, and the key does not
    assert "is destroyed; nothing opens" in told(capsys, "show", "anna", "--contact", code=2)
    assert "erase them again" in told(capsys, "audit", code=1)
    assert "anna is erased" in told(capsys, "erase", "anna")
    assert "all as they were written" in told(capsys, "audit")


def test_a_wrong_secret_tells_nothing_of_who_is_there(
    locked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    agree("anna", "--contact", "anna.txt")
    (locked / "other").write_bytes(bytes(32))
    monkeypatch.setenv("AUDIO2BLEND_KEY_FILE", str(locked / "other"))
    said = {
        told(capsys, *action, code=2)
        for name in ("anna", "nobody")
        for action in (("show", name, "--contact"), ("export", name, "--contact", "-o", "x.json"))
    }
    assert len(said) == 1
    assert "the secret is wrong, or the vault was altered" in said.pop()
    assert "the secret is wrong" in told(capsys, "receipt", "anna", "-o", "x.json", code=2)
    assert not (locked / "x.json").exists()


def test_members_sign_what_they_do(locked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (locked / "rules.toml").write_text("[[rules]]\nid = 'script'\ntext = 'Read.'\n")
    (locked / "audio2blend.toml").write_text('consent = "required"\nrules = "rules.toml"\n[use]\npurpose = "games"\n')
    public = {who: told(capsys, "key", "-o", f"{who}.pem").split()[-1] for who in ("boss", "eyes")}
    assert "is there already" in told(capsys, "key", "-o", "boss.pem", code=2)
    told(capsys, "member", public["boss"], "owner", "--sign", "boss.pem")
    told(capsys, "member", public["eyes"], "reviewer", "--sign", "boss.pem")
    assert agree("anna") == 2
    assert agree("anna", "--sign", "eyes.pem") == 2
    assert agree("anna", "--sign", "boss.pem") == 0
    assert "anna has agreed to games" in told(capsys, "ask", "anna")
    assert "is not released: 0 of 1" in told(capsys, "ask", "anna", "--publish", code=3)
    assert "'script' is not answered: Read." in told(capsys, "review", "anna", "--sign", "eyes.pem", code=2)
    assert "not yet to be published" in told(capsys, "review", "anna", "--fail", "script", "--sign", "eyes.pem")
    assert "may be published" in told(capsys, "review", "anna", "--pass", "script", "--sign", "eyes.pem")
    assert "anna has agreed to games" in told(capsys, "ask", "anna", "--publish")
    animate = ("animate", "anna/line.wav", "-o", "a.csv", "--no-consent-needed", "my own voice")
    assert command(*animate) == 2
    assert command(*animate, "--sign", "boss.pem") == 0
    assert "all as they were written" in told(capsys, "audit", "--all-signatures")


def test_an_audit_names_what_was_changed(locked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agree("anna")
    anchor = json.loads(told(capsys, "show", "--json"))["anchor"]
    assert "2 entries, all as they were written" in told(capsys, "audit", "--anchor", anchor)
    assert "the log holds no entry 00" in told(capsys, "audit", "--anchor", "00", code=1)
    with sqlite3.connect("consent.sqlite") as db:
        db.execute("update record set state = 'refused'")
    assert "record c-" in told(capsys, "audit", code=1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "anna", "--contact"], "there is no vault"),
        (["receipt", "anna", "-o", "receipt.txt"], "written as JSON"),
        (["receipt", "bob", "-o", "receipt.json"], "there is no speaker 'bob'"),
        (["receipt", "anna", "-o", "signed.pdf/receipt.json"], "signed.pdf is a file, not a folder"),
        (["verify", "signed.pdf"], "no receipt of consent"),
        (["verify", "gone.json"], "cannot be read"),
        (["erase", "bob"], "there is no speaker 'bob'"),
        (["erase", "c-0123"], "there is no speaker 'c-0123'"),
        (["export", "-o", "all.json", "--contact"], "of one person at a time"),
        (["member", "me", "owner"], "no public key"),
        (["review", "anna"], "there are no house rules"),
        (["audit", "--sign", "signed.pdf", "--register", "gone.sqlite"], "there is no register"),
        (["withdraw", "anna", "--sign", "signed.pdf"], "no Ed25519 key"),
        (
            ["add", "bob", *WIDE, "--purpose", "games", "--evidence", "signed.pdf", "--contact", "gone"],
            "gone: cannot be read",
        ),
    ],
)
def test_what_else_is_wrong_is_said_in_a_sentence(
    locked: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    agree("anna")
    found = told(capsys, *arguments, code=2)
    assert said in found
    assert found.count("\n") == 1


def test_without_cryptography_the_gate_works_and_the_rest_says_what_to_install(
    locked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    assert agree("anna") == 0
    assert "anna has agreed" in told(capsys, "ask", "anna")
    assert "all as they were written" in told(capsys, "audit")
    for action in (["receipt", "anna", "-o", "a.json"], ["key", "-o", "me.pem"]):
        assert "pip install 'audio2blend[trust]'" in told(capsys, *action, code=2)
