"""A studio's own kind of alignment, as docs/alignment-files.md tells to add it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.installing import installed

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "alignment-files.md").read_text("utf-8")


@pytest.fixture
def captions(tmp_path):
    """Run `audio2blend captions` where the studio's format is installed."""
    python, entry_points = (re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)[-1] for kind in ("python", "toml"))
    environment = installed(tmp_path, "studio_cues", python, entry_points)

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "audio2blend", "captions", *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    return run


def test_it_is_found_judged_and_refused_like_ours(tmp_path, captions):
    sheet = tmp_path / "line.sheet"
    sheet.write_text("0.0 0.5 Hello,\n0.6 1.0 Bob!\n")
    done = captions(sheet, "-o", tmp_path / "line.srt")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Hello, Bob!" in (tmp_path / "line.srt").read_text("utf-8")
    for text, told in (("0.0 0.5\n", "line 1: has no word; add it"), ("0.5 0.1 Hi\n", "line 1: 'Hi' ends at 0.1 s")):
        sheet.write_text(text)
        done = captions(sheet, "-o", tmp_path / "line.srt")
        assert done.returncode == 2
        assert f"line.sheet, {told}" in done.stderr
