"""What comes next in a job: nothing before what it needs, nothing twice, and an end whatever fails."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from render_farm.engines import Fate, Work
from render_farm.job import Job
from render_farm.made import Made
from render_farm.schedule import Schedule
from render_farm.state import State
from render_farm.steps import ORDER, StepReport, count, load
from render_farm.steps.shots import scene_key
from render_farm.task import Task

Make = Callable[..., Schedule]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three recordings of 5, 12 and 1 frames at 24 fps."""
    found = tmp_path_factory.mktemp("job")
    for number, n_frames in enumerate((5, 12, 1)):
        soundfile.write(found / f"{number}.wav", np.zeros(n_frames * 2000), 48_000)
    return found


@pytest.fixture
def make(folder: Path, tmp_path: Path) -> Make:
    """Return a function that makes the schedule of a new job: three lines, two characters, 36 frames."""

    def made(limits: str = "chunk = 4", missing: dict[str, list[int]] | None = None) -> Schedule:
        return schedule(folder, tmp_path, limits, missing)

    return made


def schedule(folder: Path, place: Path, limits: str, missing: dict[str, list[int]] | None = None) -> Schedule:
    output = f"out-{place.name}-{len(list(folder.iterdir()))}"
    file = folder / f"{output}.toml"
    file.write_text(
        f'sounds = ["*.wav"]\noutput = "{output}"\n[[characters]]\nname = "a"\n[[characters]]\nname = "b"\n'
        f"[look]\nwidth = 16\nheight = 16\n[limits]\n{limits}\n"
    )
    job = Job.load(file)
    state = State(job)
    state.make()
    everything = {step: [*range(count(job, load(step).unit))] for step in ORDER}
    return Schedule(Work(job=job, state=state, missing=everything if missing is None else missing))


def report(task: Task, *, failed: dict[str, str] | None = None, seconds: float = 0.0) -> StepReport:
    return StepReport(step=task.step, first=task.first, last=task.last, failed=failed or {}, seconds=seconds)


def finish(plan: Schedule) -> list[Task]:
    """Do all there is, one after another, and return it in turn."""
    done = []
    while plan.over is None:
        task = plan.take()
        assert task is not None
        plan.done(task, report(task))
        done.append(task)
    return done


