"""Consent on the command line: asked for where a project says so, and recorded, shown and withdrawn."""

import json
import shutil
from pathlib import Path

import pytest

from audio2blend.provenance.consent import Register
from tests.support.commands import command

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
    return command("consent", "add", speaker, "--purpose", "games", "--evidence", "signed.pdf", *more)


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


def test_a_recording_brings_its_project_along(studio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = studio.parent / "elsewhere"
    elsewhere.mkdir()
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
        (["show", "c-0123"], "there is no record 'c-0123'"),
        (["withdraw", "bob"], "there is no speaker 'bob'"),
        (["add", "bob", "--purpose", "ads", "--evidence", "signed.pdf"], "'ads' is no purpose"),
        (["add", "bob", "--purpose", "games"], "nothing shows that they agreed"),
        (["add", "bob", "--purpose", "games", "--evidence", "gone.pdf"], "gone.pdf: cannot be read"),
        (["add", " ", "--purpose", "games", "--evidence", "signed.pdf"], "is no name for a speaker"),
        (["add", "bob", "--purpose", "games", "--evidence", "signed.pdf", "--renews", "c-1"], "no record 'c-1'"),
        (["add", "bob", "--purpose", "games", "--evidence", "signed.pdf", "--until", "soon"], "'soon' is no day"),
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
