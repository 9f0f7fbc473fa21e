"""The register: whole after whatever happens to it, or it says what is not."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audio2blend.errors import InputError
from audio2blend.provenance.consent import Register, Terms, audit

TERMS = Terms(purposes=("games",), since=date(2026, 1, 1), evidence="0" * 64)
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked and killed")


def filled(path: Path) -> Path:
    """Make a register of three people, of whom one withdrew, with files."""
    with Register.open(path, create=True) as register:
        for speaker in ("anna", "bob", "carl"):
            record = register.add(speaker, TERMS)
            register.note("used", record.id, {"files": [f"/{speaker}.usdc"], "use": "games"})
        register.withdraw([register.records("bob")[0].id])
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("register") / "consent.sqlite")


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole, tmp_path / "consent.sqlite"))


def tamper(path: Path, *statements: str) -> list[str]:
    """Change a register as somebody would who knows SQLite, and return what its audit says."""
    with sqlite3.connect(path) as db:
        db.executescript("drop trigger if exists log_keeps; drop trigger if exists log_holds")
        for statement in statements:
            db.execute(statement)
    db.close()
    with Register.open(path) as register:
        return audit(register)


class TestAudit:
    def test_a_register_as_it_was_written_is_whole(self, copy: Path) -> None:
        assert tamper(copy) == []

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        seq=st.integers(1, 8),
        column=st.sampled_from(["at", "event", "about", "actor", "body", "hash"]),
        text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
    )
    def test_an_altered_row_is_named(self, whole: Path, tmp_path: Path, seq: int, column: str, text: str) -> None:
        path = Path(shutil.copy(whole, tmp_path / "consent.sqlite"))
        quoted = text.replace("'", "''")
        found = tamper(path, f"update log set {column} = {column} || '{quoted}' where seq = {seq}")
        assert (found[:1] == [f"entry {seq} of the log was altered"]) == (text != "")

    def test_a_line_break_moved_between_columns_is_named(self, copy: Path) -> None:
        moved = (
            "update log set event = event || char(10) || about, about = actor, actor = body, body = '' where seq = 3"
        )
        assert tamper(copy, moved)[0] == "entry 3 of the log was altered"

    @pytest.mark.parametrize(
        ("removed", "named"),
        [
            ("seq = 1", "entry 1 was removed from the log"),
            ("seq = 4", "entry 4 was removed from the log"),
            ("seq in (3, 4, 5)", "entries 3 to 5 were removed from the log"),
            ("seq = 8", "entry 8 was removed from the end of the log"),
            ("seq > 5", "entries 6 to 8 were removed from the end of the log"),
            ("true", "entries 1 to 8 were removed from the end of the log"),
        ],
    )
    def test_rows_that_were_removed_are_named(self, copy: Path, removed: str, named: str) -> None:
        assert tamper(copy, f"delete from log where {removed}")[0] == named

    def test_a_log_that_was_cut_with_its_head_is_known_by_an_anchor(self, copy: Path) -> None:
        with Register.open(copy) as register:
            anchor = register.head().hash
        cut = ("delete from log where seq > 7", "update head set seq = 7, hash = (select hash from log where seq = 7)")
        assert tamper(copy, *cut, "update record set state = 'given'") == []
        with Register.open(copy) as register:
            found = audit(register, anchors=[anchor])
        assert found == [f"the log holds no entry {anchor[:16]}: it was cut, or is another"]

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ("update record set state = 'given'", "record c-{} was altered"),
            ("update record set person = (select id from person where speaker = 'anna')", "record c-{} was altered"),
            ("update record set terms = replace(terms, 'games', 'film')", "record c-{} was altered"),
            ("delete from record", "record c-{} was removed"),
            ("update record set id = 'c-0'", "record c-0 was put in beside the log"),
            ("update person set speaker = 'x' || speaker", "the name of person p-{} was altered"),
            ("delete from person", "person p-{} was removed"),
        ],
    )
    def test_rows_beside_the_log_are_named(self, copy: Path, change: str, named: str) -> None:
        with Register.open(copy) as register:
            (record,) = register.records("bob")
        key = record.person if "update person" in change or "delete from person" in change else record.id
        found = tamper(copy, f"{change} where id = '{key}'")
        assert found[0] == named.format(key[2:])

    def test_the_log_only_grows(self, copy: Path) -> None:
        with sqlite3.connect(copy) as db, pytest.raises(sqlite3.IntegrityError, match="only grows"):
            db.execute("delete from log where seq = 8")
        with sqlite3.connect(copy) as db, pytest.raises(sqlite3.IntegrityError, match="only grows"):
            db.execute("update log set body = ''")


CRASH = """
import os, random, signal, sys, time
from datetime import date
from pathlib import Path
from audio2blend.provenance.consent import Register, Terms, audit
TERMS = Terms(purposes=("games",), since=date(2026, 1, 1), evidence="0" * 64)
path, random = Path(sys.argv[1]), random.Random(7)

