"""The command line: what it writes, skips, survives and says, and with which exit code."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile

import usd_export
import usd_export.curves.npz
from audio2blend import Animator, load
from audio2blend import animate as from_python
from audio2blend.channels import ARKIT, CHANNELS
from audio2blend.lips import CLOSED
from tests.support.commands import command
from tests.support.small_rig import STILL, patch

pytestmark = pytest.mark.slow

animate = partial(command, "animate")


@pytest.fixture
def lines(tmp_path, hello) -> Path:
    """A folder with two good recordings and, between them, a bad one."""
    folder = tmp_path / "lines"
    folder.mkdir()
    sound, rate = soundfile.read(hello)
    soundfile.write(folder / "a.wav", sound[: rate * 2], rate)
    (folder / "b.wav").write_text("no sound")
    soundfile.write(folder / "c.wav", sound[rate * 2 :], rate)
    return folder


def test_one_recording_becomes_every_kind_of_file(tmp_path, hello):
    outputs = [tmp_path / "new" / f"line{suffix}" for suffix in (".csv", ".json", ".npz", ".usdc", ".glb")]
    assert animate(hello, *(word for output in outputs for word in ("-o", output))) == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir() if path.name[0] != ".") == sorted(
        output.name for output in outputs
    )
    for output in outputs[:3]:
        clip = usd_export.read(output)
        assert clip.channels == CHANNELS
        assert clip.frame_rate == 60
        assert len(clip) == 284  # 4.725 s


@pytest.mark.parametrize(("on", "step"), [("twos", 2), ("threes", 3)])
def test_poses_are_held_and_lips_still_close(tmp_path, hello, our_lips, on, step):
    outputs = [tmp_path / "ones.npz", tmp_path / "held.npz"]
    assert animate(hello, "-o", outputs[0], "--fps", "24", "--on", "ones") == 0
    assert animate(hello, "-o", outputs[1], "--fps", "24", "--on", on) == 0
    ones, held = map(usd_export.read, outputs)
    assert len(held) == len(ones)
    changes = np.flatnonzero(np.abs(np.diff(held.values, axis=0)).max(axis=1)) + 1
    assert len(changes) > 20
    assert not (changes % step).any()
    shut = [our_lips.opening(clip.select(ARKIT).values) < CLOSED for clip in (ones, held)]
    for start in range(0, len(ones), step):
        group = slice(start, start + step)
        assert shut[1][group].any() >= shut[0][group].any()


def test_the_frame_rate_is_kept_unless_told(tmp_path, hello):
    assert animate(hello, "-o", tmp_path / "a.json", "--fps", "29.97") == 0
    clip = usd_export.read(tmp_path / "a.json")
    assert clip.frame_rate == Fraction(30000, 1001)
    assert len(clip) == 142


def test_strength_seed_and_performance_change_what_they_should(tmp_path, hello):
    def curves(*options: str) -> dict[str, np.ndarray]:
        assert animate(hello, "-o", tmp_path / "a.npz", "--force", *options) == 0
        clip = usd_export.read(tmp_path / "a.npz")
        return {name: clip[name] for name in clip.channels}

    plain, still, other, weak = curves(), curves("--no-performance"), curves("--seed", "7"), curves("--strength", "0.5")
    assert not still["eyeBlinkLeft"].max() > 0.5 < plain["eyeBlinkLeft"].max()
    assert "headYaw" not in still
    np.testing.assert_array_equal(plain["jawOpen"], other["jawOpen"])
    assert not np.array_equal(plain["headYaw"], other["headYaw"])
    np.testing.assert_allclose(weak["jawOpen"], plain["jawOpen"] / 2, atol=1e-6)


def test_every_dial_reaches_the_file_that_tells_of_it(tmp_path, hello):
    dials = {"strength": 0.9, "jaw": 1.2, "lips": 0.8, "smooth": 40, "lead": 30}
    output = tmp_path / "a.npz"
    assert animate(hello, "-o", output, "--no-performance", *(f"--{name}={x}" for name, x in dials.items())) == 0
    clip = usd_export.read(output)
    names = {name + "_ms" * (name in ("smooth", "lead")): x for name, x in dials.items()}
    np.testing.assert_array_equal(clip.values, from_python(load(hello), performance=False, **names).values)
    assert {name: float(clip.metadata[name]) for name in names} == names


def test_the_live_quality_gives_what_a_stream_gives(tmp_path, hello):
    assert animate(hello, "-o", tmp_path / "a.npz", "--quality", "live", "--no-performance") == 0
    animator = Animator()
    clips = [animator.push(load(hello).samples), animator.flush()]
    np.testing.assert_allclose(
        usd_export.read(tmp_path / "a.npz").values, np.concatenate([clip.values for clip in clips]), atol=1e-5
    )


def test_the_same_input_gives_the_same_bytes(tmp_path, hello):
    for run in ("first", "second"):
        assert animate(hello, "-o", tmp_path / run / "a.csv", "-o", tmp_path / run / "a.npz") == 0
    for name in ("a.csv", "a.npz"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


@pytest.mark.slow
def test_a_batch_goes_on_after_a_bad_file_and_then_does_only_what_changed(lines, tmp_path, capsys):
    outputs = ("-o", f"{tmp_path}/out/{{stem}}.csv", "-o", f"{tmp_path}/out/{{stem}}.npz")
    recordings = sorted(lines.iterdir())
    assert animate(*recordings, *outputs) == 1
    captured = capsys.readouterr()
    assert captured.out.count("written") == 4
    assert captured.err.count("\n") == 1
    assert str(lines / "b.wav") in captured.err
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.*")}

    assert animate(*recordings, *outputs) == 1  # nothing to do but fail again
    assert capsys.readouterr().out.count("unchanged") == 4

    (tmp_path / "out" / "a.csv").write_text("touched by hand")
    shutil.copy(lines / "c.wav", lines / "b.wav")
    assert animate(*recordings, *outputs) == 0
    assert capsys.readouterr().out.count("written") == 3  # a.csv again, and both of b
    kept = tmp_path / "out" / "c.npz"
    assert kept.stat().st_mtime_ns == written[kept]

    for change in (["--strength", "0.8"], ["--lips", "0.8"], ["--lead", "20"], ["--quality", "live"]):
        assert animate(*recordings, *outputs, *change) == 0
        assert capsys.readouterr().out.count("written") == 6


def test_what_the_report_says_as_json(lines, tmp_path, capsys):
    assert animate(*sorted(lines.iterdir()), "-o", f"{tmp_path}/{{stem}}.npz", "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["exit_code"] == 1
    assert report["provider"] == "CPUExecutionProvider"
    good, bad, _ = report["recordings"]
    assert good["outputs"][0]["status"] == "written"
    assert good["duration_s"] == 2.0
    assert "b.wav" in bad["error"]


def test_wildcards_work_where_the_shell_leaves_them(lines, tmp_path):
    (lines / "b.wav").unlink()
    assert animate(f"{lines}/*.wav", "-o", f"{tmp_path}/{{parent}}-{{stem}}.csv") == 0
    assert {path.name for path in tmp_path.glob("*.csv")} == {"lines-a.csv", "lines-c.csv"}


def test_files_can_be_called_after_the_rig(tmp_path, hello):
    for look in ("", ":mei"):
        assert animate(hello, "-o", f"{tmp_path}/{{character}}/{{stem}}.npz", "--rig", f"builtin{look}") == 0
    assert {path.parent.name for path in tmp_path.glob("*/hello.npz")} == {"robin", "mei"}


def test_a_file_that_lost_something_is_told_of_and_made_again(tmp_path, hello, capsys, monkeypatch):
    def forgetful(clip, path, **how):
        write(replace(clip, values=clip.values * 0), path, **how)

    write = usd_export.curves.npz.write
    monkeypatch.setattr(usd_export.curves.npz, "write", forgetful)
    output = tmp_path / "a.npz"
    assert animate(hello, "-o", output, "--check") == 2
    assert f"{output}: " in capsys.readouterr().err
    monkeypatch.undo()
    assert animate(hello, "-o", output, "--check") == 0
    assert "written" in capsys.readouterr().out


def test_what_does_not_reach_a_file_does_not_have_it_made_again(tmp_path, hello, capsys):
    assert animate(hello, "-o", tmp_path / "a.csv", "-o", tmp_path / "a.json") == 0
    capsys.readouterr()
    assert animate(hello, "-o", tmp_path / "a.csv", "--rig", "builtin:mei", "--fps", "60", "--size", "64x64") == 0
    assert "unchanged" in capsys.readouterr().out  # a .csv file holds ARKit's channels at 60 fps, and no picture
    assert animate(hello, "-o", tmp_path / "a.json", "--fps", "30") == 0
    assert "written" in capsys.readouterr().out


BAD_USAGE = {
    "unknown suffix": (["{hello}", "-o", "a.doc"], "no format writes '.doc'"),
    "no suffix": (["{hello}", "-o", "a"], "no format writes ''"),
    "one file for two": (["{hello}", "{twin}", "-o", "a.csv"], "put {{stem}} into"),
    "one name twice": (["{hello}", "{twin}", "-o", "{{stem}}.csv"], "rename one"),
    "over the input": (["{twin}", "-o", "{twin}"], "would be overwritten"),
    "no such file": (["nothing.wav", "-o", "a.csv"], "nothing.wav: no such file"),
    "bad rate": (["{hello}", "-o", "a.csv", "--fps", "fast"], "'fast' is no frame rate"),
    "empty rate": (["{hello}", "-o", "a.csv", "--fps", ""], "'' is no frame rate"),
    "bad size": (["{hello}", "-o", "a.mp4", "--size", "big"], "--size 'big' is no picture size"),
    "negative seed": (["{hello}", "-o", "a.csv", "--seed", "-1"], "--seed -1 is negative"),
    "endless rate": (["{hello}", "-o", "a.csv", "--fps", "1e99999999"], "is no frame rate"),
    "unknown mark": (["{hello}", "-o", "{{name}}.csv"], "{{name}} is not a placeholder"),
    "long recording": (["x" * 300, "-o", "a.csv"], "cannot be opened"),
    "long output": (["{hello}", "-o", "x" * 300 + ".csv"], "choose another"),
    "bad strength": (["{hello}", "-o", "a.csv", "--strength", "-1"], "--strength -1 is out of range"),
    "long rig": (["{hello}", "-o", "a.glb", "--rig", "x" * 300 + ".glb"], "no such file"),
    "over the rig": (["{hello}", "-o", "{rig}", "--rig", "{rig}", "--new-head"], "would be overwritten"),
    "bad jaw": (["{hello}", "-o", "a.csv", "--jaw", "nan"], "--jaw nan is out of range"),
    "bad lips": (["{hello}", "-o", "a.csv", "--lips", "11"], "--lips 11 is out of range; give a number from 0 to 10"),
    "bad smoothing": (["{hello}", "-o", "a.csv", "--smooth", "-1"], "--smooth -1 is out of range"),
    "bad lead": (["{hello}", "-o", "a.csv", "--lead", "201"], "--lead 201 is out of range"),
    "folder as output": (["{hello}", "-o", "{folder}.csv"], "is a folder"),
    "output under a file": (["{hello}", "-o", "{twin}/a.csv"], "hello.wav is a file, not a folder; choose another"),
    "address": (["https://host/a//b.wav", "-o", "a.csv"], "https://host/a//b.wav is an address, not a file"),
    "address to write to": (["{hello}", "-o", "s3://a/b.csv"], "s3://a/b.csv is an address, not a file"),
    "address of a rig": (["{hello}", "-o", "a.glb", "--rig", "https://host/a.glb"], "https://host/a.glb is an address"),
    "mark in a new folder": (["{hello}", "-o", "{{name}}/a.csv"], "{{name}} is not a placeholder"),
}


@pytest.mark.parametrize("case", BAD_USAGE)
def test_wrong_use_is_one_sentence_and_exit_code_2(case, tmp_path, hello, refuses, monkeypatch):
    monkeypatch.chdir(tmp_path)
    twin = tmp_path / "twin" / "hello.wav"
    twin.parent.mkdir()
    shutil.copy(hello, twin)
    if case == "over the input":
        twin = twin.rename(twin.with_suffix(".mp4"))
    (tmp_path / "folder.csv").mkdir()
    rig = usd_export.write(STILL, tmp_path / "rig.glb", rig=patch())
    words, complaint = BAD_USAGE[case]
    names = {"hello": hello, "twin": twin, "folder": tmp_path / "folder", "rig": rig}
    refuses(complaint.format(), "animate", *(word.format(**names) for word in words))


def test_cuda_that_is_not_there_is_an_error(tmp_path, hello, refuses):
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("onnxruntime-gpu is installed")
    refuses("onnxruntime-gpu", "animate", hello, "-o", tmp_path / "a.csv", "--device", "cuda")


def test_one_recording_named_twice_is_one(tmp_path, hello, monkeypatch):
    monkeypatch.chdir(hello.parent)
    assert animate(hello, hello.name, "-o", f"{tmp_path}/{{stem}}.csv") == 0


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_that_cannot_show_a_name_is_no_error(encoding, tmp_path, hello):
    shutil.copy(hello, tmp_path / "你好.wav")
    command = [sys.executable, "-m", "audio2blend", "animate", "你好.wav", "-o", "a.csv"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert b"\\u4f60" in done.stdout


@pytest.mark.slow
def test_a_name_that_is_not_unicode_reaches_every_file(tmp_path, hello, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    recording = os.fsdecode(b"caf\xe9.wav")
    shutil.copy(hello, recording)
    suffixes = (".csv", ".json", ".npz", ".usda", ".usdc", ".usdz", ".glb")
    outputs = [word for suffix in suffixes for word in ("-o", "{stem}" + suffix)]
    assert animate(recording, *outputs) == 0
    assert capsys.readouterr().out.count("written") == len(suffixes)
    assert usd_export.read(os.fsdecode(b"caf\xe9.npz")).metadata["source"] == r"caf\udce9.wav"
    assert animate(recording, *outputs) == 0
    assert capsys.readouterr().out.count("unchanged") == len(suffixes)
    assert command("qa", os.fsdecode(b"caf\xe9.csv"), "--speech", recording, "--html", "page.html") == 0
    assert r"caf\udce9.wav" in Path("page.html").read_text("utf-8")


def test_a_reader_that_stops_early_is_no_error(tmp_path, hello):
    command = (
        f"{sys.executable} -m audio2blend animate {hello} -o {tmp_path}/a.csv | head -c 0; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_a_record_that_cannot_be_kept_only_costs_time(tmp_path, hello, capsys):
    (tmp_path / ".audio2blend.jsonl").mkdir()
    for _ in range(2):
        assert animate(hello, "-o", tmp_path / "a.csv") == 0
        assert "written" in capsys.readouterr().out


def test_an_exporter_that_breaks_does_not_stop_the_rest(tmp_path, hello, capsys, monkeypatch):
    def break_down(*_, **__):
        raise ZeroDivisionError("from outside")

    monkeypatch.setattr("usd_export.curves.npz.write", break_down)
    assert animate(hello, "-o", tmp_path / "a.npz", "-o", tmp_path / "a.csv") == 1
    assert "ZeroDivisionError: from outside" in capsys.readouterr().err
    assert (tmp_path / "a.csv").is_file()


def test_no_bars_and_no_noise_in_a_pipe(tmp_path, hello):
    command = [sys.executable, "-m", "audio2blend", "animate", hello, "-o", tmp_path / "a.csv"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "written" in done.stdout


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_run_leaves_no_partial_files(ending, tmp_path, hello):
    out = tmp_path / "out"
    slow_writer = f"""
