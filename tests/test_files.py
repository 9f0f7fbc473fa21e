"""Files that are written: whole or not at all, and never over what is read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from audio2blend.errors import InputError
from audio2blend.files import draft, spare

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
        with pytest.raises(InputError, match="is read and would be written over"):
            spare([hero], [tmp_path / "other.glb", name])
    spare([hero], [tmp_path / "other.glb"])