def write(done, register):
    for _ in range(4):
        record = register.add("anna", TERMS)
        os.write(done, record.id.encode())
        register.note("used", record.id, {"files": ["a.usdc"], "use": "games"})
        register.withdraw([record.id])

def trial(at_statement, after_s):
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        register = Register.open(path, create=True)
        count = [0]
        def seen(_):
            count[0] += 1
            if count[0] == at_statement:
                os.kill(os.getpid(), signal.SIGKILL)
        register.db.set_trace_callback(seen)
        write(theirs, register)
        os._exit(0)
    os.close(theirs)
    if after_s:
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    said = b""
    while more := os.read(ours, 1 << 16):
        said += more
    os.close(ours)
    with Register.open(path, create=True) as register:
        there = {record.id for record in register.records("anna")}
        wrong = audit(register)
    kept = {said[at : at + 18].decode() for at in range(0, len(said), 18)}
    assert wrong == [], wrong
    assert kept <= there, kept - there
    return len(kept)

for statement in range(1, 40):
    trial(statement, 0)
counts = [trial(0, random.uniform(0.0005, 0.06)) for _ in range(40)]
print(sum(0 < n < 4 for n in counts))
"""


@POSIX
def test_a_kill_in_the_middle_of_any_write_loses_nothing(tmp_path: Path) -> None:
    """Killed before each statement of a transaction, and at random moments, of which commits take the most."""
    said = subprocess.run(
        [sys.executable, "-c", CRASH, str(tmp_path / "consent.sqlite")], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    assert int(said.stdout) > 3  # so many were killed in the middle


TWO = """
import sys
from datetime import date
from pathlib import Path
from audio2blend.provenance.consent import Register, Terms
with Register.open(Path(sys.argv[1]), create=True) as register:
    for number in range(30):
        register.add(f"{sys.argv[2]} {number}", Terms(purposes=("games",), since=date(2026, 1, 1), evidence="0" * 64))
        register.note("used", "", {"files": [str(number)]})
"""


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "consent.sqlite"
    both = [subprocess.Popen([sys.executable, "-c", TWO, str(path), name]) for name in ("a", "b")]
    assert [process.wait() for process in both] == [0, 0]
    with Register.open(path) as register:
        assert audit(register) == []
        assert register.head().seq == 121
        assert len(register.everybody()) == 60


def test_many_things_are_written_at_once_or_not_at_all(copy: Path) -> None:
    def several(register: Register, names: list[str]) -> None:
        with register.writing():
            for name in names:
                register.add(name, TERMS)

    with Register.open(copy) as register:
        several(register, ["dora", "emil"])
        with pytest.raises(InputError, match="no name for a speaker"):
            several(register, ["fritz", ""])
        assert [len(register.records(name)) for name in ("dora", "emil", "fritz")] == [1, 1, 0]
        assert audit(register) == []


FULL = """
import resource, sys
from datetime import date
from pathlib import Path
from audio2blend.errors import InputError
from audio2blend.provenance.consent import Register, Terms
terms = Terms(purposes=("games",), since=date(2026, 1, 1), evidence="0" * 64)
limit = Path(sys.argv[1]).stat().st_size + 9000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
with Register.open(Path(sys.argv[1])) as register:
    try:
        for number in range(1000):
            register.add(f"somebody {number}", terms)
            print(number)
    except InputError as error:
        print(error)
