"""Blender as a child process: what it is told arrives, what it says comes back, and nothing of it stays."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio2blend import blender
from audio2blend.blender import available, find, wire
from audio2blend.clip import Clip
from audio2blend.errors import InputError, MissingDependencyError

CALLS = "tests.audio2blend.blender.worker.calls"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, tmp_path):
    """Give the child a temporary folder that can be watched."""
    monkeypatch.delenv(find.VARIABLE, raising=False)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    yield
    assert list(scratch.iterdir()) == []  # no test may leave anything behind


@pytest.fixture
def child():
    with blender.start() as child:
        yield child


def alive(pid: int) -> bool:
    """Return whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid: int) -> bool:
    """Wait until a process has gone, at most a few seconds."""
    for _ in range(100):
        if not alive(pid):
            return True
        time.sleep(0.1)
    return False


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text()
    | st.fractions()
    | st.builds(Path, st.sampled_from(["a", "b/c", "/d"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values)
def test_values_survive_the_wire(value):
    arrays: wire.Arrays = {}
    assert wire.decode(wire.encode(value, arrays), arrays) == value


def test_only_data_crosses_the_wire():
    with pytest.raises(TypeError, match="function"):
        wire.encode({"callback": print}, {})
    with pytest.raises(TypeError, match="no dataclass"):
        wire.decode({"$class": "audio2blend.errors:InputError", "fields": {}}, {})


def test_a_message_has_no_module_of_others_imported(tmp_path, monkeypatch):
    (tmp_path / "trap.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TypeError, match="trap:Trap is no dataclass of ours"):
        wire.decode({"$class": "trap:Trap", "fields": {}}, {})


@pytest.mark.blender
def test_clips_and_arrays_reach_blender_and_come_back(child):
    clip = Clip(values=np.eye(3), channels=("a", "b", "c"), frame_rate=Fraction(30000, 1001), start_s=0.1)
    result = child.call(f"{CALLS}:echo", {"clip": clip, "array": np.arange(4), "pair": (1, "ß")})
    assert result["clip"].frame_rate == clip.frame_rate
    assert result["clip"].channels == clip.channels
    np.testing.assert_array_equal(result["clip"].values, clip.values)
    np.testing.assert_array_equal(result["array"], np.arange(4))
    assert result["pair"] == (1, "ß")


@pytest.mark.blender
def test_every_call_starts_in_an_empty_scene(child):
    assert [child.call(f"{CALLS}:objects", {}) for _ in range(2)] == [1, 1]


@pytest.mark.blender
def test_what_blender_prints_does_not_disturb(child):
    assert child.call(f"{CALLS}:chatter", {}) is None
    assert child.call(f"{CALLS}:echo", {"still": "here"}) == {"still": "here"}


@pytest.mark.blender
def test_progress_is_told(child):
    told = []
    child.call(f"{CALLS}:count", {"to": 3}, progress=lambda *at: told.append(at))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.blender
def test_an_error_on_purpose_is_raised_here_and_the_child_goes_on(child):
    with pytest.raises(InputError, match=r"^the nose has no name; give it one$"):
        child.call(f"{CALLS}:refuse", {})
    assert child.call(f"{CALLS}:echo", {}) == {}


@pytest.mark.blender
def test_another_error_comes_with_the_log(child):
    with pytest.raises(blender.BlenderError, match=r"(?s)ZeroDivisionError.*return 1 / 0"):
        child.call(f"{CALLS}:divide", {})


@pytest.mark.blender
def test_a_crash_comes_with_the_last_words():
    with blender.start() as child, pytest.raises(blender.BlenderError, match=r"(?s)exit code -11.*the last words"):
        child.call(f"{CALLS}:crash", {})


def test_a_crash_in_the_middle_of_an_answer_is_a_crash(tmp_path, monkeypatch):
    dying = tmp_path / "blender"
    dying.write_text(
        textwrap.dedent(f"""\
        #!{sys.executable}
        import sys
        if "--version" in sys.argv:
            sys.exit(print("Blender 4.5.15"))
        print('{{"ready": true}}', flush=True)
        sys.stdin.readline()
        print('{{"result": [0.1, 0.', end="", flush=True)
        sys.exit(3)
        """)
    )
    dying.chmod(0o755)
    monkeypatch.setenv(find.VARIABLE, str(dying))
    with blender.start() as child, pytest.raises(blender.BlenderError, match="exit code 3"):
        child.call(f"{CALLS}:echo", {})


@pytest.mark.blender
def test_a_child_that_takes_too_long_is_ended():
    pids = []
    with blender.start() as child, pytest.raises(blender.BlenderError, match="too long"):
        child.call(f"{CALLS}:sleep", {}, progress=lambda pid, _: pids.append(pid), timeout_s=1)
    assert not alive(pids[0])


@pytest.mark.blender
def test_an_exception_in_the_callback_ends_the_child():
    pids = []

    def stop(pid, _):
        pids.append(pid)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), blender.start() as child:
        child.call(f"{CALLS}:sleep", {}, progress=stop)
    assert not alive(pids[0])


@pytest.mark.blender
@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
@pytest.mark.parametrize("busy", ["sleep", "talk"])
def test_when_the_parent_ends_so_does_the_child(how, busy, tmp_path):
    code = f"""
        import signal
        from audio2blend import blender
        signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background are started to ignore it
        with blender.start() as child:
            child.call("{CALLS}:{busy}", {{}}, progress=lambda pid, _: print(pid, flush=True))
    """
    environment = os.environ | {"TMPDIR": str(tmp_path / "scratch")}
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        text=True,
    ) as parent:
        pid = int(parent.stdout.readline())
        parent.send_signal(how)
    assert gone(pid)
    for _ in range(50):  # a killed parent cannot wait until the child has swept up
        if not any((tmp_path / "scratch").iterdir()):
            break
        time.sleep(0.1)


def program(folder: Path, version: str) -> Path:
    """Return a stand-in for a Blender program: its command line and its poor Python, around the bpy module."""
    path = folder / f"blender-{version}"
    path.write_text(
        textwrap.dedent(f"""\
        #!{sys.executable}
        import importlib.abc, runpy, sys

        if "--version" in sys.argv:
            print("Blender {version} LTS\\n\\tbuild date: 2025-01-01")
            sys.exit()

        class OnlyWhatBlenderHas(importlib.abc.MetaPathFinder):
            def find_spec(self, name, path, target=None):
                if name in ("soundfile", "onnxruntime", "pxr", "imageio_ffmpeg", "scipy", "soxr", "pydub", "tqdm"):
                    raise ModuleNotFoundError(f"No module named {{name!r}}")

        sys.meta_path.insert(0, OnlyWhatBlenderHas())
        print("Blender {version} (hash 0123456789ab built 2025-01-01 00:00:00)", flush=True)
        assert "-b" in sys.argv and sys.argv[-3] == "--"
        runpy.run_path(sys.argv[sys.argv.index("--python") + 1])
        """)
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.blender
@pytest.mark.parametrize(
    "worker", ["rigs.worker.scene", "usd_export.fbx.worker.fbx", "render_farm.worker.render"], ids=lambda name: name
)
def test_a_program_is_preferred_and_its_python_needs_only_numpy(worker, tmp_path, monkeypatch):
    monkeypatch.setenv(find.VARIABLE, str(program(tmp_path, "4.5.15")))
    assert find.find().name == f"Blender 4.5 ({tmp_path / 'blender-4.5.15'})"
    with blender.start() as child, pytest.raises(blender.BlenderError, match="no attribute 'nothing'"):
        child.call(f"{worker}:nothing", {})  # imported, as the missing function shows


@pytest.mark.blender
def test_a_program_on_the_path_that_is_too_old_is_passed_over(tmp_path, monkeypatch):
    program(tmp_path, "3.4.1").rename(tmp_path / "blender")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find.find().name == "the bpy module"


def test_a_program_that_was_named_must_do(tmp_path, monkeypatch):
    monkeypatch.setenv(find.VARIABLE, str(program(tmp_path, "3.4.1")))
    with pytest.raises(MissingDependencyError, match=r"is Blender 3\.4, older than 4\.5; set AUDIO2BLEND_BLENDER"):
        blender.start()
    monkeypatch.setenv(find.VARIABLE, str(tmp_path / "absent"))
    with pytest.raises(MissingDependencyError, match="absent does not start"):
        blender.start()
    binary = tmp_path / "binary"
    binary.write_text("#!/bin/sh\nprintf '\\377\\376'\n")
    binary.chmod(0o755)
    for other in (sys.executable, str(binary)):
        monkeypatch.setenv(find.VARIABLE, other)
        with pytest.raises(MissingDependencyError, match="does not say that it is Blender"):
            blender.start()


def test_without_any_blender_the_cure_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "bpy", None)
    available.why_not.cache_clear()
    reason = blender.why_not()
    available.why_not.cache_clear()
    assert reason == (
        "no Blender was found; pip install 'audio2blend[blender]' (Python 3.11 or 3.13), "
        "or install Blender 4.5 or newer and set AUDIO2BLEND_BLENDER to its program"
    )


@pytest.mark.parametrize(
    ("library", "package"), [("libSM.so.6", "libsm6"), ("libEGL.so.1", "libegl1"), ("libXi.so.6", "libxi6")]
)
def test_a_missing_system_library_is_named_with_its_package(library, package, tmp_path, monkeypatch):
    (tmp_path / "bpy.py").write_text(
        f"raise ImportError('{library}: cannot open shared object file: No such file or directory')"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    available.why_not.cache_clear()
    reason = blender.why_not()
    available.why_not.cache_clear()
    assert reason.startswith("Blender needs the system librar")
    names, _, cure = reason.partition("; apt install ")
    assert library in names
    assert package in cure.partition(" (Debian)")[0].split()


def test_a_blender_without_numpy_is_recognised(tmp_path, monkeypatch):
    path = program(tmp_path, "4.5.15")
    path.write_text(path.read_text().replace('name in ("soundfile"', 'name in ("numpy"'))
    monkeypatch.setenv(find.VARIABLE, str(path))
    with pytest.raises(MissingDependencyError, match="own Python has no numpy; apt install python3-numpy"):
        blender.start()


@pytest.mark.blender
def test_with_blender_there_is_no_reason():
    available.why_not.cache_clear()
    assert blender.why_not() == ""
