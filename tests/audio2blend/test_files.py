"""Files that are written: whole or not at all, and never over what is read."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import rigs
import usd_export
from audio2blend import blender
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.files import draft, local, spare

FULL_DISK = """
import resource, sys
from pathlib import Path
from audio2blend.errors import InputError
from audio2blend.files import draft
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
try:
    with draft(Path(sys.argv[1])) as target:
        target.write_text("x" * 100_000)
except InputError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_full_disk_gives_one_sentence_and_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("old")
    said = subprocess.run([sys.executable, "-c", FULL_DISK, str(path)], check=True, capture_output=True, text=True)
    assert said.stdout == f"cannot write {path}: File too large; make room or choose another folder\n"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "old"


def test_other_errors_are_not_taken_for_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), draft(tmp_path / "a.txt"):
        (tmp_path / "none").read_text()
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_read_is_spared_whatever_it_is_called(tmp_path: Path) -> None:
    hero = tmp_path / "hero.glb"
    hero.touch()
    link = tmp_path / "link.glb"
    link.symlink_to(hero)
    for name in (str(hero), link, Path(os.path.relpath(hero)), tmp_path / "none" / ".." / "hero.glb"):
        with pytest.raises(InputError, match="is also an input and would be overwritten"):
            spare([hero], [tmp_path / "other.glb", name])
    spare([hero], [tmp_path / "other.glb"])


def test_an_output_that_is_a_link_is_written_through_it(tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "page.html"
    real.parent.mkdir()
    real.write_text("old")
    (tmp_path / "page.html").symlink_to(real)
    (tmp_path / "second.html").symlink_to("page.html")
    for name in ("page.html", "second.html"):
        with draft(tmp_path / name) as target:
            target.write_text(name)
        assert (tmp_path / name).is_symlink()
        assert real.read_text() == name
    (tmp_path / "new.html").symlink_to(tmp_path / "later" / "new.html")  # which is not there yet
    with draft(tmp_path / "new.html") as target:
        target.write_text("new")
    assert (tmp_path / "later" / "new.html").read_text() == "new"


def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "line.wav").touch()
    for path in (tmp_path / "line.wav" / "x.csv", tmp_path / "line.wav" / "deep" / "x.csv"):
        complaint = f"cannot write {path}: {tmp_path / 'line.wav'} is a file, not a folder; choose another folder"
        with pytest.raises(InputError, match=re.escape(complaint)), draft(path):
            pass


@pytest.mark.parametrize("address", ["https://host/a//b.wav?x=1", "s3://bucket/a.csv", "rtsp://host/live"])
def test_an_address_is_named_as_it_was_typed(address: str) -> None:
    with pytest.raises(InputError, match=re.escape(f"{address} is an address, not a file; name a file on this")):
        local(address)
    assert local("c:/lines/a.wav") == Path("c:/lines/a.wav")
    with pytest.raises(InputError, match="name it without file://"):
        local("file:///lines/a.wav")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mount a disk of a certain size; skipped where that takes rights that tests have not."""
    disks = []

    def mount(size: str) -> Path:
        disk = tmp_path / f"disk{len(disks)}"
        disk.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("no disk can be mounted here")
        disks.append(disk)
        return disk

    yield mount
    for disk in disks:
        subprocess.run(["umount", "-l", str(disk)], check=True)


BY_BLENDER = [pytest.param(suffix, marks=pytest.mark.blender) for suffix in (".fbx", ".mp4")]


@pytest.mark.parametrize("suffix", [*BY_BLENDER, ".glb", ".csv", ".json"])
def test_a_disk_that_is_full_gives_one_sentence_for_every_format(
    suffix: str, small_disk: Callable[[str], Path], tmp_path: Path, hello_clip: Clip
) -> None:
    if suffix in (".fbx", ".mp4") and (reason := blender.why_not()):
        pytest.skip(reason)
    disk = small_disk("8k")
    path = disk / f"line{suffix}"
    second = replace(hello_clip, values=hello_clip.values[:60])
    with pytest.raises(InputError) as caught:
        usd_export.write(second, path, rig=rigs.builtin())
    reason = f"cannot write {path}: No space left on device; make room or choose another folder"
    assert str(caught.value) == reason
    assert list(disk.iterdir()) == []


@pytest.mark.parametrize("suffix", BY_BLENDER)
def test_a_full_disk_for_temporary_files_is_named(
    suffix: str, small_disk: Callable[[str], Path], tmp_path: Path, hello: Path
) -> None:
    if reason := blender.why_not():
        pytest.skip(reason)
    disk = small_disk("60k")
    command = [sys.executable, "-m", "audio2blend", "animate", hello, "-o", tmp_path / f"line{suffix}"]
    done = subprocess.run(command, env={**os.environ, "TMPDIR": str(disk)}, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"no more temporary files can be written to {disk}: No space left on device" in done.stderr
    assert done.stderr.count("\n") == 1