"""


@POSIX
def test_a_full_disk_gives_one_sentence_and_changes_nothing(copy: Path) -> None:
    said = subprocess.run([sys.executable, "-c", FULL, str(copy)], capture_output=True, text=True, check=True)
    *done, error = said.stdout.splitlines()
    assert "nothing was changed; make room and try again" in error
    assert done
    with Register.open(copy) as register:
        assert audit(register) == []
        assert len(register.everybody()) == 3 + len(done)


class TestFilesThatAreNone:
    def test_a_newer_version(self, copy: Path) -> None:
        with sqlite3.connect(copy) as db:
            db.execute("pragma user_version = 2")
        with pytest.raises(InputError, match="a newer audio2blend wrote this register of consent, in format 2"):
            Register.open(copy)

    @pytest.mark.parametrize("content", [b"", b"no database", bytes(5000), b"SQLite format 3\0" + bytes(5000)])
    def test_noise(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "consent.sqlite"
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"consent.sqlite"):
            Register.open(path)

    def test_the_database_of_another_program(self, tmp_path: Path) -> None:
        path = tmp_path / "other.sqlite"
        with sqlite3.connect(path) as db:
            db.execute("create table log (a)")
        for create in (True, False):
            with pytest.raises(InputError, match="this is no register of consent"):
                Register.open(path, create=create)
        with sqlite3.connect(path) as db:
            assert db.execute("select name from sqlite_schema").fetchall() == [("log",)]

    def test_a_damaged_one(self, copy: Path) -> None:
        data = bytearray(copy.read_bytes())
        rng = random.Random(1)
        data[4096:] = rng.randbytes(len(data) - 4096)
        copy.write_bytes(data)
        with pytest.raises(InputError, match="the register of consent cannot be used"), Register.open(copy) as register:
            audit(register)

    @pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the superuser may write everywhere")
    def test_one_that_may_not_be_written(self, copy: Path) -> None:
        copy.chmod(0o400)
        with Register.open(copy) as register, pytest.raises(InputError, match="check the rights"):
            register.add("dora", TERMS)

    @pytest.mark.parametrize(
        "body", ["[]", "{", '{"person": {"a": 1}, "terms": [], "speaker": 3}', "[" * 100_000, '{"role": {}}']
    )
    def test_hostile_json_is_altered_and_nothing_worse(self, copy: Path, body: str) -> None:
        try:
            found = tamper(copy, f"update log set body = '{body}' where seq = 2", f"update record set terms = '{body}'")
        except InputError as error:
            found = [str(error)]
        assert "altered" in found[0]


class TestSpeakers:
    @pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 201])
    def test_a_name_that_is_none(self, copy: Path, name: str) -> None:
        with Register.open(copy) as register, pytest.raises(InputError, match="no name for a speaker"):
            register.add(name, TERMS)

    def test_a_name_is_the_same_however_its_letters_are_put_together(self, copy: Path) -> None:
        with Register.open(copy) as register:
            register.add("J\u00fcrgen ", TERMS)
            assert len(register.records("Ju\u0308rgen")) == 1
            assert register.person("Ju\u0308rgen").speaker == "J\u00fcrgen"

    def test_renewal_needs_the_same_person(self, copy: Path) -> None:
        with Register.open(copy) as register:
            old = register.records("anna")[0].id
            with pytest.raises(InputError, match="another speaker"):
                register.add("bob", TERMS, renews=old)
            assert len(register.records("bob")) == 1
            new = register.add("anna", replace(TERMS, until=date(2027, 1, 1)), renews=old)
            assert [record.state for record in register.records("anna")] == ["renewed", "given"]
            assert register.history(old)[-1].body == {"by": new.id}
            assert audit(register) == []

    def test_ids_that_do_not_exist(self, copy: Path) -> None:
        with Register.open(copy) as register:
            for name in ("c-0", "", "' or 1 = 1 --", "\0"):
                with pytest.raises(InputError):
                    register.record(name)
                assert register.records(name) == []
                with pytest.raises(InputError):
                    register.withdraw([name])
