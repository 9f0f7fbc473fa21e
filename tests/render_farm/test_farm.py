"""Jobs from end to end on this machine: made once, never lost, never twice, and told in one sentence what fails."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from audio2blend.errors import Audio2BlendError
from audio2blend_app import farm
from audio2blend_app.farm import SubmitRequest
from audio2blend_app.farm_report import JobReport
from render_farm.job import Job
from render_farm.state import State
from usd_export.registry import read

PROGRAM = [sys.executable, "-m", "audio2blend"]
LOOK = "[look]\nwidth = 32\nheight = 32\nframe_rate = 12\n"


@pytest.fixture
def folder(tmp_path: Path, voice: NDArray[np.float64]) -> Path:
    """A folder whose name is a trap for shells and templates, with two recordings of half a second."""
    found = tmp_path / "jöb {{Param.Job}} $(touch hit) 'x"
    found.mkdir()
    for name in ("a", "b"):
        soundfile.write(found / f"{name}.wav", voice[:24_000], 48_000)
    return found


def job(folder: Path, text: str = "") -> Path:
    path = folder / "job.toml"
    path.write_text(f'sounds = ["*.wav"]\n{text}\n{LOOK}', "utf-8")
    return path


def submit(path: Path, **options: object) -> JobReport:
    return farm.submit(SubmitRequest(job=path, options=options))


def frames(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("0*.png"))}


@pytest.mark.blender
@pytest.mark.slow
def test_a_job_is_done_once_and_whoever_is_killed(folder: Path) -> None:
    """The client is killed with all it started; submitted again, the rest is done, and nothing twice."""
    path = job(folder, "[delivery]\nprofiles = []")
    client = subprocess.Popen([*PROGRAM, "farm", "submit", str(path)], start_new_session=True)
    first = folder / "out" / "a" / "builtin" / "frames" / "000002.png"
    while not first.exists():
        assert client.poll() is None
        time.sleep(0.05)
    os.killpg(client.pid, signal.SIGKILL)
    client.wait()
    state = farm.status(path)
    assert state.state == "interrupted"
    assert "submit the job again" in state.complaints[-1]
    before = {name: (folder / name).stat().st_mtime_ns for name in frames(folder)}

    again = submit(path, workers="2")
    assert (again.state, again.exit_code) == ("finished", 0)
    assert {name: (folder / name).stat().st_mtime_ns for name in before} == before
    assert len(frames(folder)) == 12
    assert [step.done for step in again.steps] == [step.total for step in again.steps] == [2, 2, 12, 2, 2]
    assert not (folder / "hit").exists()
    assert not list(Path.cwd().glob("hit"))

    begun = [event["task"] for event in State(Job.load(path)).events() if event["event"] == "begun"]
    third = submit(path)
    assert third.state == "finished"
    assert [event["task"] for event in State(Job.load(path)).events() if event["event"] == "begun"] == begun

    broken = folder / "out" / "b" / "builtin" / "frames" / "000003.png"
    kept = frames(folder)
    broken.write_bytes(broken.read_bytes()[:100])
    assert farm.status(path).steps[2].done == 11
    assert submit(path).state == "finished"
    assert frames(folder) == kept


@pytest.mark.blender
def test_the_plan_is_run_by_who_runs_open_job_description(folder: Path) -> None:
    """Its own program, its own session, a folder whose name would be a command: the same files."""
    (folder / "b.wav").unlink()
    path = job(folder)
    farm.plan(farm.PlanRequest(job=path, output=folder / "plan.json"))
    openjd = Path(sys.executable).with_name("openjd")
    environment = os.environ | {"PATH": f"{openjd.parent}{os.pathsep}{os.environ['PATH']}"}
    options = ["--extensions", "TASK_CHUNKING"]
    subprocess.run([openjd, "check", folder / "plan.json", *options], check=True, capture_output=True)
    ran = subprocess.run(
        [openjd, "run", folder / "plan.json", "--step", "check", "--run-dependencies", *options],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert farm.status(path).state == "finished"
    assert sorted(path.name for path in (folder / "out" / "a" / "builtin").glob("*.mp4")) == ["a.web.mp4"]
    assert not list(folder.rglob("hit"))


def test_a_line_that_cannot_be_animated_fails_alone(folder: Path) -> None:
    soundfile.write(folder / "mute.wav", np.zeros(24_000), 48_000)
    report = farm.step("animate", job(folder), "0-2")
    assert (report.done, report.exit_code) == (2, 1)
    (why,) = report.complaints
    assert "line 'mute' cannot be animated" in why
    assert not (folder / "out" / "mute" / "clip.npz").exists()


def test_a_line_that_cannot_be_animated_keeps_still_where_the_job_says_so_and_says_why(folder: Path) -> None:
    soundfile.write(folder / "mute.wav", np.zeros(24_000), 48_000)
    path = job(folder, '[speech]\nfallback = "still"')
    report = farm.step("animate", path, "0-2")
    assert (report.done, report.exit_code) == (3, 0)
    assert any("mute: the face keeps still, because it could not be animated" in note for note in report.notes)
    still = read(folder / "out" / "mute" / "clip.npz")
    assert not still.values.any()
    assert len(still) == 30
    assert "silent" in still.metadata["fallback"] or "silence" in still.metadata["fallback"]
    assert farm.step("animate", path, "0-2").kept == 3

    (folder / "mute.wav").write_bytes((folder / "a.wav").read_bytes())  # it is recorded again
    assert farm.step("animate", path, "0-2").done == 1
    assert read(folder / "out" / "mute" / "clip.npz").values.any()


def test_no_step_goes_by_the_consent_that_a_project_requires(folder: Path) -> None:
    """Neither the client, nor whoever runs a task by itself."""
    (folder / "audio2blend.toml").write_text('consent = "required"\nregister = "consent.db"\n')
    path = job(folder, '[consent]\nspeaker = "Ann"\npurpose = "games"\nterritories = ["DE"]')
    with pytest.raises(Audio2BlendError):
        submit(path)
    with pytest.raises(Audio2BlendError):
        farm.step("animate", path, "0")
    assert not list(folder.rglob("clip.npz"))


def test_a_task_that_does_not_exist_is_refused(folder: Path) -> None:
    path = job(folder)
    with pytest.raises(ValueError, match="there is no line 2; the job has 0 to 1"):
        farm.step("animate", path, "2")
    with pytest.raises(ValueError, match="counts backwards"):
        farm.step("animate", path, "1-0")
    with pytest.raises(ValueError, match="names no units"):
        farm.step("animate", path, "{{Task}}")


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "an engine that is not there": (
        lambda path: farm.submit(SubmitRequest(job=path, engine="sun")),
        "there is no 'sun'",
    ),
    "an option that it has not": (lambda path: submit(path, speed="9"), "has no option 'speed'; it has workers"),
    "an option that is no number": (lambda path: submit(path, workers="all"), "workers 'all' means nothing"),
    "too many workers": (lambda path: submit(path, workers="999"), "999 workers are out of range"),
    "cancel what nobody submitted": (lambda path: farm.cancel(path), "was never submitted"),
    "retry what nobody submitted": (lambda path: farm.retry(path), "was never submitted"),
    "a plan elsewhere": (
        lambda path: farm.plan(farm.PlanRequest(job=path, output=path.parents[1] / "plan.json")),
        "lies outside the job's folder",
    ),
}


@pytest.mark.parametrize(("act", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_said(folder: Path, act: Callable[[Path], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        act(job(folder))


def test_an_output_that_cannot_be_written_is_said_before_anything_begins(folder: Path) -> None:
    path = job(folder)
    (folder / "out").write_text("a file")
    with pytest.raises(ValueError, match="out cannot be written"):
        submit(path)


def test_two_clients_do_not_work_on_one_job(folder: Path) -> None:
    path = job(folder)
    state = State(Job.load(path))
    state.make()
    with state.held(), pytest.raises(ValueError, match="somebody works on this job already"):
        submit(path)


def test_events_survive_a_line_that_was_cut_short(folder: Path) -> None:
    state = State(Job.load(job(folder)))
    state.make()
    state.record("submitted", engine="local", options={}, missing={})
    with state.events_file.open("ab") as file:
        file.write(b'{"at": "2027-01-01T00:00:00", "ev')
    state.record("finished", why="")
    assert [event["event"] for event in state.events()] == ["submitted", "finished"]


def test_the_template_holds_no_word_of_the_job_file(folder: Path) -> None:
    """Names and paths of a job are in no command and no format string; only its own name and file stand there."""
    path = job(folder, 'name = "plain"\n[speech]\nemotion = "joy"')
    text = json.dumps(farm.plan(farm.PlanRequest(job=path)).template)
    assert "wav" not in text
    assert "joy" not in text
    assert text.count("{{") == text.count("{{Param.Job}}") + text.count("{{Task.Param.") + text.count("{{Session.Wor")
