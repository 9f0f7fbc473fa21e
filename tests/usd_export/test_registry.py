"""What all writers and readers share: lookup by suffix, rates, and files that cannot be written or read."""

import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from format_table import format_table

import audio2blend
import usd_export
from audio2blend.errors import InputError
from tests.support.installing import installed
from tests.support.small_rig import patch
from tests.support.talking import talking
from usd_export import check

FULL_DISK = """
import resource, sys
from tests.support.small_rig import patch
from tests.support.talking import talking
import usd_export
from audio2blend.errors import InputError
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
try:
    usd_export.write(talking(500), sys.argv[1], rig=patch())
except InputError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
@pytest.mark.parametrize(
    "suffix",
    [
        ".csv",
        ".json",
        ".npz",
        ".glb",
        ".usda",
        ".usdc",
        ".usdz",
        ".a2f.json",
        ".unity.anim",
        ".tres",
        ".maya.anim",
        ".vmd",
    ],
)
def test_a_full_disk_gives_one_sentence_and_keeps_the_old_file(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"line{suffix}"
    path.write_bytes(b"old")
    command = [sys.executable, "-c", FULL_DISK, str(path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2]).stdout
    assert said.startswith(f"cannot write {path}: ")
    assert said.count("\n") == 1
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("suffix", [".csv", ".json", ".npz"])
def test_a_file_can_have_another_rate_than_the_clip(suffix: str, tmp_path: Path) -> None:
    clip, rate = talking(61), Fraction(30000, 1001)
    found = usd_export.read(usd_export.write(clip, tmp_path / f"line{suffix}", frame_rate=rate))
    assert found.frame_rate == rate
    assert len(found) == 30  # frame 29 is at 0.968 s; the clip's last at 1.0 s
    expected = np.interp(found.times_s, clip.times_s, clip["jawOpen"])
    assert found["jawOpen"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    "name", ["LINE.NPZ", "Line.Csv", "line.JSON", "LINE.GLB", "LINE.USDA", "LINE.USDC", "LINE.USDZ"]
)
def test_suffixes_may_be_in_capitals(name: str, tmp_path: Path) -> None:
    path = usd_export.write(talking(3), tmp_path / name, rig=patch())
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    assert check(path, talking(3), patch()) == ()


def test_unknown_suffixes_and_formats_that_are_only_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no format writes '.xyz' files; name a file that ends in .*\.csv"):
        usd_export.write(talking(2), tmp_path / "line.xyz")
    path = tmp_path / "line.mp4"
    path.write_bytes(b"a film")
    with pytest.raises(InputError, match=r"'.mp4' files are written, not read; name a file that ends in .*\.csv"):
        usd_export.read(path)
    with pytest.raises(InputError, match=r"no format reads '.wav' files; name a file that ends in .*\.csv"):
        usd_export.read(HELLO)
    with pytest.raises(InputError, match="no such file"):
        usd_export.read(tmp_path / "none.csv")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    path = usd_export.write(talking(2), tmp_path / "line.csv")
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        usd_export.read(path)


DOCS = Path(__file__).parents[2] / "docs"
HELLO = Path(__file__).parents[2] / "examples" / "hello.wav"


def block(page: str, language: str) -> str:
    """Return the first code block of a language on a page of the documentation."""
    return (DOCS / page).read_text("utf-8").split(f"```{language}\n")[1].split("```")[0]


@pytest.mark.slow
def test_the_documented_format_of_a_studio_is_like_one_of_ours(tmp_path: Path) -> None:
    module, entry_points = (block("adding-a-format.md", language) for language in ("python", "toml"))
    environment = installed(tmp_path, "studio_puppet", module, entry_points)

    def run(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    offered = run("-m", "audio2blend", "animate", "--help")
    assert re.search(r"\.puppet +Puppet, curves for the studio's puppets", offered)
    assert "--puppet-scale X" in offered
    path = tmp_path / "line.puppet"
    run("-m", "audio2blend", "animate", str(HELLO), "-o", str(path), "--puppet-scale", "0.5", "--fps", "30")
    header, *lines = path.read_text().splitlines()
    clip = audio2blend.animate(audio2blend.load(HELLO)).resampled(Fraction(30))
    assert header.split() == list(clip.channels)
    assert [int(number) for number in lines[9].split()] == [round(50 * float(value)) for value in clip.values[9]]
    look = "import sys, usd_export; from tests.support.talking import talking; " \
        "print(usd_export.check(sys.argv[1], talking(3)))"  # fmt: skip
    environment["PYTHONPATH"] += os.pathsep + str(Path(__file__).parents[2])
    assert run("-c", look, str(path)) == f"('{len(clip)} of 3 frames are there',)\n"


def test_the_table_of_formats_in_the_documentation_is_what_is_registered() -> None:
    assert format_table() in (DOCS / "formats.md").read_text("utf-8")


def test_the_documented_json_is_read(tmp_path: Path) -> None:
    path = tmp_path / "line.json"
    path.write_text(block("formats.md", "json"))
    clip = usd_export.read(path)
    assert (clip.frame_rate, clip.channels) == (Fraction(30000, 1001), ("jawOpen", "mouthClose"))
    assert clip["jawOpen"] == pytest.approx([0.02, 0.13])


def test_what_somebody_else_broke_is_named_and_takes_nothing_else_away(tmp_path: Path) -> None:
    entry_points = "[audio2blend.commands]\nodd = broken\n[audio2blend.formats]\nodd = broken\n"
    environment = installed(tmp_path, "broken", "1 / 0", entry_points)

    def said(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "audio2blend", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    listed = said("--help")
    assert (listed.returncode, "animate" in listed.stdout) == (0, True)
    assert listed.stderr == (
        "audio2blend: the command 'odd' cannot be loaded (ZeroDivisionError: division by zero); reinstall it\n"
    )
    written = said("animate", "line.wav", "-o", "line.odd")
    assert written.returncode == 2
    assert "the format 'odd' cannot be loaded" in written.stderr
