"""Jobs of the farm: planning, submitting, watching, stopping and trying them again."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audio2blend.errors import InputError
from audio2blend.files import draft
from render_farm import engines, keeper
from render_farm.engines import Fate, Work
from render_farm.job import Job
from render_farm.plan import template
from render_farm.room import why_not
from render_farm.state import State
from render_farm.steps import ORDER, StepReport, count, load
from render_farm.steps.shots import videos
from render_farm.task import Task
from render_farm.work import do, missing

from .farm_lines import asked
from .farm_report import JobReport, job_report
from .permission import Permission, permit

Tell = Callable[[str, Task | None, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """Which job to plan."""

    job: Path
    output: Path | None = None
    """A file for the plan; None to have it in the report alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """A job in Open Job Description; its text is the template."""

    template: dict[str, Any]
    output: str | None
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return json.dumps(self.template, indent=2) if self.output is None else f"  written  {self.output}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitRequest:
    """Which job, and who is to do it."""

    job: Path
    engine: str = "local"
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the engine: values for the fields of its options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomReport:
    """What a step environment is told, in its own words."""

    text: str
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class LogsReport:
    """What a task printed."""

    task: str
    log: str
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return self.log.rstrip()


def plan(request: PlanRequest) -> PlanReport:
    """Return a job in Open Job Description, and write it where that is asked for. Raises InputError for what is wrong
    with the job, and for a file outside its folder, from which its name could not be given."""
    job = Job.load(request.job)
    if request.output is None:
        return PlanReport(template=template(job), output=None)
    below = request.output.absolute().parent
    if not below.is_relative_to(job.path.parent):
        raise InputError(f"{request.output} lies outside the job's folder; write the plan to {job.path.parent}")
    up = Path(*[".."] * len(below.relative_to(job.path.parent).parts))
    found = template(job, str(up / job.path.name))
    with draft(request.output) as target:
        target.write_text(json.dumps(found, indent=2) + "\n")
    return PlanReport(template=found, output=str(request.output))


def submit(request: SubmitRequest, tell: Tell = lambda _event, _task, _values: None) -> JobReport:
    """Do what is missing of a job, or hand it over, and report on it.

    Raises InputError for what is wrong with the job, an engine that is not there, options that it has not, an output
    that cannot be written, and a job that somebody works on; ConsentError where a speaker has not agreed.
    """
    job = Job.load(request.job)
    engine = engines.load(request.engine)
    options = _options(engine, request)
    if full := why_not(job.output, job.look):
        raise InputError(full)
    permission = _permission(job)
    state = State(job)
    state.make()
    with permission, state.held():
        work = Work(job=job, state=state, missing=missing(job), tell=tell)
        left = {step: len(units) for step, units in work.missing.items()}
        chosen = {name: str(value) for name, value in request.options.items()}
        state.record("submitted", engine=request.engine, options=chosen, missing=left)
        with draft(state.folder / "plan.json") as target:
            target.write_text(json.dumps(template(job, str(job.path)), indent=2) + "\n")
        tell("submitted", None, left)
        fate = engine.submit(work, options) if any(left.values()) else Fate("finished")
        state.record(fate.event, why=fate.why)
    return job_report(job, state)


def status(job_file: Path) -> JobReport:
    """Return how far a job is, by its output and what was recorded. Raises InputError for what is wrong with it."""
    job = Job.load(job_file)
    return job_report(job, State(job))


def cancel(job_file: Path) -> JobReport:
    """Stop a job: nothing more begins, what runs is ended, and what was finished is kept. Raises InputError if nobody
    works on it."""
    job, state, engine, handed = _submitted(job_file)
    if not state.is_held and handed is None:
        raise InputError(f"{job.path}: nobody works on this job; submit it first")
    engine.cancel(Work(job=job, state=state, missing={}), handed or {})
    if handed is not None:
        state.record("cancelled", why="somebody asked for it; submit the job again to go on")
    return job_report(job, state)


