"""The folder of a real Blender: what apt stumbles over is waited for or said in one sentence."""

import hashlib
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import blender_window
import pytest

pytestmark = pytest.mark.skipif(shutil.which("apt-get") is None, reason="no apt-get here")
SCRIPT = Path(blender_window.__file__)


@pytest.fixture
def mirror(tmp_path, monkeypatch) -> Path:
    """An apt of its own, whose only mirror holds no package and a Release file that ran out years ago."""
    for name in ("repo", "state/lists/partial", "cache/archives/partial", "etc", "dpkg"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "dpkg" / "status").touch()
    (tmp_path / "repo" / "Packages").touch()
    (tmp_path / "repo" / "Release").write_text(
        "Origin: test\nDate: Wed, 01 Jan 2020 00:00:00 UTC\nValid-Until: Thu, 02 Jan 2020 00:00:00 UTC\n"
        f"SHA256:\n {hashlib.sha256(b'').hexdigest()} 0 Packages\n"
    )
    (tmp_path / "etc" / "sources.list").write_text(f"deb [trusted=yes] file:{tmp_path}/repo ./\n")
    (tmp_path / "apt.conf").write_text(
        f'Dir "{tmp_path}";\nDir::State "state";\nDir::State::status "{tmp_path}/dpkg/status";\nDir::Cache "cache";\n'
        'Dir::Etc "etc";\nAPT::Sandbox::User "";\n'
    )
    monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))
    return tmp_path


def test_a_mirror_that_was_not_renewed_is_used(mirror):
    blender_window.apt("update")
    assert list((mirror / "state" / "lists").glob("*_Release"))


def test_another_program_that_reads_packages_is_waited_for(mirror):
    hold = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); input()"
    command = [sys.executable, "-c", hold, mirror / "state" / "lists" / "lock"]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout.readline()
    threading.Timer(1, holder.communicate, [b"\n"]).start()
    blender_window.apt("update")
    assert holder.poll() is not None
    assert list((mirror / "state" / "lists").glob("*_Release"))


def test_what_cannot_be_had_is_said_in_one_sentence(mirror):
    with pytest.raises(blender_window.PreparationError) as caught:
        blender_window.apt("install", "no-such-package")
    assert "Unable to locate package no-such-package" in str(caught.value)
    assert str(caught.value).count("\n") == 0


def test_the_script_ends_without_a_traceback(mirror, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", f"{Path(shutil.which('apt-get')).parent}")
    monkeypatch.setenv(blender_window.VARIABLE, str(tmp_path / "folder"))
    done = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