import signal, sys, time, usd_export.curves.npz
from audio2blend_app.cli.main import main

signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background are started to ignore it

def write(clip, path, **_):
    path.write_text("half a file")
    time.sleep(60)

usd_export.curves.npz.write = write
sys.exit(main(["animate", {str(hello)!r}, "-o", {str(out / "long.npz")!r}]))
"""
    process = subprocess.Popen([sys.executable, "-c", slow_writer], stderr=subprocess.PIPE, text=True)
    while not (out.is_dir() and any(out.glob(".draft-*/*"))):  # until it writes
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(ending)
    _, complaint = process.communicate()
    assert process.returncode == 130
    assert complaint == "audio2blend animate: stopped; what was finished is kept\n"
    assert list(out.iterdir()) == []


def test_errors_are_json_too(tmp_path, capsys):
    assert animate("nothing.wav", "-o", tmp_path / "a.csv", "--json") == 2
    report = json.loads(capsys.readouterr().out)
    assert report == {"error": "nothing.wav: no such file; check the name", "exit_code": 2}


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8", "utf-16"])
@pytest.mark.parametrize("name", ["é", "日", "🙂"])
def test_json_is_json_in_a_pipe_of_any_encoding(name, encoding, tmp_path, hello):
    shutil.copy(hello, tmp_path / f"{name}.wav")
    for recording, code in ((f"{name}.wav", 0), (f"no {name}.wav", 2)):
        command = [sys.executable, "-m", "audio2blend", "animate", recording, "-o", f"{name}.csv", "--json"]
        environment = {**os.environ, "PYTHONIOENCODING": encoding}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True)
        report = json.loads(done.stdout.decode(encoding))
        assert report["exit_code"] == done.returncode == code
        assert recording in (report["error"] if code else report["recordings"][0]["recording"])


@pytest.mark.parametrize("folder", ["{show}", "{show}/{shot}", "{a b}"])
def test_a_folder_with_braces_can_be_written_to(folder, tmp_path, hello, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / folder).mkdir(parents=True)
    assert animate(hello, "-o", f"{folder}/{{stem}}.csv", "-o", f"{tmp_path}/{folder}/new/{{stem}}.json") == 0
    assert (tmp_path / folder / "hello.csv").is_file()
    assert (tmp_path / folder / "new" / "hello.json").is_file()


@pytest.mark.parametrize("arguments", [["--help"], ["animate", "--help"], ["--version"]])
def test_help_is_there(arguments, capsys):
    with pytest.raises(SystemExit, match="0"):
        command(*arguments)
    assert "audio2blend" in capsys.readouterr().out
