"""What the tests share: recordings, faces, commands, Blender, and where the corpora are when they are there."""

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

import audio2blend
import rigs
import usd_export
from audio2blend import blender
from audio2blend.clip import Clip
from audio2blend.qa import Lips
from audio2blend.train.lips import load_lips
from rigs import Rig
from tests.support.browser import started
from tests.support.commands import command

collect_ignore = ["support"]  # what the tests use has no doctests, and may run in another Python

ROOT = Path(__file__).resolve().parents[1]
CORPORA = os.environ.get("AUDIO2BLEND_CORPORA", "")
"""The folder of speech corpora, which docs/model-card.md lists; empty where there are none."""

settings.register_profile("project", deadline=None)  # tests never assert on time
settings.load_profile("project")


IMPLIED = {"inside": "blender", "corpora": "corpus"}
"""Fixtures, and how a test is marked that uses one of them, if only through another fixture."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they use, and skip those that want a Blender where there is none."""
    absent = pytest.mark.skip(reason="no bpy for this Python")
    for item in items:
        for fixture in IMPLIED.keys() & {*getattr(item, "fixturenames", ())}:
            item.add_marker(IMPLIED[fixture])
        if item.get_closest_marker("blender") and find_spec("bpy") is None:
            item.add_marker(absent)


@pytest.fixture(autouse=True)
def no_blender_unless_marked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test start a Blender, nor a program that it runs, unless it is marked `blender`."""
    if request.node.get_closest_marker("blender") is None:
        monkeypatch.setenv(blender.find.VARIABLE, "/mark/this/test/blender")


@pytest.fixture(scope="session")
def hello() -> Path:
    """The recording that comes with the project."""
    return ROOT / "examples" / "hello.wav"


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of speech corpora; tests that need it are skipped where it is absent."""
    if not CORPORA or not Path(CORPORA).is_dir():
        pytest.skip("AUDIO2BLEND_CORPORA names no folder of speech corpora")
    return Path(CORPORA)


@pytest.fixture(scope="session")
def voice() -> NDArray[np.float64]:
    """Two seconds of a voice-like sound at 48 kHz: a buzz of 120 Hz that swells four times a second."""
    time_s = np.arange(96_000) / 48_000
    buzz = sum(np.sin(2 * np.pi * 120 * k * time_s) / k for k in range(1, 20))
    return 0.2 * buzz * (1 - np.cos(2 * np.pi * 4 * time_s)) / 2


@pytest.fixture(scope="session")
def hello_clip(hello: Path) -> Clip:
    """What the product makes of the recording."""
    return audio2blend.animate(audio2blend.load(hello))


@pytest.fixture(scope="session")
def ict_rig(corpora: Path) -> Rig:
    """ICT FaceKit, a character as clients have them: 57 shapes and ten identities on 26,719 vertices."""
    return rigs.load(corpora / "ict_facekit" / "FaceXModel.tar.xz")


@pytest.fixture(scope="session")
def ict_lips(corpora: Path) -> Lips:
    """The lips of ICT FaceKit, by vertices that a person picked."""
    return load_lips(corpora / "ict_facekit" / "lip_vertices.npz")


@pytest.fixture(scope="session")
def our_lips() -> Lips:
    """The lips of the built-in head."""
    head = rigs.builtin()
    assert head.mesh is not None
    assert head.landmarks is not None
    return Lips.of(head.mesh.vertices, head.mesh.deltas, head.landmarks)


@pytest.fixture
def curves(hello_clip: Clip, tmp_path: Path) -> Callable[..., Path]:
    """Write a clip, by default what the product makes of the recording, and return its path."""

    def write(name: str, changed: Clip = hello_clip) -> Path:
        return usd_export.write(changed, tmp_path / name)

    return write


@pytest.fixture
def refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., None]:
    """Assert that a command is refused: with exit code 2, in one sentence with certain words, leaving all as it was."""

    def check(words: str, *arguments: object) -> None:
        capsys.readouterr()
        before = contents(tmp_path)
        assert command(*arguments) == 2
        told = capsys.readouterr().err
        assert words in told
        assert told.count("\n") == 1
        assert contents(tmp_path) == before

    return check


def contents(folder: Path) -> dict[Path, int]:
    """Return all files and folders below one, and when each was last written to."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium; tests that need one are skipped where there is none."""
    with started() as program:
        yield program


@pytest.fixture(scope="module")
def inside() -> Iterator[blender.Child]:
    """The bpy module in a child process, for all tests of a file; every call begins with an empty scene."""
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("AUDIO2BLEND_BLENDER", raising=False)  # a program would not find the tests' modules
        with blender.start() as child:
            yield child