def retry(job_file: Path, tell: Tell = lambda _event, _task, _values: None) -> JobReport:
    """Submit a job once more, to the engine that had it and with the same options. Errors are those of `submit`."""
    job = Job.load(job_file)
    last = State(job).last("submitted")
    if last is None:
        raise InputError(f"{job.path}: the job was never submitted; submit it first")
    return submit(SubmitRequest(job=job_file, engine=last["engine"], options=last["options"]), tell)


def logs(job_file: Path, task: str = "") -> LogsReport:
    """Return what a task printed, or without its name what happened to the job. Raises InputError where there is
    nothing."""
    job, state, engine, _ = _submitted(job_file)
    if not task:
        return LogsReport(task="", log="\n".join(map(_in_words, state.events())))
    step, _, units = task.partition("-")
    named = Task.of(step, units)
    return LogsReport(task=task, log=engine.log(Work(job=job, state=state, missing={}), named[0]))


def step(name: str, job_file: Path, units: str) -> StepReport:
    """Do a task of a job in this process: what every engine calls. Errors are those of the step."""
    if name not in ORDER:
        raise InputError(f"there is no step {name!r}; there are {', '.join(ORDER)}")
    job = Job.load(job_file)
    n_units = count(job, load(name).unit)
    whole = None
    for task in Task.of(name, units):
        if task.last >= n_units:
            raise InputError(f"{job.path}: there is no {load(name).unit} {task.last}; the job has 0 to {n_units - 1}")
        report = do(job, task)
        whole = report if whole is None else _joined(whole, report)
    assert whole is not None
    return whole


def open_room(folder: Path) -> RoomReport:
    """Keep a Blender open for the tasks to come. Raises BlenderError if that cannot be done."""
    return RoomReport(text=f"openjd_env: {keeper.VARIABLE}={keeper.begin(folder)}")


def close_room(folder: Path) -> RoomReport:
    """Close the Blender that was kept open, if it still is."""
    keeper.end(folder)
    return RoomReport(text="Blender is closed")


def _permission(job: Job) -> Permission:
    """Return the permission to make the videos of a job. Raises ConsentError if a speaker has not agreed."""
    files: dict[Path, list[Path]] = {}
    for shot in job.shots:
        if shot.line.sound is not None:
            files.setdefault(shot.line.sound, []).extend(videos(job, shot))
    return permit(asked(job), [*files.items()], language=job.speech.language)


def _joined(one: StepReport, two: StepReport) -> StepReport:
    """Return the report of two runs of units as one."""
    one.last, one.done, one.kept = two.last, one.done + two.done, one.kept + two.kept
    one.failed |= two.failed
    one.notes += two.notes
    one.frames += two.frames
    one.seconds += two.seconds
    return one


def _options(engine: engines.Engine, request: SubmitRequest) -> Any:
    from usd_export.format import choices

    known = {choice.name: choice for choice in choices(engine.options)}
    if unknown := next((name for name in request.options if name not in known), None):
        has = f"it has {', '.join(known)}" if known else "it has none"
        raise InputError(f"the engine {request.engine} has no option {unknown!r}; {has}")
    values = {}
    for name, value in request.options.items():
        try:
            values[name] = known[name].parse(value)
        except ValueError as error:
            raise InputError(f"{name} {value!r} means nothing to the engine {request.engine}: {error}") from None
    return engine.options(**values)


def _submitted(job_file: Path) -> tuple[Job, State, engines.Engine, dict[str, Any] | None]:
    """Return a job that was submitted, who has it, and what is known of it there. Raises InputError otherwise."""
    job = Job.load(job_file)
    state = State(job)
    last = state.last("submitted")
    if last is None:
        raise InputError(f"{job.path}: the job was never submitted; submit it first")
    final = state.last("handed over", "finished", "stopped", "cancelled", "failed")
    handed = final if final is not None and final["event"] == "handed over" else None
    return job, state, engines.load(last["engine"]), handed


def _in_words(event: dict[str, Any]) -> str:
    """Return an event as a line for people."""
    more = (
        f"{name}={value}" for name, value in event.items() if name not in ("at", "event") and value not in ("", {}, [])
    )
    return " ".join([event["at"], event["event"], *more])
