"""The extension as users get it: one zip, installed by Blender, that leaves nothing behind when it goes."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import build_extension
import pytest
from packaging.requirements import Requirement

from audio2blend import blender
from tests.support.small_rig import patch

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip without wheels, built and validated by Blender's own tool."""
    return build_extension.bare(tmp_path_factory.mktemp("dist"))


@pytest.mark.blender
def test_the_zip_holds_the_extension_and_nothing_else(archive):
    with zipfile.ZipFile(archive) as file:
        packed = set(file.namelist())
    sources = {path.relative_to(ROOT / "addon").as_posix() for path in (ROOT / "addon").rglob("*.*")}
    assert packed == {name for name in sources if "__pycache__" not in name} | {"LICENSE"}


@pytest.mark.blender
def test_blender_accepts_the_manifest_of_the_sources():
    command = [*build_extension.tool(), "validate", ROOT / "addon"]
    assert "Success" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_manifest_has_the_version_of_the_project_and_asks_for_little():
    manifest = tomllib.loads((ROOT / "addon" / "blender_manifest.toml").read_text("utf-8"))
    assert manifest["version"] == PROJECT["version"]
    assert manifest["blender_version_min"] == "{}.{}.0".format(*blender.find.OLDEST)
    assert set(manifest["permissions"]) == {"files"}


@pytest.mark.parametrize("program", build_extension.BLENDERS, ids=lambda program: program.name)
def test_every_dependency_comes_along_but_what_that_blender_has(program):
    for platform in program.platforms:
        given = {Requirement(text).name for text in build_extension.requirements(platform, program)}
        texts = PROJECT["optional-dependencies"]["text"]  # the lips go by the words in Blender too
        wanted = {Requirement(text).name for text in (*PROJECT["dependencies"], *texts)} - {"numpy", "janome"}
        if program.python == "3.11":
            wanted -= {"audioop-lts"}  # part of Python until 3.12
        if program.name.startswith("blender"):
            wanted -= {"usd-core"}  # Blender's own builds bring USD for Python, distributions' do not
        assert given == wanted | {"cffi", "pycparser", "typing-extensions"}


def a_wheel(folder: Path, name: str, *files: str) -> Path:
    """A wheel in which every file holds its own name."""
    path = folder / f"{name}-py3-none-any.whl"
    record = f"{name}.dist-info/RECORD"
    with zipfile.ZipFile(path, "w") as wheel:
        for file in files:
            wheel.writestr(file, file)
        wheel.writestr(record, "".join(f"{file},,\n" for file in (*files, record)))
    return path


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """What goes into a zip for Blender 4.5 on Linux, with our own code and one other package."""
    own = a_wheel(tmp_path, "audio2blend-0.1.0", "audio2blend/clip.py", "audio2blend/network/weights/best.onnx")
    other = a_wheel(
        tmp_path,
        "onnxruntime-1.0",
        "onnxruntime/__init__.py",
        "onnxruntime/capi/libonnxruntime.so.1",
        "onnxruntime/tools/a.py",
    )
    folder = tmp_path / "staged"
    build_extension.stage(folder)
    build_extension.add_packages(folder, own, [other], build_extension.LINUX, build_extension.BLENDERS[0])
    return folder


def test_blender_itself_gets_one_small_wheel_and_the_child_process_the_rest_as_it_is(staged):
    (wheel,) = (staged / "wheels").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        assert archive.namelist() == ["audio2blend/clip.py", "audio2blend-0.1.0.dist-info/RECORD"]
        assert "weights" not in archive.read("audio2blend-0.1.0.dist-info/RECORD").decode()
    packages = {path.relative_to(staged / "packages").as_posix() for path in (staged / "packages").rglob("*.*")}
    assert {"audio2blend/network/weights/best.onnx", "audio2blend/clip.py", "onnxruntime/__init__.py"} <= packages
    assert not {"onnxruntime/capi/libonnxruntime.so.1", "onnxruntime/tools/a.py"} & packages


def test_the_manifest_of_a_zip_says_where_it_runs(staged):
    manifest = tomllib.loads((staged / "blender_manifest.toml").read_text("utf-8"))
    assert manifest["wheels"] == ["./wheels/audio2blend-0.1.0-py3-none-any.whl"]
    assert manifest["platforms"] == ["linux-x64"]
    assert manifest["blender_version_min"] == "4.5.0"
    assert manifest["blender_version_max"] == "5.1.0"  # the first whose Python is another
    assert set(manifest["permissions"]) == {"files"}


@pytest.mark.blender
def test_a_zip_for_another_python_says_which_one_it_is_for(inside):
    told = inside.call("tests.addon.worker.extension:for_another_python", {"made_for": "3.2"})
    here = "{}.{}".format(*sys.version_info[:2])
    assert told == f"this zip is for a Blender with Python 3.2, and this one has {here}; install the zip made for it"


