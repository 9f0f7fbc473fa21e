"""The README is true: what it tells people to run, runs."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", README, re.DOTALL)
SESSIONS = [block for language, block in BLOCKS if language == "sh"]
IN_CI = ("make ", "pip ")  # too large for a test; .ci/run does them


@pytest.fixture
def clone(tmp_path) -> Path:
    """A folder with the recordings, as in a fresh clone."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("session", [block for block in SESSIONS if not block.startswith(IN_CI)])
def test_commands_run(session, clone):
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(["sh", "-ec", session], cwd=clone, env={"PATH": path}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for output in re.findall(r"'?(out/[^\s']+)", session):
        assert (clone / output.replace("{stem}", "hello")).stat().st_size > 1000


@pytest.mark.parametrize("session", [block for block in SESSIONS if block.startswith(IN_CI)])
def test_longer_commands_are_run_by_ci(session):
    assert session.strip() in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("code", [block for language, block in BLOCKS if language == "python"])
def test_python_runs(code, clone):
    done = subprocess.run([sys.executable, "-c", code], cwd=clone, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (clone / "out" / "hello.usdc").stat().st_size > 100_000


def test_links_lead_somewhere():
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