def test_each_unit_is_done_once_and_after_what_it_needs(make: Make) -> None:
    plan = make()
    job = plan._work.job
    at: dict[tuple[str, int], int] = {}
    for turn, task in enumerate(finish(plan)):
        for unit in task.units:
            assert (task.step, unit) not in at
            at[task.step, unit] = turn
    assert len(at) == 3 + 6 + 36 + 6 + 6
    assert plan.over == Fate("finished")
    for shot in job.shots:
        frames = [at["render", frame] for frame in range(shot.first, shot.first + shot.n_frames)]
        line = at["animate", shot.number // 2]
        assert line < at["apply", shot.number] < min(frames)
        assert max(frames) < at["encode", shot.number] < at["check", shot.number]


def test_a_task_has_no_more_frames_than_the_chunk_and_lies_in_one_shot(make: Make) -> None:
    plan = make()
    frames = [task for task in finish(plan) if task.step == "render"]
    shots = [{plan._work.job.shot_at(frame).number for frame in task.units} for task in frames]
    assert max(len(task.units) for task in frames) == 4
    assert all(len(shot) == 1 for shot in shots)


def test_the_first_video_comes_before_the_last_frame(make: Make) -> None:
    steps = [task.step for task in finish(make())]
    assert steps.index("check") < len(steps) - 1 - steps[::-1].index("render")


def test_a_worker_stays_with_its_scene(make: Make) -> None:
    """Two workers at shots of 5, 5 and 7 frames: each opens a shot of its own, and both the last."""
    plan = make("chunk = 1", missing={step: [*range(17)] if step == "render" else [] for step in ORDER})
    seen: list[list[int]] = [[], []]
    running: list[Task | None] = [None, None]
    while plan.over is None:
        for worker in range(2):
            ended = running[worker]
            if ended is not None:
                plan.done(ended, report(ended))
            task = running[worker] = plan.take(seen[worker][-1] if seen[worker] else None)
            if task is not None:
                seen[worker].append(plan._work.job.shot_at(task.first).number)
    assert [sorted({*shots}) for shots in seen] == [[0, 2], [1, 2]]


def test_what_crashes_is_tried_again_and_then_given_up(make: Make) -> None:
    plan = make("chunk = 4\nattempts = 3")
    task = plan.take()
    assert task is not None
    assert task.step == "animate"
    for _ in range(2):
        plan.failed(task, "it crashed", again=True)
        assert plan.take() == task
    plan.failed(task, "it crashed", again=True)
    assert plan.take() is None
    assert plan.over == Fate("failed", "1 task failed; shots that are incomplete for that: 6")


def test_only_tries_in_which_nothing_was_finished_count(make: Make) -> None:
    """A worker that is killed again and again gets on, as long as it finishes a frame in between."""
    plan = make("chunk = 4\nattempts = 1", missing={s: [0, 1, 2, 3] * (s == "render") for s in ORDER})
    job = plan._work.job
    shot = job.shots[0]
    shot.frames.mkdir(parents=True)
    Made(shot.folder).add("scene", scene_key(job, shot))
    for number in range(3):
        task = plan.take()
        assert task == Task("render", number, 3)
        Image.new("RGB", (16, 16)).save(shot.frames / f"{number:06}.png")
        plan.failed(task, "it was killed", again=True)
    task = plan.take()
    assert task == Task("render", 3, 3)
    plan.failed(task, "it was killed", again=True)
    assert plan.over is not None
    assert plan.over.event == "failed"


def test_what_is_wrong_is_not_tried_again(make: Make) -> None:
    plan = make()
    task = plan.take()
    assert task is not None
    plan.failed(task, "no such file", again=False)
    assert plan.over is not None
    assert plan.over.event == "failed"


def test_a_line_that_fails_takes_its_own_shots_alone(make: Make) -> None:
    plan = make()
    lines = plan.take()
    assert lines is not None
    plan.done(lines, report(lines, failed={"1": "no voice"}))
    rest = finish(plan)
    assert {task.first for task in rest if task.step == "check"} == {0, 1, 4, 5}
    assert plan.over == Fate("failed", "1 task failed; shots that are incomplete for that: 2")


def test_a_broken_scene_stops_after_the_stated_number_of_failures(make: Make) -> None:
    plan = make("chunk = 1\nattempts = 1\nfailures = 3", missing={s: [*range(10)] * (s == "render") for s in ORDER})
    for _ in range(3):
        task = plan.take()
        assert task is not None
        plan.failed(task, "no camera", again=True)
    assert plan.take() is None
    assert plan.over is not None
    assert plan.over.event == "stopped"
    assert "3 tasks failed, as many as [limits] failures allows" in plan.over.why
    assert "no camera" in plan.over.why


def test_an_output_that_is_gone_stops_at_the_first_failure(make: Make) -> None:
    plan = make()
    task = plan.take()
    assert task is not None
    output = plan._work.job.output
    output.rename(output.with_name("away"))
    output.write_text("a file where the folder was")
    plan._work.state.events_file = output.with_name("away") / "farm" / "events.jsonl"
    plan.failed(task, "cannot write", again=True)
    assert plan.take() is None
    assert plan.over is not None
    assert "cannot be written" in plan.over.why


def test_nothing_begins_after_the_deadline(make: Make) -> None:
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    plan = make(f"deadline = {past}")
    assert plan.take() is None
    assert plan.over is not None
    assert plan.over.why.startswith("the deadline")


def test_nothing_begins_once_the_budget_is_spent_also_by_earlier_runs(make: Make) -> None:
    plan = make("node_hours = 1.0")
    task = plan.take()
    assert task is not None
    plan.done(task, report(task, seconds=3000))
    task = plan.take()
    assert task is not None
    plan.done(task, report(task, seconds=700))
    assert plan.take() is None
    assert Schedule(plan._work).take() is None
    assert plan.over == Fate("stopped", "1.03 of 1 node hours are spent; raise [limits] node_hours and submit again")


def test_somebody_may_ask_to_stop(make: Make) -> None:
    plan = make()
    plan._work.state.ask_to_stop()
    assert plan.take() is None
    assert plan.over is not None
    assert plan.over.event == "cancelled"


@given(data=st.data())
def test_it_ends_whatever_happens(folder: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Any number of workers, that end in any order and fail at will: nothing twice at a time, nothing for ever."""
    plan = schedule(folder, tmp_path_factory.mktemp("any"), "chunk = 3\nattempts = 2\nfailures = 4")
    running: list[Task] = []
    done: set[tuple[str, int]] = set()
    for _ in range(1000):
        if plan.over is not None:
            break
        task = plan.take() if len(running) < 3 else None
        if task is not None:
            units = {(task.step, unit) for unit in task.units}
            assert not units & (done | {(one.step, unit) for one in running for unit in one.units})
            running.append(task)
        elif running:
            ended = running.pop(data.draw(st.integers(0, len(running) - 1)))
            what = data.draw(st.sampled_from(["well"] * 5 + ["crash", "wrong", "partly"]))
            if what in ("crash", "wrong"):
                plan.failed(ended, what, again=what == "crash")
            else:
                failed = {str(ended.first): "no"} if what == "partly" else {}
                plan.done(ended, report(ended, failed=failed))
                done |= {(ended.step, unit) for unit in ended.units if str(unit) not in failed}
    assert plan.over is not None
    assert (plan.over.event == "finished") == (len(done) == 57)