@pytest.mark.blender
def test_installed_and_removed_it_leaves_nothing_behind(inside, archive, hello):
    rig = patch(shapes=("jawOpen", "mouthClose"))
    found = inside.call("tests.addon.worker.extension:lifecycle", {"archive": archive, "rig": rig, "recording": hello})
    steps = found["steps"]
    nothing: dict[str, list[str]] = {what: [] for what in steps["before"]}
    assert steps["before"] == nothing
    assert {"add_head", "animate", "batch", "export", "preview", "self_test"} <= set(steps["installed"]["operators"])
    assert found["forgotten"] == []
    assert steps["installed"]["processes"] == []  # nothing starts before it is needed
    assert len(steps["used"]["processes"]) == 1
    assert len(steps["used"]["files"]) == 2  # the extension and its own folder
    kept = {name: steps["used"][name] for name in ("files", "modules")}
    assert steps["disabled"] == nothing | kept  # results wait for it to be enabled again
    assert steps["enabled again"] == steps["installed"] | kept
    assert found["moved"] > 0.1
    assert steps["uninstalled"] == nothing


@pytest.mark.blender
def test_the_command_does_what_the_button_does(inside, hello, tmp_path):
    saved, never = tmp_path / "said.blend", tmp_path / "never.blend"
    calls = [
        ["animate", str(hello), "--keys", "reduced", "--save", str(saved), "-o", str(tmp_path / "a.csv")],
        ["animate", str(hello)],
        ["animate", str(tmp_path / "missing.wav"), "--save", str(never)],
        ["animate", str(hello), "--character", "Nobody", "--save", str(never)],
        ["animate", str(hello), "-o", str(tmp_path / "a.xyz")],
        ["sing"],
        ["--help"],
        ["self-test"],
    ]
    done, *refused, sing, helped, tested = inside.call("tests.addon.worker.extension:commands", {"calls": calls})
    assert done[0] == 0, done[2]
    for path in (saved, tmp_path / "a.csv"):
        assert f"written  {path}\n" in done[1]
    assert saved.stat().st_size > 1_000_000
    assert len((tmp_path / "a.csv").read_text("utf-8").splitlines()) > 100
    nothing_kept, no_sound, nobody, no_format = refused
    assert nothing_kept[0] == 2
    assert "name a file to write with -o or --save" in nothing_kept[2]
    assert no_sound[0] == 2
    assert "There is no file" in no_sound[2]
    assert nobody[0] == 2
    assert nobody[2] == "audio2blend animate: there is no object 'Nobody'; name one of the scene\n"
    assert no_format[0] == 1
    assert "a.xyz" in no_format[2]
    assert not never.exists()
    assert sing[0] == 2
    assert helped[0] == 0
    assert "--command audio2blend animate line.wav" in helped[1]
    assert tested[0] == 0
    assert "times as fast as speech on CPU" in tested[1]


@pytest.mark.blender
def test_the_command_works_off_a_table_and_tells_of_bad_lines(inside, hello, tmp_path):
    table = tmp_path / "lines.csv"
    table.write_text(f"sound,character\n{hello},\nmissing.wav,\n", "utf-8")
    calls = [
        ["batch", str(table)],
        ["batch", str(table), "--character", "Robin", "--folder", str(tmp_path / "out"), "--format", "csv"],
    ]
    nothing_kept, done = inside.call("tests.addon.worker.extension:commands", {"calls": calls})
    assert done[0] == 1
    assert "missing.wav: no such file" in done[2]
    assert f"written    {tmp_path}/out/hello-Robin.csv" in done[1]
    assert [path.suffix for path in (tmp_path / "out").glob("[!.]*")] == [".csv"]
    assert nothing_kept[0] == 2
    assert "--format" in nothing_kept[2]


@pytest.mark.blender
def test_the_self_test_tells_what_works(inside):
    found = inside.call("tests.addon.worker.extension:self_test", {"weights": ""})
    assert all(line.startswith("+") for line in found.splitlines())
    assert "times as fast as speech on CPU" in found
    assert f"audio2blend {PROJECT['version']}" in found


@pytest.mark.blender
def test_the_self_test_tells_what_does_not_work(inside, tmp_path):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no network")
    found = inside.call("tests.addon.worker.extension:self_test", {"weights": str(broken)})
    (bad,) = [line for line in found.splitlines() if line.startswith("-")]
    assert str(broken) in bad


@pytest.mark.blender
def test_the_build_names_what_it_made(tmp_path):
    command = [sys.executable, ROOT / "scripts" / "build_extension.py", "--bare", "-o", tmp_path]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert f"{tmp_path / 'audio2blend-'}{PROJECT['version']}.zip: 0." in said
